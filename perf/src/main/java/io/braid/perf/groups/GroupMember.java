package io.braid.perf.groups;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * One member of a group: it polls, tells what it is given, and fetches nothing, so that what a broker does is for the group alone. Its
 * thread owns the consumer.
 */
final class GroupMember implements ConsumerRebalanceListener, AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration LEAVE = Duration.ofSeconds(30);

    private final int number;
    private final ShareTable shares;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread;
    private volatile boolean leaving;
    private volatile RuntimeException failure;

    /** Joins. */
    GroupMember(int number, Properties client, String topic, ShareTable shares) {
        this.number = number;
        this.shares = shares;
        this.consumer = new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        shares.enter(number);
        thread = new Thread(() -> run(topic), "member-" + number);
        thread.start();
    }

    private void run(String topic) {
        try (consumer) {
            consumer.subscribe(List.of(topic), this);
            while (!leaving) {
                consumer.poll(POLL);
            }
        } catch (WakeupException e) {
            // asked to leave
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            shares.leave(number);
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        consumer.pause(partitions);
        shares.add(number, numbers(partitions));
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        shares.remove(number, numbers(partitions));
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        onPartitionsRevoked(partitions);
    }

    private static List<Integer> numbers(Collection<TopicPartition> partitions) {
        return partitions.stream().map(TopicPartition::partition).toList();
    }

    /** Heartbeats so far, NaN where the library does not count them. */
    double heartbeats() {
        return consumer.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals("heartbeat-total"))
                .map(Map.Entry::getValue)
                .mapToDouble(metric -> ((Number) metric.metricValue()).doubleValue())
                .findFirst()
                .orElse(Double.NaN);
    }

    /** What ended it before its time; null while it is well. */
    RuntimeException failure() {
        return failure;
    }

    /** Leaves the group, and returns when it has. */
    @Override
    public void close() throws InterruptedException {
        leaving = true;
        consumer.wakeup();
        thread.join(LEAVE.toMillis());
    }
}
