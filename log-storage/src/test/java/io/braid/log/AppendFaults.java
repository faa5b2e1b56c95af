package io.braid.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Counts the page faults that the appending thread takes, for batches of several sizes: {@code AppendFaults DIR [bytes ...]}.
 * Linux; with {@code -Xms1g -XX:+AlwaysPreTouch}, as the heap's own pages would be counted. Maintenance runs on two threads, as in a node;
 * every other run leaves out the pages made ahead.
 */
final class AppendFaults {
    private static final long TOTAL_BYTES = 192L << 20;
    private static final Path STAT = Path.of("/proc/thread-self/stat");
    private static final int MINOR_FAULTS = 7; // behind the command's name, from 0

    private AppendFaults() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        int[] sizes = arguments.length > 1
                ? Arrays.stream(arguments).skip(1).mapToInt(Integer::parseInt).toArray()
                : new int[] {1 << 10, 4 << 10, 16 << 10, 128 << 10};
        for (int size : sizes) {
            for (boolean ahead : new boolean[] {false, true, false, true}) {
                measure(directory.resolve("faults-" + size), size, ahead);
            }
        }
    }

    private static void measure(Path path, int size, boolean ahead) throws Exception {
        ExecutorService background = Executors.newFixedThreadPool(2);
        int appends = (int) (TOTAL_BYTES / size);
        long[] nanos = new long[appends];
        try (LogFixture log = new LogFixture(path, LogConfig.defaults())) {
            int row = log.row(0);
            log.append(0, 1, 10);
            ByteBuffer batch = Batches.filled(0, 0, 1, size - 90, 1);
            ByteBuffer direct =
                    ByteBuffer.allocateDirect(batch.remaining()).put(batch).flip();
            EntryBatch entries = new EntryBatch();
            long before = minorFaults();
            for (int i = 0; i < appends; i++) {
                direct.putLong(0, log.log.partitions().nextOffset(row));
                entries.clear();
                entries.addBatch(row, 0, direct);
                long started = System.nanoTime();
                log.append(entries);
                nanos[i] = System.nanoTime() - started;
                if (!ahead) {
                    log.log.tail().writer().pagesAhead().take(); // and nobody makes them
                }
                for (Optional<Runnable> work = log.log.pollMaintenance(log.nowMs);
                        work.isPresent();
                        work = log.log.pollMaintenance(log.nowMs)) {
                    background.execute(work.get());
                }
            }
            long faults = minorFaults() - before;
            Arrays.sort(nanos);
            System.out.printf(
                    "bytes=%d ahead=%b appends=%d faults_per_mib=%.1f p50_us=%.1f p99_us=%.1f p999_us=%.1f%n",
                    size,
                    ahead,
                    appends,
                    faults / (TOTAL_BYTES / 1048576.0),
                    nanos[appends / 2] / 1e3,
                    nanos[(int) (appends * 0.99)] / 1e3,
                    nanos[(int) (appends * 0.999)] / 1e3);
            background.shutdown();
            background.awaitTermination(1, TimeUnit.MINUTES);
        } finally {
            LogFixture.delete(path);
        }
    }

    /** Of the calling thread. */
    private static long minorFaults() throws IOException {
        String stat = Files.readString(STAT);
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[MINOR_FAULTS]);
    }
}
