package io.braid.broker.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.log.EntryRun;
import io.braid.log.LogConfig;
import io.braid.log.LogDirectory;
import io.braid.log.LogListener;
import io.braid.log.PartitionView;
import io.braid.log.SharedLog;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A compacted topic on three nodes, each of which compacts its own replica, while its leaders stop and come back. Whoever leads, the latest
 * value of each key is there; and each replica holds it in the end, that which was away while the others compacted and deleted included.
 */
@Tag("cluster")
@Tag("long")
@Timeout(180)
class CompactedReplicasTest {
    private static final String TOPIC = "table";
    private static final int PARTITIONS = 3;
    private static final int KEYS = 40;
    private static final int BATCHES = 150;
    private static final int RECORDS = 10;

    @TempDir
    Path data;

    private final Random random = new Random(5);
    /** What was acknowledged, by partition: offset to key and value, an empty value for a tombstone. */
    private final Map<Integer, TreeMap<Long, String>> sent = new HashMap<>();

    private int value;

    @Test
    void theLatestValueOfEachKeyIsOnEveryReplicaWhileLeadersChange() throws Exception {
        Uuid topic;
        try (TestCluster<TestNode> cluster = TestCluster.inThisJvm(
                data,
                3,
                "log.cleaner.backoff.ms",
                "50",
                "log.checkpoint.bytes",
                "1048576",
                "min.insync.replicas",
                "2",
                "shards.per.pool",
                "2")) {
            cluster.createTopic(
                    TOPIC,
                    PARTITIONS,
                    Map.of(
                            "cleanup.policy", "compact",
                            "segment.ms", "100",
                            "min.cleanable.dirty.ratio", "0.01",
                            "delete.retention.ms", "1"));
            cluster.awaitInSync(TOPIC, 3);
            topic = cluster.describe(TOPIC).topicId();
            try (KafkaProducer<byte[], byte[]> producer =
                    new KafkaProducer<>(client(cluster), new ByteArraySerializer(), new ByteArraySerializer())) {
                write(producer);
                awaitCompacted(cluster);
                for (int round = 0; round < 2; round++) {
                    int leader = leader(cluster);
                    List<Future<RecordMetadata>> underWay = new ArrayList<>();
                    List<ProducerRecord<byte[], byte[]>> records = batch();
                    records.forEach(record -> underWay.add(producer.send(record)));
                    cluster.take(leader).close();
                    take(records, underWay);
                    write(producer);
                    awaitCompacted(cluster);
                    cluster.start(leader);
                    cluster.awaitInSync(TOPIC, 3);
                }
                write(producer);
                awaitCompacted(cluster);
            }
            cluster.awaitInSync(TOPIC, 3);
        }
        for (int node = 1; node <= 3; node++) {
            assertThat(latestOnDisk(data.resolve("node-" + node), topic))
                    .as("node %d", node)
                    .isEqualTo(latestSent());
        }
    }

    private static Properties client(TestCluster<TestNode> cluster) {
        Properties client = NumberedRecords.patientClient(cluster.bootstrap());
        client.put("linger.ms", "5");
        return client;
    }

    private static int leader(TestCluster<TestNode> cluster) throws Exception {
        return cluster.describe(TOPIC).partitions().get(0).leader().id();
    }

    private List<ProducerRecord<byte[], byte[]>> batch() {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            String key = "key" + random.nextInt(KEYS);
            String text = random.nextInt(8) == 0 ? null : "value " + value++ + " ".repeat(random.nextInt(200));
            records.add(new ProducerRecord<>(
                    TOPIC, random.nextInt(PARTITIONS), bytes(key), text == null ? null : bytes(text)));
        }
        return records;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void write(KafkaProducer<byte[], byte[]> producer) throws Exception {
        for (int i = 0; i < BATCHES; i++) {
            List<ProducerRecord<byte[], byte[]>> records = batch();
            List<Future<RecordMetadata>> answers = new ArrayList<>();
            records.forEach(record -> answers.add(producer.send(record)));
            take(records, answers);
        }
    }

