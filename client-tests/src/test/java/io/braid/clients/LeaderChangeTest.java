package io.braid.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.client.producer.Producer;
import io.braid.client.producer.ProducerRecord;
import io.braid.client.producer.RecordMetadata;
import io.braid.client.producer.Serializer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leaders move while a producer sends: three nodes, one after the other stopped and started. */
@Tag("long")
class LeaderChangeTest {
    private static final int PARTITIONS = 12;

    @TempDir
    Path directory;

    @Test
    void nothingIsLostTwiceOrOutOfOrderAndNobodyHearsOfIt() throws Exception {
        try (BraidCluster cluster = BraidCluster.start(directory)) {
            RoundTrips.createTopic(cluster.bootstrap(), "moving", PARTITIONS, Map.of());
            AtomicInteger sent = new AtomicInteger();
            List<CompletableFuture<RecordMetadata>> outcomes = new ArrayList<>();
            AtomicBoolean stop = new AtomicBoolean();
            try (Producer<String, String> producer = Producer.builder(
                            cluster.bootstrap(), Serializer.string(), Serializer.string())
                    .batchBytes(4096)
                    .build()) {
                Thread sender = new Thread(() -> {
                    while (!stop.get()) {
                        int i = sent.getAndIncrement();
                        outcomes.add(producer.send(
                                new ProducerRecord<>("moving", i % PARTITIONS, null, Integer.toString(i))));
                        if (i % 50 == 0) {
                            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
                        }
                    }
                });
                sender.start();
                for (int node = 1; node <= 2; node++) {
                    awaitMore(sent);
                    cluster.stop(node);
                    awaitMore(sent);
                    cluster.run(node);
                }
                awaitMore(sent);
                stop.set(true);
                sender.join();
                producer.flush();
                assertThat(producer.routing().version()).as("by the watch").isPositive();
            }
            assertThat(outcomes).allMatch(outcome -> outcome.isDone() && !outcome.isCompletedExceptionally());
            Map<Integer, List<ConsumerRecord<byte[], byte[]>>> read = RoundTrips.readAll(cluster.bootstrap(), "moving");
            for (int p = 0; p < PARTITIONS; p++) {
                List<Integer> expected = new ArrayList<>();
                for (int i = p; i < sent.get(); i += PARTITIONS) {
                    expected.add(i);
                }
                List<Integer> found = read.get(p).stream()
                        .map(record -> Integer.valueOf(new String(record.value(), StandardCharsets.UTF_8)))
                        .toList();
                assertThat(found).as("partition %d", p).isEqualTo(expected);
            }
        }
    }

    private static void awaitMore(AtomicInteger sent) throws InterruptedException {
        int from = sent.get();
        long deadlineNs = System.nanoTime() + 60_000_000_000L;
        while (sent.get() < from + 5_000) {
            assertThat(System.nanoTime()).as("records go on").isLessThan(deadlineNs);
            Thread.sleep(5);
        }
    }
}
