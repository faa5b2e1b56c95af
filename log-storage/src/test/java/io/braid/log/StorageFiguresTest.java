package io.braid.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.protocol.records.BatchHeader;
import io.braid.protocol.records.FetchedRecords;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How fast the log is where it counts. By default everything is small and only what is read is checked; with {@code -Dbraid.figures.dir=DIR} the
 * sizes are those of docs/performance.md, and each test prints a line of JSON. Cold figures need root, to drop the page cache; without they are
 * left out.
 */
class StorageFiguresTest {
    private static final String DIRECTORY = System.getProperty("braid.figures.dir");
    private static final boolean FULL = DIRECTORY != null;
    private static final int BATCH_BYTES = 16 << 10;
    private static final long DAY_MS = 24 * 3600_000L;
    private static final RewriteConfig UNHURRIED = new RewriteConfig(1, 1L << 50, 0.5, 7 * DAY_MS, DAY_MS, 8, 1);
    private static final RewriteConfig OFF = new RewriteConfig(0, 1, 0.5, DAY_MS, DAY_MS, 8, 1);

    @TempDir
    Path temporary;

    private Path root;

    @BeforeEach
    void directory() throws IOException {
        root = FULL ? Files.createTempDirectory(Files.createDirectories(Path.of(DIRECTORY)), "figures") : temporary;
    }

    @AfterEach
    void remove() {
        if (FULL) {
            LogFixture.delete(root);
        }
    }

    private static LogConfig config(long segmentBytes, RewriteConfig rewrite) {
        return LogConfig.defaults()
                .withSegmentBytes(segmentBytes, segmentBytes)
                .withMinFreeBytes(0)
                .withRewrite(rewrite);
    }

    private static void print(String format, Object... values) {
        if (FULL) {
            System.out.printf(Locale.ROOT, format + "%n", values);
        }
    }

    // ---- one partition out of a shard of many

    @Test
    void readsOnePartitionOutOfARewrittenShard() throws IOException {
        long bytes = FULL ? 1L << 30 : 2 << 20;
        int others = FULL ? 9_999 : 99;
        long segment = FULL ? 128L << 20 : 256 << 10;
        try (LogFixture shared = new LogFixture(root.resolve("shared"), config(segment, UNHURRIED));
                LogFixture alone = new LogFixture(root.resolve("alone"), config(segment, OFF))) {
            for (long i = 0; i < bytes / BATCH_BYTES; i++) {
                shared.append(0, 1, BATCH_BYTES);
                shared.append(1 + (int) (i % others), 1, BATCH_BYTES);
                alone.append(0, 1, BATCH_BYTES);
                if (i % 64 == 0) {
                    shared.maintain();
                    alone.maintain();
                }
            }
            rewrite(shared);
            assertThat(shared.events.rewritten).isNotEmpty();
            alone.reopen();
            assertThat(checksum(shared)).isEqualTo(checksum(alone));
            double[] warm = ratios(shared, alone, false);
            double[] cold = ratios(shared, alone, true);
            print(
                    "{\"figure\":\"read-rewritten\",\"bytes\":%d,\"partitions\":%d,\"warmSharedMbPerS\":%.0f,"
                            + "\"warmAloneMbPerS\":%.0f,\"coldSharedMbPerS\":%.0f,\"coldAloneMbPerS\":%.0f}",
                    bytes, others + 1, warm[0], warm[1], cold[0], cold[1]);
        }
    }

    /** Brings every sealed segment to be sorted by partition. */
    private static void rewrite(LogFixture log) {
        log.reopen();
        log.log.onCommitted(log.log.nextLsn());
        log.log.rewriteBelow(log.log.nextLsn());
        for (int round = 0; round < 8; round++) {
            // Segments are sorted when they are a day old.
            log.nowMs = Math.max(log.nowMs, System.currentTimeMillis()) + 2 * DAY_MS;
            log.maintain();
        }
    }

