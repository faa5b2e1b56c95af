package io.braid.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
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
    private static final int FLIPS = 4;
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

    /** A way to damage a file. */
    private interface Damage {
        void to(Path file) throws IOException;
    }

    @Test
    void anInspectionFindsNothingWrongWithWholeFiles() throws IOException {
        assertThat(problems(stopped)).isZero();
        assertThat(problems(killed)).isZero();
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
        List<DynamicTest> tests = new ArrayList<>();
        List<Path> files;
        try (Stream<Path> walk = Files.walk(origin)) {
            files = walk.filter(Files::isRegularFile)
                    .map(origin::relativize)
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            long size = Files.size(origin.resolve(file));
            tests.add(test(origin, file, "removed", Files::delete));
            if (size > 0) {
                tests.add(test(origin, file, "emptied", path -> truncate(path, 0)));
                tests.add(test(origin, file, "halved", path -> truncate(path, size / 2)));
                tests.add(test(origin, file, "one byte short", path -> truncate(path, size - 1)));
                Random random = new Random(file.toString().hashCode());
                for (int i = 0; i < FLIPS; i++) {
                    long at = i == 0 ? 0 : random.nextLong(Math.min(size, i % 2 == 0 ? size : 4096));
                    int bit = random.nextInt(8);
                    tests.add(test(origin, file, "bit " + bit + " at " + at, path -> flip(path, at, bit)));
                }
            }
        }
        return tests.stream();
    }

    private static DynamicTest test(Path origin, Path file, String what, Damage damage) {
        return DynamicTest.dynamicTest(file + " " + what, () -> {
            Path path = temp.resolve("damaged");
            LogFixture.copy(origin, path);
            try {
                damage.to(path.resolve(file));
                check(path, file);
            } finally {
                LogFixture.delete(path);
            }
        });
    }

    private static int problems(Path path) throws IOException {
        List<LogProblem> problems = new ArrayList<>();
        for (Path shard : LogInspection.shardDirectories(path)) {
            LogInspection.inspect(shard, new LogInspection.Visitor() {
                @Override
                public void onProblem(LogProblem problem) {
                    problems.add(problem);
                }
            });
        }
        return problems.size();
    }

    private static void check(Path path, Path damaged) throws IOException {
        int problems = problems(path);
        LogFixture log;
        try {
            log = new LogFixture(path, CONFIG);
        } catch (IllegalStateException refused) {
            String message = refused.getCause().getMessage();
            assertThat(message.lines()).hasSize(1);
            assertThat(message).contains(damaged.getFileName().toString());
            return;
        }
        try {
            Found first = readAll(log);
            if (first.missing > 0 && !damaged.toString().endsWith(".cq4")) {
                assertThat(problems).as("problems that an inspection finds").isPositive();
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
        } finally {
            log.close();
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

    private static void truncate(Path file, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }

    private static void flip(Path file, long at, int bit) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at);
            one.put(0, (byte) (one.get(0) ^ (1 << bit))).flip();
            channel.write(one, at);
        }
    }
}
