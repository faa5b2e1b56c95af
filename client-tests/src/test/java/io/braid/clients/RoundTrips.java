package io.braid.clients;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What Kafka's own clients make and read, to compare with. */
final class RoundTrips {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private RoundTrips() {}

    static void createTopic(String bootstrap, String name, int partitions, Map<String, String> configs)
            throws ExecutionException, InterruptedException {
        Properties p = new Properties();
        p.put("bootstrap.servers", bootstrap);
        try (Admin admin = Admin.create(p)) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) -1).configs(configs)))
                    .all()
                    .get();
        }
    }

    /** All records of a topic, by partition in the order of their offsets. */
    static Map<Integer, List<ConsumerRecord<byte[], byte[]>>> readAll(String bootstrap, String topic) {
        Properties p = new Properties();
        p.put("bootstrap.servers", bootstrap);
        p.put("auto.offset.reset", "earliest");
        p.put("max.poll.records", "100000");
        Map<Integer, List<ConsumerRecord<byte[], byte[]>>> all = new HashMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(p, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
            Collection<TopicPartition> left = new ArrayList<>(partitions);
            while (!left.isEmpty()) {
                consumer.poll(Duration.ofMillis(100))
                        .forEach(record -> all.computeIfAbsent(record.partition(), n -> new ArrayList<>())
                                .add(record));
                left.removeIf(partition -> consumer.position(partition) >= ends.get(partition));
                if (System.nanoTime() - deadlineNs > 0) {
                    throw new AssertionError("not read to the end: " + left);
                }
            }
        }
        return all;
    }
}