    /** MB a second, of the shared and the other one; 0 if the cache cannot be dropped. The better of three rounds in turn. */
    private static double[] ratios(LogFixture shared, LogFixture alone, boolean cold) throws IOException {
        double[] best = new double[2];
        for (int round = 0; round < 6; round++) {
            LogFixture log = round % 2 == 0 ? shared : alone;
            log.reopen();
            if (cold && (!FULL || !PageCache.drop())) {
                return best;
            }
            if (!cold) {
                readThrough(log, new CRC32C());
            }
            long started = System.nanoTime();
            long bytes = readThrough(log, null);
            best[round % 2] = Math.max(best[round % 2], bytes * 1e3 / (System.nanoTime() - started));
        }
        return best;
    }

    private static long checksum(LogFixture log) throws IOException {
        CRC32C crc = new CRC32C();
        readThrough(log, crc);
        return crc.getValue();
    }

    /** Reads partition 0 as fetches of 1 MiB would, into memory. */
    private static long readThrough(LogFixture log, CRC32C crc) throws IOException {
        ByteBuffer into = ByteBuffer.allocateDirect(2 << 20);
        PartitionView view = log.view(0);
        long read = 0;
        long offset = 0;
        while (offset < view.nextOffset()) {
            FetchedRecords records = view.read(offset, 1 << 20, true, Long.MAX_VALUE, LogFixture.ALLOC);
            into.clear();
            for (FetchedRecords.Part part : records.parts()) {
                if (part instanceof FetchedRecords.FileRange range) {
                    into.limit(into.position() + range.length());
                    range.source().channel().read(into, range.position());
                    into.limit(into.capacity());
                } else if (part instanceof FetchedRecords.Bytes bytes) {
                    ByteBuf buffer = bytes.buffer();
                    into.limit(into.position() + buffer.readableBytes());
                    buffer.getBytes(buffer.readerIndex(), into);
                    into.limit(into.capacity());
                }
            }
            records.release();
            into.flip();
            read += into.remaining();
            if (crc != null) {
                crc.update(into.duplicate());
            }
            for (int at = 0; at < into.limit(); at += BatchHeader.sizeInBytes(into, at)) {
                offset = BatchHeader.lastOffset(into, at) + 1;
            }
        }
        return read;
    }

    // ---- a partition that lies thinly

    @Test
    void findsOffsetAndTimestampOfAThinPartition() throws IOException {
        int segments = FULL ? 2_000 : 30;
        int rounds = FULL ? 20 : 1;
        try (LogFixture log = new LogFixture(root.resolve("thin"), config(64 << 10, OFF))) {
            while (log.log.segmentCount() < segments) {
                int before = log.log.segmentCount();
                log.append(0, 1, 100);
                while (log.log.segmentCount() == before) {
                    log.append(1, 1, 8_000);
                    log.maintain();
                }
            }
            long last = log.log.partitions().nextOffset(log.row(0)) - 1;
            assertThat(last).isGreaterThan(segments / 2);
            double[] offsetMs = new double[rounds];
            double[] timestampMs = new double[rounds];
            boolean cold = FULL;
            for (int round = 0; round < rounds; round++) {
                log.reopen();
                cold = cold && PageCache.drop();
                long started = System.nanoTime();
                log.view(0).read(0, 1, true, Long.MAX_VALUE, LogFixture.ALLOC).release();
                offsetMs[round] = (System.nanoTime() - started) / 1e6;
                cold = cold && PageCache.drop();
                long wanted = 1 + (last * (round + 1) / (rounds + 1));
                started = System.nanoTime();
                Optional<OffsetAndTimestamp> found = log.view(0).offsetForTimestamp(1000 + wanted, Long.MAX_VALUE);
                timestampMs[round] = (System.nanoTime() - started) / 1e6;
                assertThat(found.orElseThrow().offset()).isEqualTo(wanted);
            }
            Arrays.sort(offsetMs);
            Arrays.sort(timestampMs);
            print(
                    "{\"figure\":\"find-thin\",\"segments\":%d,\"cold\":%b,\"offsetP50Ms\":%.2f,\"offsetMaxMs\":%.2f,"
                            + "\"timestampP50Ms\":%.2f,\"timestampMaxMs\":%.2f}",
                    log.log.segmentCount(),
                    cold,
                    offsetMs[rounds / 2],
                    offsetMs[rounds - 1],
                    timestampMs[rounds / 2],
                    timestampMs[rounds - 1]);
        }
    }

