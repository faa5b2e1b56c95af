package io.braid.log;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * What appends of several sizes cost the thread that makes them, beside plain writes to a file: {@code AppendFaults DIR [bytes ...]} prints a
 * line of JSON for each size and way, each way measured twice in turn. Processor time, page faults (Linux) and percentiles are of the appending
 * thread. Run it with {@code -Xms1g -XX:+AlwaysPreTouch}, as the heap's own pages would be counted; maintenance runs on two threads, as in a
 * node. {@link StorageFiguresTest} runs it too.
 */
final class AppendFaults {
    private static final long DEFAULT_BYTES = 192L << 20;
    private static final int DEFAULT_ROUNDS = 2;
    private static final Path STAT = Path.of("/proc/thread-self/stat");
    private static final int MINOR_FAULTS = 7; // behind the command's name, from 0
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private AppendFaults() {}

    /** A way of writing. */
    private enum Way {
        LOG,
        /** The appending thread makes them itself. */
        LOG_WITHOUT_PAGES_AHEAD,
        PLAIN_FILE
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        int[] sizes = arguments.length > 1
                ? Arrays.stream(arguments).skip(1).mapToInt(Integer::parseInt).toArray()
                : new int[] {1 << 10, 4 << 10, 16 << 10, 128 << 10};
        measure(directory, DEFAULT_BYTES, DEFAULT_ROUNDS, sizes);
    }

    /**
     * Measures, and prints.
     *
     * @param totalBytes written each time
     */
    static void measure(Path directory, long totalBytes, int rounds, int... sizes) throws Exception {
        for (int size : sizes) {
            for (int round = 0; round < rounds; round++) {
                for (Way way : Way.values()) {
                    Path path = directory.resolve("appends-" + size);
                    if (way == Way.PLAIN_FILE) {
                        plain(path, size, totalBytes);
                    } else {
                        log(path, size, totalBytes, way);
                    }
                }
            }
        }
    }

    private static void log(Path path, int size, long totalBytes, Way way) throws Exception {
        List<Thread> threads = new CopyOnWriteArrayList<>();
        ExecutorService background = Executors.newFixedThreadPool(2, task -> {
            Thread thread = new Thread(task);
            threads.add(thread);
            return thread;
        });
        try (LogFixture log = new LogFixture(path, LogConfig.defaults())) {
            int row = log.row(0);
            log.append(0, 1, 10);
            ByteBuffer batch = Batches.filled(0, 0, 1, size - 90, 1);
            ByteBuffer direct =
                    ByteBuffer.allocateDirect(batch.remaining()).put(batch).flip();
            EntryBatch entries = new EntryBatch();
            Figures figures = new Figures(size, totalBytes);
            for (int i = 0; i < figures.appends(); i++) {
                direct.putLong(0, log.log.partitions().nextOffset(row));
                entries.clear();
                entries.addBatch(row, 0, direct);
                long started = System.nanoTime();
                log.append(entries);
                figures.took(i, System.nanoTime() - started);
                if (way == Way.LOG_WITHOUT_PAGES_AHEAD) {
                    log.log.tail().writer().pagesAhead().take(); // and nobody makes them
                }
                for (Optional<Runnable> work = log.log.pollMaintenance(log.nowMs);
                        work.isPresent();
                        work = log.log.pollMaintenance(log.nowMs)) {
                    background.execute(work.get());
                }
            }
            figures.print(
                    way,
                    threads.stream()
                            .mapToLong(thread -> THREADS.getThreadCpuTime(thread.getId()))
                            .sum());
            background.shutdown();
            background.awaitTermination(1, TimeUnit.MINUTES);
        } finally {
            LogFixture.delete(path);
        }
    }

    private static void plain(Path path, int size, long totalBytes) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            // As long as what the log writes for a batch, so that writes begin anywhere in a page as they do there.
            ByteBuffer direct = ByteBuffer.allocateDirect(size + SegmentWriter.FRAME_BYTES + EntryHeader.SIZE);
            Figures figures = new Figures(size, totalBytes);
            for (int i = 0; i < figures.appends(); i++) {
                long started = System.nanoTime();
                file.write(direct.clear());
                figures.took(i, System.nanoTime() - started);
            }
            figures.print(Way.PLAIN_FILE, 0);
        } finally {
            Files.deleteIfExists(path);
        }
    }

    /** Of the calling thread, from its construction on. */
    private static final class Figures {
        private final int size;
        private final long totalBytes;
        private final long[] nanos;
        private final long faultsBefore;
        private final long cpuBefore;

        Figures(int size, long totalBytes) throws IOException {
            this.size = size;
            this.totalBytes = totalBytes;
            this.nanos = new long[(int) (totalBytes / size)];
            this.faultsBefore = minorFaults();
            this.cpuBefore = THREADS.getCurrentThreadCpuTime();
        }

        int appends() {
            return nanos.length;
        }

        void took(int append, long ns) {
            nanos[append] = ns;
        }

        void print(Way way, long backgroundNs) throws IOException {
            double cpuSeconds = (THREADS.getCurrentThreadCpuTime() - cpuBefore) / 1e9;
            long faults = minorFaults() - faultsBefore;
            Arrays.sort(nanos);
            System.out.printf(
                    "{\"figure\":\"append\",\"way\":\"%s\",\"bytes\":%d,\"appends\":%d,\"cpuSecondsPerGb\":%.3f,\"backgroundCpuSecondsPerGb\":%.3f,\"faultsPerAppend\":%.2f,"
                            + "\"p50Us\":%.1f,\"p99Us\":%.1f,\"p999Us\":%.1f}%n",
                    way,
                    size,
                    nanos.length,
                    cpuSeconds / (totalBytes / 1e9),
                    backgroundNs / (double) totalBytes,
                    (double) faults / nanos.length,
                    nanos[nanos.length / 2] / 1e3,
                    nanos[(int) (nanos.length * 0.99)] / 1e3,
                    nanos[(int) (nanos.length * 0.999)] / 1e3);
        }
    }

    private static long minorFaults() throws IOException {
        String stat = Files.readString(STAT);
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[MINOR_FAULTS]);
    }
}
