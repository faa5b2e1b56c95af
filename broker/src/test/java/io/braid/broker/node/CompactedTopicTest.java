package io.braid.broker.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Compacted topics as kafka-clients see them. */
@Tag("cluster")
@Timeout(120)
class CompactedTopicTest {
    private static final String TOPIC = "table";
    private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");
    private static final Map<String, String> EAGER = Map.of(
            "cleanup.policy", "compact",
            "segment.ms", "100",
            "min.cleanable.dirty.ratio", "0.01",
            "delete.retention.ms", "1");
    private static final int KEYS = 20;
    private static final int ROUNDS = 5;

    @TempDir
    Path data;

    /** What was sent: offset to key and value, by partition. */
    private final Map<Integer, TreeMap<Long, String>> sent = new HashMap<>();

    private TestNode start() throws Exception {
        return TestNode.start(data, "log.cleaner.backoff.ms", "50");
    }

    private void create(TestNode node, Map<String, String> configs) throws Exception {
        try (Admin admin = node.admin()) {
            NewTopic topic = new NewTopic(TOPIC, CODECS.size(), (short) 1).configs(configs);
            admin.createTopics(List.of(topic)).all().get();
        }
    }

    private void send(KafkaProducer<byte[], byte[]> producer, int partition, String key, String value)
            throws Exception {
        send(producer, partition, Map.of(key, value == null ? "" : value));
    }

    /** Sends one batch; an empty value stands for a tombstone. */
    private void send(KafkaProducer<byte[], byte[]> producer, int partition, Map<String, String> records)
            throws Exception {
        Map<String, Future<RecordMetadata>> answers = new TreeMap<>();
        records.forEach((key, value) -> answers.put(
                key,
                producer.send(
                        new ProducerRecord<>(TOPIC, partition, bytes(key), value.isEmpty() ? null : bytes(value)))));
        producer.flush();
        for (Map.Entry<String, Future<RecordMetadata>> answer : answers.entrySet()) {
            sent.computeIfAbsent(partition, p -> new TreeMap<>())
                    .put(answer.getValue().get().offset(), answer.getKey() + "=" + records.get(answer.getKey()));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Everything a partition holds, as offset to key and value; each must be what was sent with that offset. */
    private SortedMap<Long, String> read(TestNode node, int partition) {
        TopicPartition at = new TopicPartition(TOPIC, partition);
        TreeMap<Long, String> found = new TreeMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = node.consumer()) {
            consumer.assign(List.of(at));
            consumer.seekToBeginning(List.of(at));
            long end = consumer.endOffsets(List.of(at)).get(at);
            while (consumer.position(at) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    String value = record.value() == null ? "" : new String(record.value(), StandardCharsets.UTF_8);
                    found.put(record.offset(), new String(record.key(), StandardCharsets.UTF_8) + "=" + value);
                }
            }
        }
        TreeMap<Long, String> all = sent.get(partition);
        found.forEach((offset, text) -> assertThat(text).isEqualTo(all.get(offset)));
        assertThat(latest(found.values())).isEqualTo(latest(all.values()));
        return found;
    }

    private static Map<String, String> latest(Collection<String> records) {
        Map<String, String> latest = new HashMap<>();
        for (String text : records) {
            String[] parts = text.split("=", 2);
            if (parts[1].isEmpty()) {
                latest.remove(parts[0]);
            } else {
                latest.put(parts[0], parts[1]);
            }
        }
        return latest;
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(50_000_000);
        }
    }

    private void awaitSizes(TestNode node, int records) {
        for (int p = 0; p < CODECS.size(); p++) {
            int partition = p;
            await(() -> read(node, partition).size() <= records);
        }
    }

    @Test
    void theLastRecordOfEachKeyStaysInEveryCodecAndOverARestart() throws Exception {
        List<Map<Long, String>> compacted = new ArrayList<>();
        try (TestNode node = start()) {
            create(node, EAGER);
            for (int p = 0; p < CODECS.size(); p++) {
                try (KafkaProducer<byte[], byte[]> producer =
                        node.producer("compression.type", CODECS.get(p), "linger.ms", "20")) {
                    for (int round = 0; round < ROUNDS; round++) {
                        Map<String, String> batch = new TreeMap<>();
                        for (int key = 0; key < KEYS; key++) {
                            batch.put("key" + key, ("value " + round + " ").repeat(20));
                        }
                        send(producer, p, batch);
                    }
                    send(producer, p, "key0", null);
                }
            }
            awaitSizes(node, KEYS);
            try (KafkaProducer<byte[], byte[]> producer = node.producer()) {
                for (int p = 0; p < CODECS.size(); p++) {
                    send(producer, p, "key1", "last"); // something to compact, after the tombstone's time
                }
            }
            awaitSizes(node, KEYS - 1);
            for (int p = 0; p < CODECS.size(); p++) {
                compacted.add(read(node, p));
            }
            try (Admin admin = node.admin()) {
                TopicPartition first = new TopicPartition(TOPIC, 0);
                assertThat(offset(admin, first, OffsetSpec.earliest())).isZero();
                assertThat(offset(admin, first, OffsetSpec.latest())).isEqualTo(ROUNDS * KEYS + 2);
                assertThat(offset(admin, first, OffsetSpec.forTimestamp(0)))
                        .isEqualTo(compacted.get(0).keySet().iterator().next());
            }
        }
        try (TestNode node = start()) {
            for (int p = 0; p < CODECS.size(); p++) {
                assertThat(read(node, p)).isEqualTo(compacted.get(p));
            }
        }
    }

    private static long offset(Admin admin, TopicPartition partition, OffsetSpec spec) throws Exception {
        return admin.listOffsets(Map.of(partition, spec))
                .all()
                .get()
                .get(partition)
                .offset();
    }

    @Test
    void aTopicIsCompactedOnceItsPolicySaysSo() throws Exception {
        try (TestNode node = start();
                Admin admin = node.admin();
                KafkaProducer<byte[], byte[]> producer = node.producer()) {
            create(node, Map.of("segment.ms", "100", "min.cleanable.dirty.ratio", "0.01"));
            for (int i = 0; i < 10; i++) {
                send(producer, 0, "key" + i % 2, "value " + i);
            }
            assertThat(read(node, 0)).hasSize(10);
            ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, TOPIC);
            admin.incrementalAlterConfigs(Map.of(
                            topic,
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("cleanup.policy", "compact"), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
            await(() -> read(node, 0).size() == 2);
        }
    }
}
