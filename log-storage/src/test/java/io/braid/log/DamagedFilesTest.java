package io.braid.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every file of a log directory, with a bit flipped, truncated, or removed, one at a time: the log opens, or says in one line why
 * not; what it serves is what was written; what is whole is served; and it takes new data.
 */
class DamagedFilesTest {
    private static final int PARTITIONS = 12;
    private static final int BATCHES = 100;
    private static final int ADDED_EPOCH = 9;
    private static final LogConfig CONFIG = LogFixture.SMALL.withCheckpointMinBytes(300 << 10);

    @TempDir
    static Path temp;

    /** Batches that were written: partition, base offset, bytes. */
    private static final Map<Integer, TreeMap<Long, byte[]>> WRITTEN = new TreeMap<>();

    private static Path stopped;
    private static Path killed;

    @BeforeAll
    static void write() {
        Path path = temp.resolve("written");
        LogFixture log = new LogFixture(path, CONFIG);
        Random random = new Random(1);
        for (int i = 0; i < BATCHES; i++) {
            int partition = i % PARTITIONS;
            ByteBuffer batch = log.append(partition, i / 100, 1 + random.nextInt(3), random.nextInt(5000));
            byte[] bytes = new byte[batch.remaining()];
            batch.get(batch.position(), bytes);
            WRITTEN.computeIfAbsent(partition, p -> new TreeMap<>())
                    .put(BatchHeader.baseOffset(ByteBuffer.wrap(bytes), 0), bytes);
            if (i % 7 == 0) {
                log.maintain();
            }
            if (i == BATCHES - 20) {
                flush(log);
            }
        }
        killed = temp.resolve("killed");
        LogFixture.copy(path, killed);
        log.close();
        stopped = path;
    }

    private static void flush(LogFixture log) {
        try {
            log.log.flusher().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anInspectionFindsNothingWrongWithWholeFiles() throws IOException {
        assertThat(Problems.in(stopped)).isEmpty();
        assertThat(Problems.in(killed)).isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> afterACleanStop() throws IOException {
        return cases(stopped);
    }

    @TestFactory
    Stream<DynamicTest> afterAKill() throws IOException {
        return cases(killed);
    }

    private static Stream<DynamicTest> cases(Path origin) throws IOException {
        return FileDamage.all(origin).stream()
                .map(damage -> damage.test(origin, temp.resolve("damaged"), CONFIG, DamagedFilesTest::check));
    }

    private static void check(LogFixture log, List<LogProblem> problems, Path damaged) {
        Found first = readAll(log);
        if (first.missing > 0 && !damaged.toString().endsWith(".cq4")) {
            assertThat(problems).as("problems that an inspection finds").isNotEmpty();
        }
        if (isIndex(damaged)) {
            // Damage inside of an index shows when it is used, is answered with an error, and mended.
            log.maintain();
            first = readAll(log);
        }
        if (!mayHoldBatches(damaged)) {
            assertThat(first.missing).as("batches that are not served").isZero();
        } else {
            assertThat(first.missing).isLessThanOrEqualTo(BATCHES / 2);
            if (first.missing > 0) {
                assertThat(first.errors + log.events.damages.size() + log.events.lostTails.size())
                        .isPositive();
            }
        }
        Map<Integer, byte[]> added = new TreeMap<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            ByteBuffer batch = log.append(partition, ADDED_EPOCH, 1, 100);
            byte[] bytes = new byte[batch.remaining()];
            batch.get(batch.position(), bytes);
            added.put(partition, bytes);
        }
        log.maintain();
        Found second = readAll(log);
        assertThat(second.missing).isLessThanOrEqualTo(first.missing);
        assertThat(log.directory.failed()).isFalse();
        log.reopen();
        Found third = readAll(log);
        assertThat(third.missing).isLessThanOrEqualTo(first.missing);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(last(log, partition)).isEqualTo(added.get(partition));
        }
    }

    private static byte[] last(LogFixture log, int partition) {
        PartitionView view = log.view(partition);
        try {
            return LogFixture.bytes(view.read(view.nextOffset() - 1, 1, true, Long.MAX_VALUE, LogFixture.ALLOC));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isSealed(Path file) {
        return file.toString().endsWith(".log");
    }

    private static boolean isIndex(Path file) {
        return file.toString().endsWith(".idx");
    }

    private static boolean mayHoldBatches(Path file) {
        return isSealed(file)
                || file.toString().endsWith(".cq4")
                || file.getFileName().toString().equals("forced");
    }

    private record Found(int missing, int errors) {}

    /** Reads everything, in a way a client would that steps over what it cannot have; all that comes must have been written. */
    private static Found readAll(LogFixture log) {
        int missing = 0;
        int errors = 0;
        for (Map.Entry<Integer, TreeMap<Long, byte[]>> written : WRITTEN.entrySet()) {
            TreeMap<Long, byte[]> expected = new TreeMap<>(written.getValue());
            PartitionView view = log.view(written.getKey());
            long end = view.nextOffset();
            long offset = 0;
            while (offset < end) {
                byte[] bytes;
                try {
                    bytes = LogFixture.bytes(view.read(offset, 1 << 14, true, Long.MAX_VALUE, LogFixture.ALLOC));
                } catch (IOException e) {
                    offset++;
                    errors++;
                    continue;
                }
                if (bytes.length == 0) {
                    break;
                }
                ByteBuffer run = ByteBuffer.wrap(bytes);
                for (int at = 0; at < bytes.length; ) {
                    int size = BatchHeader.sizeInBytes(run, at);
                    long base = BatchHeader.baseOffset(run, at);
                    byte[] was = written.getValue().get(base);
                    if (BatchHeader.leaderEpoch(run, at) == ADDED_EPOCH) {
                        // Where the end of the log was lost its offsets are given again.
                        assertThat(BatchHeader.verifyCrc(run, at, size)).isTrue();
                    } else {
                        assertThat(Arrays.copyOfRange(bytes, at, at + size)).isEqualTo(was);
                        expected.remove(base);
                    }
                    offset = BatchHeader.lastOffset(run, at) + 1;
                    at += size;
                }
            }
            missing += expected.size();
        }
        return new Found(missing, errors);
    }
}