    // ---- appends beside plain writes

    @Test
    void appendsOfManySizesBesidePlainWrites() throws Exception {
        AppendFaults.measure(
                root,
                FULL ? 400L << 20 : 1 << 20,
                FULL ? 3 : 1,
                FULL ? new int[] {1 << 10, 4 << 10, 16 << 10, 128 << 10} : new int[] {4 << 10});
    }

    // ---- appends while segments are rewritten

    @Test
    void appendsGoOnWhileSegmentsAreRewritten() throws Exception {
        long filled = FULL ? 2L << 30 : 2 << 20;
        int appends = FULL ? 60_000 : 200;
        long segment = FULL ? 128L << 20 : 256 << 10;
        RewriteConfig rewrite = new RewriteConfig(1, FULL ? 64L << 20 : 1L << 40, 0.4, DAY_MS, 30 * DAY_MS, 100, 1);
        ExecutorService background = Executors.newFixedThreadPool(2);
        try (LogFixture log = new LogFixture(
                root.resolve("cleaning"), config(segment, rewrite).withCheckpointMinBytes(segment / 4))) {
            for (long i = 0; i < filled / BATCH_BYTES; i++) {
                log.append((int) (i % 2), 1, BATCH_BYTES);
                if (i % 64 == 0) {
                    log.maintain();
                }
            }
            double[] quiet = appends(log, appends, background);
            EntryBatch entries = new EntryBatch();
            entries.addLogStart(LogFixture.TOPIC, 1, 1, 0, log.log.partitions().nextOffset(log.row(1)));
            log.append(entries);
            log.log.onCommitted(log.log.nextLsn());
            log.log.rewriteBelow(log.log.nextLsn());
            double[] cleaning = appends(log, appends, background);
            background.shutdown();
            assertThat(background.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
            log.maintain();
            assertThat(log.events.failures).isEmpty();
            assertThat(log.readAll(1)).isEmpty();
            print(
                    "{\"figure\":\"append-while-cleaning\",\"bytes\":%d,\"appends\":%d,\"rewrittenBytes\":%d,"
                            + "\"quietP50Us\":%.1f,\"quietP99Us\":%.1f,\"quietP999Us\":%.1f,"
                            + "\"cleaningP50Us\":%.1f,\"cleaningP99Us\":%.1f,\"cleaningP999Us\":%.1f}",
                    BATCH_BYTES,
                    appends,
                    log.events.bytesRewritten.get(),
                    quiet[0],
                    quiet[1],
                    quiet[2],
                    cleaning[0],
                    cleaning[1],
                    cleaning[2]);
        } finally {
            background.shutdown();
        }
    }

    /** At most 2,000 a second; the 50th, 99th and 99.9th percentile in microseconds. */
    private static double[] appends(LogFixture log, int appends, ExecutorService background) throws IOException {
        long[] nanos = new long[appends];
        long began = System.nanoTime();
        for (int i = 0; i < appends; i++) {
            int row = log.row(0);
            EntryBatch entries = new EntryBatch();
            entries.addBatch(row, 0, Batches.filled(log.log.partitions().nextOffset(row), 0, 1, BATCH_BYTES, i));
            long started = System.nanoTime();
            log.log.append(entries, log.nowMs);
            nanos[i] = System.nanoTime() - started;
            log.nowMs++;
            log.log.onCommitted(log.log.nextLsn());
            log.log.rewriteBelow(log.log.nextLsn());
            for (Optional<Runnable> work = log.log.pollMaintenance(log.nowMs);
                    work.isPresent();
                    work = log.log.pollMaintenance(log.nowMs)) {
                background.execute(work.get());
            }
            if (FULL) {
                LockSupport.parkNanos(began + (i + 1) * 500_000L - System.nanoTime());
            }
        }
        Arrays.sort(nanos);
        return new double[] {
            nanos[appends / 2] / 1e3, nanos[(int) (appends * 0.99)] / 1e3, nanos[(int) (appends * 0.999)] / 1e3
        };
    }
}
