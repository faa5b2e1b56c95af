package io.braid.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A week of 50 topics with different retention on two shards, in simulated time. {@code -Dbraid.week.bytes=21474836480} writes 20 GiB instead of
 * 10 MiB (and takes segments of 128 MiB instead of 192 KiB); {@code -Dbraid.week.dir} says where.
 */
class WeekInMinutesTest {
    private static final long BYTES = Long.getLong("braid.week.bytes", 10L << 20);
    private static final boolean LARGE = BYTES >= 1L << 30;
    private static final int SHARDS = 2;
    private static final int TOPICS = 50;
    private static final int PARTITIONS = 2;
    private static final long HOUR_MS = 3600_000;
    private static final long STEP_MS = HOUR_MS;
    private static final int STEPS = 7 * 24;
    private static final long[] RETENTION_HOURS = {1, 2, 4, 8, 16, 24, 48, 72, 120, 168};
    /** Every tenth topic is kept by size. */
    private static final int BY_SIZE = 10;

    private static final double MAX_DISK = 2.2;
    private static final double MAX_WRITTEN = 2.5;

    @TempDir
    Path temporary;

    private final Events events = new Events();
    private final Random random = new Random(1);
    private final Retention policy = new Retention();
    private final List<Shard> shards = new ArrayList<>();
    private long nowMs = 1_700_000_000_000L;
    private long appended;
    private double worstDisk;

    /** Topic t of shard s has the id (s + 1, t). */
    private static final class Retention implements RetentionPolicy {
        @Override
        public long retentionMs(Uuid topic) {
            long t = topic.getLeastSignificantBits();
            return t % BY_SIZE == BY_SIZE - 1 ? -1 : RETENTION_HOURS[(int) (t % RETENTION_HOURS.length)] * HOUR_MS;
        }

        @Override
        public long retentionBytes(Uuid topic) {
            return topic.getLeastSignificantBits() % BY_SIZE == BY_SIZE - 1 ? BYTES / 800 : -1;
        }

        @Override
        public boolean exists(Uuid topic) {
            return true;
        }
    }

    private record Batch(long lastOffset, int bytes) {}

    /** A log, and what is live in it. */
    private final class Shard {
        final int id;
        final SharedLog log;
        final Path files;
        final Map<Integer, Deque<Batch>> live = new HashMap<>();
        long liveBytes;

        Shard(int id, LogDirectory directory, Path path) throws IOException {
            this.id = id;
            this.log = directory.open(id);
            this.files = path.resolve("shards").resolve(Integer.toString(id));
            log.rewriting().fileStep(this::measure);
        }

        int row(int topic, int partition) {
            return log.partitions().findOrAdd(id + 1, topic, partition);
        }

        void append(int topic, int partition, int records, int valueBytes) throws IOException {
            int row = row(topic, partition);
            long offset = log.partitions().nextOffset(row);
            ByteBuffer batch = batch(offset, records, valueBytes, nowMs);
            EntryBatch entries = new EntryBatch();
            entries.addBatch(row, 0, batch);
            int size = batch.remaining();
            log.append(entries, nowMs);
            live.computeIfAbsent(topic * PARTITIONS + partition, key -> new ArrayDeque<>())
                    .add(new Batch(offset + records - 1, size));
            liveBytes += size;
            appended += size;
        }

        void retain() throws IOException {
            EntryBatch starts = new EntryBatch();
            for (LogStartAdvance advance : log.retentionScan().run(policy, nowMs)) {
                starts.addLogStart(
                        advance.topicIdMsb(), advance.topicIdLsb(), advance.partition(), 0, advance.newLogStart());
                Deque<Batch> batches = live.get((int) advance.topicIdLsb() * PARTITIONS + advance.partition());
                while (!batches.isEmpty() && batches.peek().lastOffset < advance.newLogStart()) {
                    liveBytes -= batches.remove().bytes;
                }
            }
            log.append(starts, nowMs);
        }

        void maintain() {
            log.onCommitted(log.nextLsn());
            log.rewriteBelow(log.nextLsn());
            for (var work = log.pollMaintenance(nowMs); work.isPresent(); work = log.pollMaintenance(nowMs)) {
                work.get().run();
            }
            measure();
        }

