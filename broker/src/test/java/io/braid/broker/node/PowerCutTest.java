package io.braid.broker.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole node whose power is cut under load: its process is killed, and then pages that it had not forced are taken from its
 * logs at random. {@code -Dbraid.power.cuts=30} for more of them, {@code -Dbraid.power.seed=N} for others.
 */
@Timeout(300)
@Tag("long")
class PowerCutTest {
    private static final int CUTS = Integer.getInteger("braid.power.cuts", 2);
    private static final long SEED = Long.getLong("braid.power.seed", 1);
    private static final String TOPIC = "t";
    private static final int PARTITIONS = 24;

    @TempDir
    Path data;

    private final Random random = new Random(SEED);

    @Test
    void nothingAcknowledgedIsLostWhereAcknowledgementsWaitForTheDisk() throws Exception {
        String[] settings = {"flush", "group", "listeners", "PLAINTEXT://127.0.0.1:" + ThreeNodes.freePort()};
        String bootstrap = settings[3].replace("PLAINTEXT://", "");
        NodeProcess node = NodeProcess.start(data, settings);
        createTopic(bootstrap);
        Properties client = NumberedRecords.patientClient(bootstrap);
        client.put("batch.size", "4096");
        client.put("linger.ms", "0");
        try (NumberedRecords records = new NumberedRecords(client, TOPIC, PARTITIONS, 1)) {
            records.start();
            for (int cut = 0; cut < CUTS; cut++) {
                records.awaitAcks(records.acks() + 2_000);
                node.kill();
                assertThat(LogFilesOnDisk.cutPower(data, random)).isPositive();
                node = NodeProcess.start(data, settings);
            }
            records.awaitAcks(records.acks() + 1_000);
            records.finish();
            records.check(client);
        } finally {
            node.kill();
        }
    }

    @Test
    void onlyTheUnsyncedTailIsLostWhereTheyDoNot() throws Exception {
        for (int cut = 0; cut < (CUTS + 1) / 2; cut++) {
            cutInPageCacheMode(data.resolve("cut-" + cut));
        }
    }

    private void cutInPageCacheMode(Path at) throws Exception {
        int valueBytes = 2_000;
        String[] settings = {"shards.per.pool", "1", "listeners", "PLAINTEXT://127.0.0.1:" + ThreeNodes.freePort()};
        String bootstrap = settings[3].replace("PLAINTEXT://", "");
        NodeProcess node = NodeProcess.start(at, settings);
        createTopic(bootstrap);
        Properties client = NumberedRecords.patientClient(bootstrap);
        List<NumberedRecords.Acked> acked;
        try (NumberedRecords records = new NumberedRecords(client, TOPIC, PARTITIONS, 0, valueBytes)) {
            records.start();
            records.awaitAcks(14_000); // 28 MB: the background force, every 16 MiB, has some of it
            node.kill();
            acked = records.acked();
        }
        long forced = LogFilesOnDisk.cutPower(at, random);
        assertThat(forced).isPositive();
        node = NodeProcess.start(at, settings);
        try {
            List<List<Long>> survived = read(client);
            long count = survived.stream().mapToLong(List::size).sum();
            assertThat(count).as("what was forced is there").isGreaterThan(forced / valueBytes / 2);
            for (List<Long> numbers : survived) {
                assertThat(numbers).isSorted().doesNotHaveDuplicates();
            }
            for (NumberedRecords.Acked one : acked) {
                List<Long> numbers = survived.get(one.partition());
                if (one.offset() < numbers.size()) {
                    assertThat(numbers.get((int) one.offset())).isEqualTo(one.number());
                }
            }
        } finally {
            node.kill();
        }
    }

    /** The numbers of each partition, by offset, with no offset left out. */
    private static List<List<Long>> read(Properties client) {
        List<List<Long>> numbers = new ArrayList<>();
        List<TopicPartition> all = new ArrayList<>();
        for (int p = 0; p < PARTITIONS; p++) {
            all.add(new TopicPartition(TOPIC, p));
            numbers.add(new ArrayList<>());
        }
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            long left = ends.values().stream().mapToLong(Long::longValue).sum();
            while (left > 0) {
                for (ConsumerRecord<byte[], byte[]> r : consumer.poll(Duration.ofSeconds(1))) {
                    List<Long> of = numbers.get(r.partition());
                    assertThat(r.offset()).as("no hole in %d", r.partition()).isEqualTo(of.size());
                    of.add(ByteBuffer.wrap(r.value()).getLong());
                    left--;
                }
            }
        }
        return numbers;
    }

    private static void createTopic(String bootstrap) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, Optional.of(PARTITIONS), Optional.empty())))
                    .all()
                    .get();
        }
    }
}
