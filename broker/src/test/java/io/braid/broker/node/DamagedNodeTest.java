package io.braid.broker.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.broker.NodeStartException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole node's data directory with one file of each kind damaged, one at a time: the node serves all that was written, with the topic's
 * settings as they were last, or says in one line why not, and which file it is. The files of the logs have tests of their own in
 * log-storage; here is one shard's, for what a node makes of them.
 */
@Tag("long")
@Timeout(120)
class DamagedNodeTest {
    private static final String TOPIC = "t";
    private static final int RECORDS = 200;
    private static final int PARTITIONS = 2;
    /** So many changes of the metadata are worth a snapshot when the node stops. */
    private static final int CHANGES = 205;

    @TempDir
    static Path temp;

    private static Path origin;
    private static final Map<Integer, TreeMap<Long, String>> WRITTEN = new TreeMap<>();

    private enum Damage {
        REMOVED {
            @Override
            void to(Path file) throws IOException {
                Files.delete(file);
            }
        },
        EMPTIED {
            @Override
            void to(Path file) throws IOException {
                Files.write(file, new byte[0]);
            }
        },
        HALVED {
            @Override
            void to(Path file) throws IOException {
                byte[] bytes = Files.readAllBytes(file);
                Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
            }
        },
        FLIPPED {
            @Override
            void to(Path file) throws IOException {
                byte[] bytes = Files.readAllBytes(file);
                bytes[bytes.length / 3] ^= 4;
                Files.write(file, bytes);
            }
        };

        abstract void to(Path file) throws IOException;
    }

    @BeforeAll
    static void write() throws Exception {
        origin = temp.resolve("origin");
        try (TestNode node = TestNode.start(origin, "shards.per.pool", "1");
                Admin admin = node.admin();
                KafkaProducer<byte[], byte[]> producer = node.producer()) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1)))
                    .all()
                    .get();
            for (int i = 0; i < RECORDS; i++) {
                String value = "value " + i;
                long offset = producer.send(new ProducerRecord<>(
                                TOPIC, i % PARTITIONS, null, value.getBytes(StandardCharsets.UTF_8)))
                        .get()
                        .offset();
                WRITTEN.computeIfAbsent(i % PARTITIONS, p -> new TreeMap<>()).put(offset, value);
            }
            ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, TOPIC);
            for (int i = 1; i <= CHANGES; i++) {
                ConfigEntry entry = new ConfigEntry("retention.ms", Long.toString(retentionMs(i)));
                admin.incrementalAlterConfigs(
                                Map.of(topic, List.of(new AlterConfigOp(entry, AlterConfigOp.OpType.SET))))
                        .all()
                        .get();
            }
        }
        // And once more, so that there are entries behind the snapshot.
        TestNode.start(origin).close();
    }

    private static long retentionMs(int change) {
        return 1_000_000_000L + change;
    }

    @TestFactory
    Stream<DynamicTest> eachFile() throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(origin)) {
            files = walk.filter(Files::isRegularFile)
                    .map(origin::relativize)
                    .sorted()
                    .toList();
        }
        assertThat(files.stream().map(Path::getFileName).map(Path::toString))
                .contains("meta.properties", "directory.properties", "raft-meta", "raft-meta.conf", "log-end", "clean")
                .anyMatch(name -> name.startsWith("snapshot."))
                .anyMatch(name -> name.startsWith("log_inprogress_"));
        return files.stream().flatMap(file -> Arrays.stream(Damage.values())
                .filter(damage -> damage == Damage.REMOVED
                        || origin.resolve(file).toFile().length() > 0)
                .map(damage -> DynamicTest.dynamicTest(file + " " + damage, () -> check(file, damage))));
    }

    private static void check(Path file, Damage damage) throws Exception {
        Path path = temp.resolve("damaged");
        copy(path);
        try {
            damage.to(path.resolve(file));
            try (TestNode node = TestNode.start(path)) {
                serves(node, file);
            } catch (NodeStartException refused) {
                assertThat(refused.getMessage()).hasLineCount(1);
                // Of a log whose end is gone the files that are left are named.
                boolean logIsGone = file.getFileName().toString().startsWith("log_inprogress_")
                        && (damage == Damage.REMOVED || damage == Damage.EMPTIED);
                assertThat(refused.getMessage())
                        .contains((logIsGone ? path.resolve(file).getParent() : file.getFileName()).toString());
            }
        } finally {
            delete(path);
        }
    }

    private static void serves(TestNode node, Path damaged) throws Exception {
        try (Admin admin = node.admin();
                KafkaConsumer<byte[], byte[]> consumer = node.consumer()) {
            ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, TOPIC);
            assertThat(admin.describeConfigs(List.of(topic))
                            .all()
                            .get()
                            .get(topic)
                            .get("retention.ms")
                            .value())
                    .isEqualTo(Long.toString(retentionMs(CHANGES)));
            for (int partition = 0; partition < PARTITIONS; partition++) {
                if (damaged.toString().endsWith(".log")) {
                    continue; // what of it is lost is the business of DamagedFilesTest in log-storage
                }
                assertThat(read(consumer, partition)).isEqualTo(WRITTEN.get(partition));
            }
        }
    }

    private static SortedMap<Long, String> read(KafkaConsumer<byte[], byte[]> consumer, int number) {
        TopicPartition partition = new TopicPartition(TOPIC, number);
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        TreeMap<Long, String> read = new TreeMap<>();
        long end = consumer.endOffsets(List.of(partition)).get(partition);
        while (consumer.position(partition) < end) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                read.put(record.offset(), new String(record.value(), StandardCharsets.UTF_8));
            }
        }
        return read;
    }

    private static void copy(Path to) throws IOException {
        try (Stream<Path> walk = Files.walk(origin)) {
            for (Path path : walk.toList()) {
                Files.copy(path, to.resolve(origin.relativize(path).toString()));
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> walk = Files.walk(directory)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