        /** Sealed segments and their indexes, half-written ones included. */
        void measure() {
            long bytes = 0;
            try {
                for (Path file : LogFiles.list(files)) {
                    String name = file.getFileName().toString();
                    bytes += name.contains(".log") || name.contains(".idx") ? Files.size(file) : 0;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            long active = 2 * (LARGE ? 128L << 20 : 192 << 10);
            worstDisk = Math.max(worstDisk, (double) (bytes - active) / Math.max(1, liveBytes));
        }

        void check() throws IOException {
            for (Map.Entry<Integer, Deque<Batch>> one : live.entrySet()) {
                PartitionView view = log.view(row(one.getKey() / PARTITIONS, one.getKey() % PARTITIONS));
                long offset = view.logStartOffset();
                Deque<Batch> wanted = one.getValue();
                while (!wanted.isEmpty()) {
                    ByteBuffer bytes = ByteBuffer.wrap(
                            LogFixture.bytes(view.read(offset, 1 << 20, true, Long.MAX_VALUE, LogFixture.ALLOC)));
                    assertThat(bytes.remaining()).isPositive();
                    for (int at = 0; at < bytes.limit(); at += BatchHeader.sizeInBytes(bytes, at)) {
                        Batch batch = wanted.remove();
                        assertThat(BatchHeader.lastOffset(bytes, at)).isEqualTo(batch.lastOffset);
                        assertThat(BatchHeader.sizeInBytes(bytes, at)).isEqualTo(batch.bytes);
                        assertThat(BatchHeader.verifyCrc(bytes, at, batch.bytes))
                                .isTrue();
                        offset = batch.lastOffset + 1;
                    }
                }
                assertThat(offset).isEqualTo(view.nextOffset());
            }
        }
    }

    private static ByteBuffer batch(long offset, int records, int valueBytes, long timestampMs) {
        SimpleRecord[] all = new SimpleRecord[records];
        byte[] value = new byte[valueBytes];
        for (int i = 0; i < records; i++) {
            all[i] = new SimpleRecord(timestampMs, null, value);
        }
        return Batches.of(offset, 0, all);
    }

    @Test
    void diskUseAndWritesStayWithinBounds() throws Exception {
        Path path = System.getProperty("braid.week.dir") == null
                ? temporary
                : Files.createTempDirectory(Path.of(System.getProperty("braid.week.dir")), "week");
        long segment = LARGE ? 128L << 20 : 192 << 10;
        LogConfig config = LogConfig.defaults()
                .withSegmentBytes(segment, segment)
                .withMinFreeBytes(0)
                .withCheckpointMinBytes(segment / 4)
                .withRewrite(withoutRate(RewriteConfig.defaults()));
        LogDirectory directory = LogDirectory.open(path, config, events);
        for (int shard = 0; shard < SHARDS; shard++) {
            shards.add(new Shard(shard, directory, path));
        }
        int valueBytes = LARGE ? 15_000 : 1_500;
        for (int step = 1; step <= STEPS; step++) {
            nowMs += STEP_MS;
            while (appended < BYTES / STEPS * step) {
                shards.get(random.nextInt(SHARDS))
                        .append(random.nextInt(TOPICS), random.nextInt(PARTITIONS), 1 + random.nextInt(2), valueBytes);
            }
            for (Shard shard : shards) {
                shard.retain();
                shard.maintain();
            }
            assertThat(events.failures).isEmpty();
        }
        for (Shard shard : shards) {
            shard.check();
            shard.log.close();
        }
        directory.close();
        double written = 1 + (double) events.bytesRewritten.get() / appended;
        if (LARGE) {
            System.out.printf(
                    "appended %d MiB, written %.2f x, disk use at most %.2f x live, %d rewrites%n",
                    appended >> 20, written, worstDisk, events.rewritten.size());
        }
        assertThat(events.rewritten).isNotEmpty();
        assertThat(events.failures).isEmpty();
        assertThat(written).as("bytes written by byte appended").isLessThan(MAX_WRITTEN);
        assertThat(worstDisk).as("disk use by live bytes").isLessThan(MAX_DISK);
    }

    private static RewriteConfig withoutRate(RewriteConfig config) {
        return new RewriteConfig(
                config.logsAtOnce(),
                1L << 50,
                config.minDeadRatio(),
                config.maxDeadAgeMs(),
                config.sortAfterMs(),
                config.mergeSegments(),
                config.intervalMs());
    }
}
