package io.braid.broker.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes in this JVM, replication factor 3, with real clients. */
@Timeout(120)
@Tag("cluster")
class ClusterTest {
    private static final String TOPIC = "t";
    private static final int PARTITIONS = 24;

    @TempDir
    Path data;

    @Test
    void acknowledgedWritesAreEqualOnEveryReplica() throws Exception {
        acknowledgedWritesAreEqual(20_000);
    }

    @Test
    void forcedWritesAreEqualOnEveryReplica() throws Exception {
        acknowledgedWritesAreEqual(2_000, "flush", "group");
    }

    private void acknowledgedWritesAreEqual(int count, String... settings) throws Exception {
        Map<Integer, Map<String, ReplicaContents.Batches>> first;
        try (TestCluster<TestNode> cluster = TestCluster.inThisJvm(data, 3, settings)) {
            cluster.createTopic(TOPIC, PARTITIONS, Map.of("min.insync.replicas", "3"));
            cluster.awaitInSync(TOPIC, 3);
            Properties client = NumberedRecords.patientClient(cluster.bootstrap());
            try (NumberedRecords records = new NumberedRecords(client, TOPIC, PARTITIONS, 0)) {
                records.start();
                records.awaitAcks(count);
                records.finish();
                records.check(client);
            }
        }
        first = ReplicaContents.read(data.resolve("node-1"));
        assertThat(first).isNotEmpty();
        ReplicaContents.assertSame(first, ReplicaContents.read(data.resolve("node-2")));
        ReplicaContents.assertSame(first, ReplicaContents.read(data.resolve("node-3")));
    }

    @Test
    void brokerThatWasAwayCatchesUpAndOneThatWasWipedToo() throws Exception {
        try (TestCluster<TestNode> cluster = TestCluster.inThisJvm(data, 3)) {
            cluster.createTopic(TOPIC, PARTITIONS, Map.of("min.insync.replicas", "2"));
            cluster.awaitInSync(TOPIC, 3);
            Properties client = NumberedRecords.patientClient(cluster.bootstrap());
            try (NumberedRecords records = new NumberedRecords(client, TOPIC, PARTITIONS, 1)) {
                records.start();
                records.awaitAcks(2_000);
                cluster.take(3).close();
                records.awaitAcks(records.acks() + 5_000);
                cluster.start(3);
                cluster.awaitInSync(TOPIC, 3);
                cluster.take(2).close();
                wipeShards(cluster.data(2));
                records.awaitAcks(records.acks() + 5_000);
                cluster.start(2);
                cluster.awaitInSync(TOPIC, 3);
                records.finish();
                records.check(client);
            }
        }
        Map<Integer, Map<String, ReplicaContents.Batches>> first = ReplicaContents.read(data.resolve("node-1"));
        ReplicaContents.assertSame(first, ReplicaContents.read(data.resolve("node-2")));
        ReplicaContents.assertSame(first, ReplicaContents.read(data.resolve("node-3")));
    }

    @Test
    void wipedReplicaCopiesWhatTheLeadersLogHasNoMore() throws Exception {
        try (TestCluster<TestNode> cluster = TestCluster.inThisJvm(
                data,
                3,
                "log.segment.bytes",
                "1048576",
                "log.retention.check.interval.ms",
                "100",
                "shards.per.pool",
                "2")) {
            cluster.createTopic(TOPIC, PARTITIONS, Map.of("retention.bytes", "20000", "min.insync.replicas", "2"));
            cluster.awaitInSync(TOPIC, 3);
            cluster.take(3).close();
            wipeShards(cluster.data(3));
            Properties client = NumberedRecords.patientClient(cluster.bootstrap());
            try (NumberedRecords records = new NumberedRecords(client, TOPIC, PARTITIONS, 10, 1000)) {
                records.start();
                while (shardsThatLostTheirStart(cluster.data(1)) < 2) {
                    records.awaitAcks(records.acks() + 500);
                }
                cluster.start(3);
                cluster.awaitInSync(TOPIC, 3);
                records.finish();
            }
        }
        Map<Integer, Map<String, ReplicaContents.Batches>> first = ReplicaContents.read(data.resolve("node-1"));
        ReplicaContents.assertSame(first, ReplicaContents.read(data.resolve("node-2")));
        ReplicaContents.assertSame(first, ReplicaContents.read(data.resolve("node-3")));
    }

    /** Shards whose first segment is gone. */
    private static long shardsThatLostTheirStart(Path node) throws IOException {
        try (Stream<Path> shards = Files.list(node.resolve("shards"))) {
            return shards.filter(ClusterTest::lostItsStart).count();
        }
    }

    private static boolean lostItsStart(Path shard) {
        try (Stream<Path> files = Files.list(shard)) {
            List<String> segments = files.map(p -> p.getFileName().toString())
                    .filter(name -> name.matches("\\d{20}-\\d{10}\\.log"))
                    .sorted()
                    .toList();
            return !segments.isEmpty() && !segments.get(0).startsWith("00000000000000000000");
        } catch (IOException e) {
            return false; // a file went while it was listed
        }
    }

    @Test
    void writesAreRefusedWithTooFewReplicasAndGoOnWithEnough() throws Exception {
        try (TestCluster<TestNode> cluster = TestCluster.inThisJvm(data, 3)) {
            cluster.createTopic(TOPIC, PARTITIONS, Map.of("min.insync.replicas", "2"));
            cluster.awaitInSync(TOPIC, 3);
            Properties client = NumberedRecords.patientClient(cluster.bootstrap());
            client.put("retries", "0");
            client.put("enable.idempotence", "false");
            client.put("linger.ms", "0");
            try (KafkaProducer<byte[], byte[]> producer =
                    new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
                sendToAll(producer);
                cluster.take(3).close();
                cluster.await(TOPIC, p -> p.isr().size() == 2);
                sendToAll(producer);
                cluster.take(2).close();
                assertThat(failures(producer)).isNotEmpty().hasOnlyElementsOfType(NotEnoughReplicasException.class);
                cluster.start(2);
                cluster.await(TOPIC, p -> p.leader() != null && p.isr().size() == 2);
                sendToAll(producer);
            }
        }
    }

    private static void sendToAll(KafkaProducer<byte[], byte[]> producer) throws Exception {
        for (Future<RecordMetadata> sent : send(producer)) {
            sent.get();
        }
    }

    private static List<Throwable> failures(KafkaProducer<byte[], byte[]> producer) throws InterruptedException {
        List<Throwable> failures = new ArrayList<>();
        for (Future<RecordMetadata> sent : send(producer)) {
            try {
                sent.get();
            } catch (ExecutionException e) {
                failures.add(e.getCause());
            }
        }
        return failures;
    }

    private static List<Future<RecordMetadata>> send(KafkaProducer<byte[], byte[]> producer) {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int p = 0; p < PARTITIONS; p++) {
            sent.add(producer.send(new ProducerRecord<>(TOPIC, p, null, new byte[100])));
        }
        return sent;
    }

    /** Removes the logs, and leaves what says who the node is. */
    private static void wipeShards(Path node) throws IOException {
        try (Stream<Path> all = Files.list(node)) {
            for (Path entry : all.filter(Files::isDirectory)
                    .filter(p -> !p.getFileName().toString().equals("metadata"))
                    .toList()) {
                delete(entry);
            }
        }
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
