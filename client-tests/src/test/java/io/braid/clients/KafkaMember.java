package io.braid.clients;

import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A member of kafka-clients' in a thread of its own, which polls until it is closed. */
final class KafkaMember implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final CompletableFuture<Void> ended;
    private volatile List<Integer> owned = List.of();

    KafkaMember(String bootstrap, String group, GroupsTest.Mixture mixture, String topic) {
        Properties p = new Properties();
        p.put("bootstrap.servers", bootstrap);
        p.put("group.id", group);
        p.put("group.protocol", mixture.theirs);
        p.put("auto.offset.reset", "earliest");
        if (mixture.theirs.equals("classic")) {
            p.put("partition.assignment.strategy", "org.apache.kafka.clients.consumer." + mixture.kafkaAssignor);
            p.put("heartbeat.interval.ms", "100");
            p.put("session.timeout.ms", "6000");
        }
        consumer = new KafkaConsumer<>(p, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(List.of(topic));
        ended = CompletableFuture.runAsync(this::run, task -> new Thread(task, "kafka-member").start());
    }

    private void run() {
        try (consumer) {
            while (true) {
                consumer.poll(Duration.ofMillis(50));
                owned = consumer.assignment().stream()
                        .map(TopicPartition::partition)
                        .sorted()
                        .toList();
            }
        } catch (WakeupException e) {
            owned = List.of();
        }
    }

    List<Integer> owned() {
        return owned;
    }

    @Override
    public void close() {
        consumer.wakeup();
        ended.orTimeout(60, TimeUnit.SECONDS).join();
    }
}
