package io.braid.broker.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * An idempotent producer that sends numbered records round robin until it is stopped, and the check that every acknowledged one
 * is there exactly once, at the offset that was acknowledged, and in order.
 */
final class NumberedRecords implements AutoCloseable {
    /** A record that was acknowledged: its number, where it went, and when. */
    record Acked(long number, int partition, long offset, long atNs) {}

    private final String topic;
    private final int partitions;
    private final long pauseMs;
    private final KafkaProducer<byte[], byte[]> producer;
    private final ConcurrentLinkedQueue<Acked> acked = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Exception> failed = new ConcurrentLinkedQueue<>();
    private final AtomicLong acks = new AtomicLong();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final Thread sender = new Thread(this::send);
    private final int valueBytes;
    private volatile long sent;

    /** @param pauseMs between rounds over the partitions, 0 to go as fast as it goes */
    NumberedRecords(Properties client, String topic, int partitions, long pauseMs) {
        this(client, topic, partitions, pauseMs, 100);
    }

    NumberedRecords(Properties client, String topic, int partitions, long pauseMs, int valueBytes) {
        this.valueBytes = valueBytes;
        this.topic = topic;
        this.partitions = partitions;
        this.pauseMs = pauseMs;
        this.producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
    }

    void start() {
        sender.start();
    }

    /** Settings that survive any of the failures that tests make. */
    static Properties patientClient(String bootstrap) {
        Properties client = new Properties();
        client.put("bootstrap.servers", bootstrap);
        client.put("acks", "all");
        client.put("enable.idempotence", "true");
        client.put("delivery.timeout.ms", "600000");
        client.put("max.block.ms", "600000");
        client.put("reconnect.backoff.max.ms", "100");
        return client;
    }

    private void send() {
        try {
            sendUntilStopped();
        } catch (KafkaException e) {
            if (!stop.get()) {
                failed.add(e);
            }
        }
    }

    private void sendUntilStopped() {
        long number = 0;
        while (!stop.get()) {
            long n = number++;
            byte[] value = ByteBuffer.allocate(valueBytes).putLong(n).array();
            var unused = producer.send(new ProducerRecord<>(topic, (int) (n % partitions), null, value), (m, e) -> {
                if (e != null) {
                    failed.add(e);
                } else {
                    acked.add(new Acked(n, m.partition(), m.offset(), System.nanoTime()));
                    acks.incrementAndGet();
                }
            });
            sent = number;
            if (pauseMs > 0 && number % partitions == 0) {
                pause();
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(pauseMs);
        } catch (InterruptedException e) {
            stop.set(true);
        }
    }

    long acks() {
        return acks.get();
    }

    void awaitAcks(long count) throws InterruptedException {
        while (acks.get() < count) {
            assertThat(failed).isEmpty();
            Thread.sleep(5);
        }
    }

    /** Waits until every partition has had a record acknowledged that was not sent before this call; when the last one was. */
    long awaitEveryPartition() throws InterruptedException {
        long fromNumber = sent;
        long fromNs = System.nanoTime();
        while (true) {
            long[] first = new long[partitions];
            for (Acked a : acked) {
                if (a.number() > fromNumber && (first[a.partition()] == 0 || a.atNs() - first[a.partition()] < 0)) {
                    first[a.partition()] = a.atNs();
                }
            }
            long last = fromNs;
            boolean all = true;
            for (long at : first) {
                all &= at != 0;
                last = at - last > 0 ? at : last;
            }
            if (all) {
                return last;
            }
            assertThat(failed).isEmpty();
            Thread.sleep(20);
        }
    }

    /** Sends no more, and waits for what is on its way. */
    void finish() throws InterruptedException {
        stop.set(true);
        sender.join();
        producer.flush();
        assertThat(failed).isEmpty();
        assertThat(acked).hasSize((int) sent);
    }

    /** What has been acknowledged by now. */
    List<Acked> acked() {
        return List.copyOf(acked);
    }

    long sent() {
        return sent;
    }

    /** Reads the topic. */
    void check(Properties client) {
        long[][] numbers = new long[partitions][];
        List<TopicPartition> all = new ArrayList<>();
        for (int p = 0; p < partitions; p++) {
            all.add(new TopicPartition(topic, p));
        }
        BitSet seen = new BitSet((int) sent);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            long total = 0;
            for (int p = 0; p < partitions; p++) {
                numbers[p] = new long[ends.get(all.get(p)).intValue()];
                total += numbers[p].length;
            }
            assertThat(total).isEqualTo(sent);
            long got = 0;
            while (got < total) {
                for (ConsumerRecord<byte[], byte[]> r : consumer.poll(Duration.ofSeconds(1))) {
                    long number = ByteBuffer.wrap(r.value()).getLong();
                    assertThat(seen.get((int) number))
                            .as("record %d twice", number)
                            .isFalse();
                    seen.set((int) number);
                    numbers[r.partition()][(int) r.offset()] = number;
                    got++;
                }
            }
        }
        for (int p = 0; p < partitions; p++) {
            for (int i = 1; i < numbers[p].length; i++) {
                assertThat(numbers[p][i]).as("order in partition %d", p).isGreaterThan(numbers[p][i - 1]);
            }
        }
        for (Acked a : acked) {
            assertThat(numbers[a.partition()][(int) a.offset()]).isEqualTo(a.number());
        }
    }

    @Override
    public void close() {
        stop.set(true);
        producer.close(Duration.ZERO);
    }
}
