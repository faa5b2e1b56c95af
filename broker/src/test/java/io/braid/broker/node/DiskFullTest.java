package io.braid.broker.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node whose file system fills up and gets room again. Needs the right to mount a tmpfs; skipped without it. */
@Timeout(180)
class DiskFullTest {
    private static final int FILLER_BYTES = 64 << 20;

    @TempDir
    Path directory;

    private Path mountPoint;

    @BeforeEach
    void mountSmallFileSystem() throws Exception {
        mountPoint = Files.createDirectory(directory.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=192m", "tmpfs", mountPoint.toString()) == 0,
                "a tmpfs cannot be mounted here: needs root on Linux");
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", "-l", mountPoint.toString()); // lazily: memory maps go when they are collected
    }

    @Test
    void fullDiskRefusesWritesKeepsReadsAndRecoversWhenThereIsSpace() throws Exception {
        Path filler = mountPoint.resolve("filler");
        Path data = mountPoint.resolve("data");
        try (TestNode node = TestNode.start(data, "log.min.free.bytes", Integer.toString(16 << 20))) {
            try (Admin admin = node.admin()) {
                admin.createTopics(List.of(new NewTopic("t", Optional.of(1), Optional.empty())))
                        .all()
                        .get();
            }
            Files.write(filler, new byte[FILLER_BYTES]);
            long acked;
            try (KafkaProducer<byte[], byte[]> producer =
                    node.producer("retries", "0", "enable.idempotence", "false")) {
                acked = fill(producer);
                assertThat(read(node, acked)).isEqualTo(acked);
                Files.delete(filler);
                long offset = writeWhenPossible(producer, acked);
                assertThat(offset).isEqualTo(acked);
            }
        }
        try (TestNode node = TestNode.start(data)) {
            assertThat(read(node, 1)).isPositive();
        }
    }

    /** Writes until the disk is full; returns the records acknowledged. */
    private static long fill(KafkaProducer<byte[], byte[]> producer) throws InterruptedException {
        for (long i = 0; i < 10_000; i++) {
            try {
                long offset = producer.send(record(i)).get().offset();
                assertThat(offset).isEqualTo(i);
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(KafkaStorageException.class);
                return i;
            }
        }
        throw new AssertionError("the disk never filled up");
    }

    private static long writeWhenPossible(KafkaProducer<byte[], byte[]> producer, long number)
            throws InterruptedException {
        while (true) {
            try {
                return producer.send(record(number)).get().offset();
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(KafkaStorageException.class);
                Thread.sleep(50); // until the watchdog has seen the space
            }
        }
    }

    private static ProducerRecord<byte[], byte[]> record(long number) {
        return new ProducerRecord<>(
                "t", 0, null, ByteBuffer.allocate(100_000).putLong(number).array());
    }

    /** Reads records 0, 1, 2 ... until {@code count} have come; returns how many came in order. */
    private static long read(TestNode node, long count) {
        TopicPartition t = new TopicPartition("t", 0);
        List<Long> numbers = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = node.consumer()) {
            consumer.assign(List.of(t));
            consumer.seekToBeginning(List.of(t));
            while (numbers.size() < count) {
                for (ConsumerRecord<byte[], byte[]> r : consumer.poll(Duration.ofSeconds(1))) {
                    long number = ByteBuffer.wrap(r.value()).getLong();
                    assertThat(number).isEqualTo(numbers.size());
                    numbers.add(number);
                }
            }
        }
        return numbers.size();
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
