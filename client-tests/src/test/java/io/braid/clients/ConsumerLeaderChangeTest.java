package io.braid.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.client.consumer.Consumer;
import io.braid.client.consumer.ConsumerBuilder;
import io.braid.client.consumer.Deserializer;
import io.braid.client.consumer.HandlerOptions;
import io.braid.client.consumer.OffsetReset;
import io.braid.client.consumer.PartitionSet;
import io.braid.client.producer.Producer;
import io.braid.client.producer.ProducerRecord;
import io.braid.client.producer.Serializer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leaders move while consumers of both forms read what is being written: three nodes, one stopped and started. */
@Tag("long")
@SuppressWarnings("FutureReturnValueIgnored") // what is read shows what was sent
class ConsumerLeaderChangeTest {
    private static final int PARTITIONS = 12;
    private static final long PATIENCE_NS = 60_000_000_000L;

    @TempDir
    Path directory;

    /** Values by partition in the order in which they came. */
    private final Map<Integer, List<Integer>> polled = new ConcurrentHashMap<>();

    private final Map<Integer, List<Integer>> handled = new ConcurrentHashMap<>();
    private final AtomicInteger polledCount = new AtomicInteger();
    private final AtomicInteger handledCount = new AtomicInteger();
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicBoolean stop = new AtomicBoolean();

    @Test
    void nothingIsLostTwiceOrOutOfOrderAndNobodyHearsOfIt() throws Exception {
        try (BraidCluster cluster = BraidCluster.start(directory)) {
            RoundTrips.createTopic(cluster.bootstrap(), "moving", PARTITIONS, Map.of());
            PartitionSet all = PartitionSet.range("moving", Uuid.ZERO_UUID, 0, PARTITIONS);
            List<Throwable> failures = new ArrayList<>();
            try (Consumer<String, String> poller = builder(cluster).build();
                    Consumer<String, String> pusher = builder(cluster).build()) {
                poller.assign(all);
                pusher.assign(all);
                pusher.handle(
                        record -> {
                            handled.computeIfAbsent(record.partition(), p -> new ArrayList<>())
                                    .add(Integer.valueOf(record.value()));
                            handledCount.incrementAndGet();
                        },
                        HandlerOptions.defaults().withParallelism(2));
                Thread reader = new Thread(() -> poll(poller));
                reader.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));
                reader.start();
                produceWhileANodeIsAway(cluster);
                await(() -> polledCount.get() >= sent.get() && handledCount.get() >= sent.get());
                stop.set(true);
                reader.join();
                assertThat(poller.routing().version()).as("by the watch").isPositive();
            }
            assertThat(failures).isEmpty();
            for (int p = 0; p < PARTITIONS; p++) {
                List<Integer> expected = new ArrayList<>();
                for (int i = p; i < sent.get(); i += PARTITIONS) {
                    expected.add(i);
                }
                assertThat(polled.get(p)).as("polled of partition %d", p).isEqualTo(expected);
                assertThat(handled.get(p)).as("handled of partition %d", p).isEqualTo(expected);
            }
        }
    }

    private static ConsumerBuilder<String, String> builder(BraidCluster cluster) {
        return Consumer.builder(cluster.bootstrap(), Deserializer.string(), Deserializer.string())
                .offsetReset(OffsetReset.earliest());
    }

    private void poll(Consumer<String, String> consumer) {
        while (!stop.get()) {
            consumer.poll(Duration.ofMillis(50)).forEach(record -> {
                polled.computeIfAbsent(record.partition(), p -> new ArrayList<>())
                        .add(Integer.valueOf(record.value()));
                polledCount.incrementAndGet();
            });
        }
    }

    private void produceWhileANodeIsAway(BraidCluster cluster) throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        try (Producer<String, String> producer = Producer.builder(
                        cluster.bootstrap(), Serializer.string(), Serializer.string())
                .batchBytes(4096)
                .build()) {
            Thread sender = new Thread(() -> {
                while (!enough.get()) {
                    int i = sent.getAndIncrement();
                    producer.send(new ProducerRecord<>("moving", i % PARTITIONS, null, Integer.toString(i)));
                    if (i % 50 == 0) {
                        LockSupport.parkNanos(1_000_000);
                    }
                }
            });
            sender.start();
            awaitMore();
            cluster.stop(1);
            awaitMore();
            cluster.run(1);
            awaitMore();
            cluster.stop(2);
            awaitMore();
            cluster.run(2);
            enough.set(true);
            sender.join();
            producer.flush();
        }
    }

    private void awaitMore() {
        int from = polledCount.get();
        await(() -> polledCount.get() >= from + 3_000);
    }

    private void await(BooleanSupplier condition) {
        long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - startNs)
                    .as("sent %d polled %d handled %d", sent.get(), polledCount.get(), handledCount.get())
                    .isLessThan(PATIENCE_NS);
            LockSupport.parkNanos(2_000_000);
        }
    }
}