    private void take(List<ProducerRecord<byte[], byte[]>> records, List<Future<RecordMetadata>> answers)
            throws Exception {
        for (int i = 0; i < records.size(); i++) {
            ProducerRecord<byte[], byte[]> record = records.get(i);
            sent.computeIfAbsent(record.partition(), p -> new TreeMap<>())
                    .put(answers.get(i).get().offset(), text(record.key(), record.value()));
        }
    }

    private static String text(byte[] key, byte[] value) {
        return new String(key, StandardCharsets.UTF_8) + "="
                + (value == null ? "" : new String(value, StandardCharsets.UTF_8));
    }

    /** Reads until most of what was overwritten is gone; what is read must have been sent, and hold the latest values. */
    private void awaitCompacted(TestCluster<TestNode> cluster) {
        Properties client = client(cluster);
        client.put("auto.offset.reset", "earliest");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                int most = sent.get(partition).size() / 2;
                int found;
                do {
                    SortedMap<Long, String> read = read(consumer, new TopicPartition(TOPIC, partition));
                    assertThat(sent.get(partition).entrySet()).containsAll(read.entrySet());
                    assertThat(latest(read)).isEqualTo(latest(sent.get(partition)));
                    found = read.size();
                } while (found > most);
            }
        }
    }

    private static SortedMap<Long, String> read(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition) {
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        TreeMap<Long, String> read = new TreeMap<>();
        long end = consumer.endOffsets(List.of(partition)).get(partition);
        while (consumer.position(partition) < end) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                read.put(record.offset(), text(record.key(), record.value()));
            }
        }
        return read;
    }

    private static Map<String, String> latest(SortedMap<Long, String> records) {
        Map<String, String> latest = new TreeMap<>();
        for (String record : records.values()) {
            int split = record.indexOf('=');
            if (record.length() == split + 1) {
                latest.remove(record.substring(0, split));
            } else {
                latest.put(record.substring(0, split), record.substring(split + 1));
            }
        }
        return latest;
    }

    private Map<Integer, Map<String, String>> latestSent() {
        Map<Integer, Map<String, String>> all = new TreeMap<>();
        sent.forEach((partition, records) -> all.put(partition, latest(records)));
        return all;
    }

    /** By partition, from the files of a node that was stopped. */
    private static Map<Integer, Map<String, String>> latestOnDisk(Path node, Uuid topic) throws Exception {
        Map<Integer, Map<String, String>> all = new TreeMap<>();
        try (LogDirectory directory = LogDirectory.open(node, LogConfig.defaults(), LogListener.NONE)) {
            for (int shard : directory.shardsOnDisk()) {
                try (SharedLog log = directory.open(shard)) {
                    for (int partition = 0; partition < PARTITIONS; partition++) {
                        int row = log.partitions()
                                .find(topic.getMostSignificantBits(), topic.getLeastSignificantBits(), partition);
                        if (row >= 0) {
                            all.put(partition, latest(records(log.view(row))));
                        }
                    }
                }
            }
        }
        return all;
    }

    private static SortedMap<Long, String> records(PartitionView view) throws IOException {
        TreeMap<Long, String> records = new TreeMap<>();
        long offset = view.logStartOffset();
        while (offset < view.nextOffset()) {
            ByteBuffer bytes = new EntryRun(
                            0, 1, view.read(offset, 1 << 20, true, view.nextOffset(), ByteBufAllocator.DEFAULT))
                    .takeBytes();
            MemoryRecords run = MemoryRecords.readableRecords(bytes);
            for (Record record : run.records()) {
                records.put(record.offset(), text(array(record.key()), array(record.value())));
            }
            for (var batch : run.batches()) {
                offset = batch.lastOffset() + 1;
            }
        }
        return records;
    }

    private static byte[] array(ByteBuffer bytes) {
        if (bytes == null) {
            return null;
        }
        byte[] array = new byte[bytes.remaining()];
        bytes.duplicate().get(array);
        return array;
    }
}
