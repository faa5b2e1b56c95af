package io.braid.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What retention by size and by time leaves on disk, and when. Topic t has the id (t, 1). */
class RetentionOnDiskTest {
    private static final long HOUR_MS = 3600_000;
    private static final long SEGMENT_BYTES = 192 << 10;

    @TempDir
    Path temp;

    private record Policy(Map<Long, Long> ms, Map<Long, Long> bytes) implements RetentionPolicy {
        @Override
        public long retentionMs(Uuid topic) {
            return ms.getOrDefault(topic.getMostSignificantBits(), -1L);
        }

        @Override
        public long retentionBytes(Uuid topic) {
            return bytes.getOrDefault(topic.getMostSignificantBits(), -1L);
        }

        @Override
        public boolean exists(Uuid topic) {
            return true;
        }
    }

    private static int append(LogFixture log, long topic, int valueBytes) {
        int row = log.log.partitions().findOrAdd(topic, 1, 0);
        long offset = log.log.partitions().nextOffset(row);
        ByteBuffer batch = Batches.of(offset, 0, new SimpleRecord(log.nowMs, null, new byte[valueBytes]));
        EntryBatch entries = new EntryBatch();
        entries.addBatch(row, 0, batch);
        log.append(entries);
        return batch.remaining();
    }

    private static long kept(LogFixture log, long topic) {
        PartitionView view = log.log.view(log.log.partitions().findOrAdd(topic, 1, 0));
        return view.nextOffset() - view.logStartOffset();
    }

    /** One round of what the node does in the background. */
    private static void retain(LogFixture log, RetentionPolicy policy) throws IOException {
        EntryBatch starts = new EntryBatch();
        for (LogStartAdvance advance : log.log.retentionScan().run(policy, log.nowMs)) {
            starts.addLogStart(
                    advance.topicIdMsb(), advance.topicIdLsb(), advance.partition(), 0, advance.newLogStart());
        }
        log.append(starts);
        log.log.onCommitted(log.log.nextLsn());
        log.log.rewriteBelow(log.log.nextLsn());
        log.maintain();
    }

    @Test
    void aFirehoseKeptBySizeStaysWithinItAndIsNeverCopied() throws IOException {
        long keep = 4 * SEGMENT_BYTES;
        Policy policy = new Policy(Map.of(), Map.of(1L, keep));
        try (LogFixture log =
                new LogFixture(temp.resolve("log"), LogFixture.SMALL.withCheckpointMinBytes(SEGMENT_BYTES / 4))) {
            long written = 0;
            while (written < 40 * SEGMENT_BYTES) {
                for (int i = 0; i < 20; i++) {
                    written += append(log, 1, 3_000);
                }
                log.nowMs += 60_000;
                retain(log, policy);
                assertThat(log.log.sizeBytes()).isLessThan(keep + 4 * SEGMENT_BYTES);
            }
            assertThat(kept(log, 1) * 3_000).isBetween(keep * 9 / 10, keep + 2 * SEGMENT_BYTES);
            assertThat(log.events.deleted).hasSizeGreaterThan(25);
            assertThat(log.events.bytesRewritten.get()).isZero();
            assertThat(log.events.failures).isEmpty();
        }
    }

    @Test
    void aFirehoseBesideDataThatStaysIsCopiedLessThanItIsWritten() throws IOException {
        long keep = 4 * SEGMENT_BYTES;
        Policy policy = new Policy(Map.of(), Map.of(1L, keep));
        try (LogFixture log =
                new LogFixture(temp.resolve("log"), LogFixture.SMALL.withCheckpointMinBytes(SEGMENT_BYTES / 4))) {
            long written = 0;
            long staying = 0;
            while (written < 40 * SEGMENT_BYTES) {
                for (int i = 0; i < 20; i++) {
                    written += append(log, 1, 3_000);
                }
                staying += append(log, 2, 1_000);
                log.nowMs += 60_000;
                retain(log, policy);
                assertThat(log.log.sizeBytes()).isLessThan(keep + 2 * staying + 6 * SEGMENT_BYTES);
            }
            assertThat(log.events.bytesRewritten.get()).isBetween(1L, written / 2);
            assertThat(log.events.failures).isEmpty();
        }
    }

    @Test
    void theShortestRetentionInASegmentRollsIt() throws IOException {
        Policy policy = new Policy(Map.of(1L, HOUR_MS), Map.of());
        try (LogFixture log = new LogFixture(temp.resolve("log"), LogFixture.SMALL.withCheckpointMinBytes(1))) {
            append(log, 1, 1_000);
            append(log, 2, 1_000);
            retain(log, policy);
            log.nowMs += HOUR_MS / 2;
            retain(log, policy);
            assertThat(log.log.tail().active()).as("half an hour old").isNotNull();
            log.nowMs += HOUR_MS / 2 + 1;
            retain(log, policy);
            assertThat(kept(log, 1)).isZero();
            retain(log, policy);
            assertThat(log.log.tail().active() == null || log.log.tail().active().firstLsn > 1)
                    .as("the segment was left")
                    .isTrue();
            assertThat(kept(log, 2)).isEqualTo(1);
            assertThat(log.events.failures).isEmpty();
        }
    }

    @Test
    void withoutAShortRetentionASegmentIsWrittenToForDays() throws IOException {
        Policy policy = new Policy(Map.of(), Map.of());
        try (LogFixture log = new LogFixture(temp.resolve("log"), LogFixture.SMALL.withCheckpointMinBytes(1))) {
            append(log, 1, 1_000);
            for (int hour = 0; hour < 48; hour++) {
                log.nowMs += HOUR_MS;
                retain(log, policy);
            }
            assertThat(log.log.tail().active()).isNotNull();
            assertThat(log.log.segmentCount()).isEqualTo(1);
        }
    }
}
