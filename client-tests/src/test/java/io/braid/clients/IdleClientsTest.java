package io.braid.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.client.consumer.Consumer;
import io.braid.client.consumer.Deserializer;
import io.braid.client.producer.Producer;
import io.braid.client.producer.ProducerRecord;
import io.braid.client.producer.Serializer;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What clients hold that have worked and now have nothing to do. Many of them share the process' event loop; the node is in
 * this JVM, so what it keeps of their connections counts too.
 */
@Tag("long")
class IdleClientsTest {
    private static final int CLIENTS = 24;
    private static final int PARTITIONS = 16;
    private static final int RECORDS = 320;
    private static final int VALUE_BYTES = 1_000;
    /** What is promised is 2 MB; they take some tens of kilobytes, the broker's part included. */
    private static final long LIMIT_BYTES = 512 << 10;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path data;

    private BraidServer server;
    private final List<AutoCloseable> clients = new ArrayList<>();

    /** A client that has worked and is idle. */
    private interface Worked {
        AutoCloseable client() throws Exception;
    }

    @BeforeEach
    void start() throws Exception {
        server = BraidServer.start(data);
        RoundTrips.createTopic(server.bootstrap(), "t", PARTITIONS, Map.of());
        clients.add(producer());
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable client : clients) {
            client.close();
        }
        server.close();
    }

    private AutoCloseable producer() throws Exception {
        Producer<byte[], byte[]> producer = Producer.builder(server.bootstrap(), Serializer.bytes(), Serializer.bytes())
                .build();
        for (int i = 0; i < RECORDS; i++) {
            var unused = producer.send(new ProducerRecord<>("t", i % PARTITIONS, null, new byte[VALUE_BYTES]));
        }
        producer.flushAsync().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        return producer;
    }

    private AutoCloseable consumer() {
        Consumer<byte[], byte[]> consumer = Consumer.builder(
                        server.bootstrap(), Deserializer.bytes(), Deserializer.bytes())
                .build();
        List<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition("t", partition))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        for (int read = 0; read < RECORDS; ) {
            read += consumer.poll(Duration.ofMillis(100)).count();
            assertThat(System.nanoTime()).isLessThan(deadlineNs);
        }
        return consumer;
    }

    private long heapOfEach(Worked worked) throws Exception {
        clients.add(worked.client()); // what is loaded or made once is not any one client's
        long before = heap();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(worked.client());
        }
        return (heap() - before) / CLIENTS;
    }

    /** The least of a few full collections: other threads of this JVM go on. */
    private static long heap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            ManagementFactory.getMemoryMXBean().gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    @Test
    void anIdleProducerHoldsFarLessThanTwoMegabytesOfHeap() throws Exception {
        assertThat(heapOfEach(this::producer)).as("bytes of a producer").isLessThan(LIMIT_BYTES);
    }

    @Test
    void anIdleConsumerHoldsFarLessThanTwoMegabytesOfHeap() throws Exception {
        assertThat(heapOfEach(this::consumer)).as("bytes of a consumer").isLessThan(LIMIT_BYTES);
    }

    @Test
    void whatAClientKeepsIsNoticed() throws Exception {
        long bytes = heapOfEach(() -> {
            byte[] kept = new byte[(int) LIMIT_BYTES];
            return () -> assertThat(kept).isNotEmpty();
        });

        assertThat(bytes).isGreaterThan(LIMIT_BYTES / 2);
    }
}
