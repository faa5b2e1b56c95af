package io.braid.broker.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node with two log directories of which one fails. */
@Tag("cluster")
@Timeout(180)
class LogDirectoriesOfNodeTest {
    private static final String TOPIC = "t";
    private static final int PARTITIONS = 8;

    @TempDir
    Path dir;

    @Test
    void directoryThatCannotBeOpenedTakesItsShardsOfflineAndNothingElse() throws Exception {
        Path one = dir.resolve("one");
        Path two = dir.resolve("two");
        Set<Integer> inTwo;
        try (TestNode node = start(one, two);
                Admin admin = node.admin()) {
            admin.createTopics(List.of(new NewTopic(TOPIC, Optional.of(PARTITIONS), Optional.empty())))
                    .all()
                    .get();
            for (int p = 0; p < PARTITIONS; p++) {
                assertThat(send(node, p)).isTrue();
            }
            inTwo = partitionsIn(admin, two);
            assertThat(inTwo).hasSizeBetween(1, PARTITIONS - 1);
        }

        Files.move(two, dir.resolve("away"));
        Files.writeString(two, "no directory");
        try (TestNode node = start(one, two);
                Admin admin = node.admin()) {
            for (int p = 0; p < PARTITIONS; p++) {
                assertThat(send(node, p)).as("partition %d", p).isEqualTo(!inTwo.contains(p));
            }
            LogDirDescription failed = describe(admin).get(two.toString());
            assertThat(failed.error()).isInstanceOf(KafkaStorageException.class);
            assertThat(describe(admin).get(one.toString()).error()).isNull();
        }

        Files.delete(two);
        Files.move(dir.resolve("away"), two);
        try (TestNode node = start(one, two);
                KafkaConsumer<byte[], byte[]> consumer = node.consumer()) {
            List<TopicPartition> all = java.util.stream.IntStream.range(0, PARTITIONS)
                    .mapToObj(p -> new TopicPartition(TOPIC, p))
                    .toList();
            Map<TopicPartition, Long> ends = consumer.endOffsets(all, Duration.ofSeconds(30));
            for (TopicPartition p : all) {
                assertThat(ends.get(p)).isEqualTo(inTwo.contains(p.partition()) ? 1 : 2);
            }
        }
    }

    @Test
    void leadersOfADirectoryThatFailsAreTakenOverByOthers() throws Exception {
        try (TestCluster<TestNode> cluster = TestCluster.inThisJvm(
                dir, 3, "log.dirs", "{data},{data}-two", "shards.per.pool", "6", "min.insync.replicas", "2")) {
            cluster.createTopic(TOPIC, PARTITIONS, Map.of());
            cluster.awaitInSync(TOPIC, 3);
            Properties client = NumberedRecords.patientClient(cluster.bootstrap());
            try (NumberedRecords records = new NumberedRecords(client, TOPIC, PARTITIONS, 2)) {
                records.start();
                records.awaitAcks(500);
                Path two = dir.resolve("node-1-two");
                Set<Integer> inTwo = partitionsIn(cluster.admin(), two);
                assertThat(inTwo).isNotEmpty();
                Files.move(two, dir.resolve("away"));
                cluster.await(
                        TOPIC,
                        p -> !inTwo.contains(p.partition())
                                || (p.leader() != null && p.isr().stream().noneMatch(n -> n.id() == 1)));
                records.awaitEveryPartition();
                records.awaitAcks(records.acks() + 500);
                records.finish();
                records.check(client);
            }
            assertThat(cluster.describe(TOPIC).partitions())
                    .as("the other directory's stay")
                    .anyMatch(p -> p.isr().size() == 3);
        }
    }

    private static TestNode start(Path one, Path two) throws Exception {
        return TestNode.start(one, "log.dirs", one + "," + two, "shards.per.pool", "4");
    }

    /** False if the partition takes no writes. */
    private static boolean send(TestNode node, int partition) throws InterruptedException {
        try (KafkaProducer<byte[], byte[]> producer = node.producer(
                "delivery.timeout.ms",
                "2000",
                "request.timeout.ms",
                "1500",
                "linger.ms",
                "0",
                "max.block.ms",
                "2000")) {
            producer.send(new ProducerRecord<>(TOPIC, partition, null, new byte[100]))
                    .get(30, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            return false;
        }
    }

    private static Map<String, LogDirDescription> describe(Admin admin) throws Exception {
        return admin.describeLogDirs(List.of(1)).allDescriptions().get().get(1);
    }

    private static Set<Integer> partitionsIn(Admin admin, Path directory) throws Exception {
        Set<Integer> partitions = new HashSet<>();
        describe(admin).get(directory.toString()).replicaInfos().keySet().stream()
                .filter(p -> p.topic().equals(TOPIC))
                .forEach(p -> partitions.add(p.partition()));
        return partitions;
    }
}
