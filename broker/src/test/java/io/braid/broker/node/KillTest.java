package io.braid.broker.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node is killed again and again under an idempotent producer: every acknowledged record must be there exactly once, at the
 * offset that was acknowledged, and in order. {@code -Dbraid.kill.rounds=30} for the long run.
 */
@Timeout(900)
class KillTest {
    private static final int ROUNDS = Integer.getInteger("braid.kill.rounds", 3);
    private static final int PARTITIONS = 1000;
    private static final int ACKS_A_ROUND = 20_000;
    private static final String TOPIC = "t";

    /** A record that was acknowledged: its number, where it went. */
    private record Acked(long number, int partition, long offset) {}

    @TempDir
    Path data;

    private final ConcurrentLinkedQueue<Acked> acked = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Exception> failed = new ConcurrentLinkedQueue<>();
    private final AtomicLong acks = new AtomicLong();

    @Test
    void everyAcknowledgedRecordIsThereExactlyOnceInOrderAfterKills() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket()) {
            free.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            port = free.getLocalPort();
        }
        String listener = "PLAINTEXT://127.0.0.1:" + port;
        Properties client = new Properties();
        client.put("bootstrap.servers", "127.0.0.1:" + port);
        client.put("acks", "all");
        client.put("enable.idempotence", "true");
        client.put("delivery.timeout.ms", "600000");
        client.put("max.block.ms", "600000");
        client.put("reconnect.backoff.max.ms", "100");

        NodeProcess node = NodeProcess.start(data, "listeners", listener);
        try (Admin admin = Admin.create(client)) {
            admin.createTopics(List.of(new NewTopic(TOPIC, Optional.of(PARTITIONS), Optional.empty())))
                    .all()
                    .get();
        }
        AtomicBoolean stop = new AtomicBoolean();
        long sent;
        List<Long> readyMs = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            Sender sender = new Sender(producer, stop);
            sender.start();
            for (int round = 1; round <= ROUNDS; round++) {
                awaitAcks((long) round * ACKS_A_ROUND);
                node.kill();
                node = NodeProcess.start(data, "listeners", listener);
                readyMs.add(node.readyMs());
            }
            awaitAcks((long) (ROUNDS + 1) * ACKS_A_ROUND);
            stop.set(true);
            sender.join();
            producer.flush();
            sent = sender.sent;
        }
        System.out.println("ready after kill, ms: " + readyMs);
        assertThat(failed).isEmpty();
        assertThat(acked).hasSize((int) sent);
        check(client, sent);
        node.close();
    }

    private void awaitAcks(long count) throws InterruptedException {
        while (acks.get() < count) {
            assertThat(failed).isEmpty();
            Thread.sleep(5);
        }
    }

    /** Sends numbered records round robin until it is stopped. */
    private final class Sender extends Thread {
        private final KafkaProducer<byte[], byte[]> producer;
        private final AtomicBoolean stop;
        volatile long sent;

        Sender(KafkaProducer<byte[], byte[]> producer, AtomicBoolean stop) {
            this.producer = producer;
            this.stop = stop;
        }

        @Override
        public void run() {
            long number = 0;
            while (!stop.get()) {
                long n = number++;
                byte[] value = ByteBuffer.allocate(100).putLong(n).array();
                var unused = producer.send(new ProducerRecord<>(TOPIC, (int) (n % PARTITIONS), null, value), (m, e) -> {
                    if (e != null) {
                        failed.add(e);
                    } else {
                        acked.add(new Acked(n, m.partition(), m.offset()));
                        acks.incrementAndGet();
                    }
                });
                sent = number;
            }
        }
    }

    private void check(Properties client, long sent) {
        long[][] numbers = new long[PARTITIONS][];
        List<TopicPartition> partitions = new ArrayList<>();
        for (int p = 0; p < PARTITIONS; p++) {
            partitions.add(new TopicPartition(TOPIC, p));
        }
        BitSet seen = new BitSet((int) sent);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long total = 0;
            for (int p = 0; p < PARTITIONS; p++) {
                numbers[p] = new long[ends.get(partitions.get(p)).intValue()];
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
        for (int p = 0; p < PARTITIONS; p++) {
            for (int i = 1; i < numbers[p].length; i++) {
                assertThat(numbers[p][i]).as("order in partition %d", p).isGreaterThan(numbers[p][i - 1]);
            }
        }
        for (Acked a : acked) {
            assertThat(numbers[a.partition()][(int) a.offset()]).isEqualTo(a.number());
        }
    }
}
