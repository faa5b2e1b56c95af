package io.braid.log;

import io.braid.log.index.BatchLocation;
import io.braid.log.index.IndexSnapshot;
import io.braid.log.index.PartitionIndex;
import io.braid.log.table.PartitionSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.apache.kafka.common.Uuid;

/**
 * Applies retention.ms and retention.bytes to the partitions of a snapshot. By time a log start moves to the first batch that is
 * young enough; by size past whole sealed segments as long as the size kept is not undercut. Immutable; any thread.
 */
final class PartitionRetention implements RetentionScan {
    private static final long UNLIMITED = -1;

    private final PartitionSnapshot partitions;
    private final IndexSnapshot index;
    private final int activeSegment;
    private final LongConsumer onSmallest;

    /**
     * @param activeSegment ordinal of the segment that is written to, -1 when there is none
     * @param onSmallest told of the smallest retention.ms of what is in it
     */
    PartitionRetention(PartitionSnapshot partitions, IndexSnapshot index, int activeSegment, LongConsumer onSmallest) {
        this.partitions = partitions;
        this.index = index;
        this.activeSegment = activeSegment;
        this.onSmallest = onSmallest;
    }

    @Override
    public List<LogStartAdvance> run(RetentionPolicy policy, long nowMs) throws IOException {
        List<LogStartAdvance> advances = new ArrayList<>();
        capRoll(policy);
        try {
            partitions.forEach(row -> {
                try {
                    long start = newLogStart(row, policy, nowMs);
                    if (start > partitions.logStartOffset(row)) {
                        advances.add(new LogStartAdvance(
                                partitions.topicIdMsb(row),
                                partitions.topicIdLsb(row),
                                partitions.partition(row),
                                start));
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return advances;
    }

    @Override
    public void capRoll(RetentionPolicy policy) {
        onSmallest.accept(smallestRetentionMs(policy));
    }

    private long smallestRetentionMs(RetentionPolicy policy) {
        long[] smallest = {Long.MAX_VALUE};
        partitions.forEach(row -> {
            if (activeSegment >= 0 && partitions.newestSegment(row) == activeSegment) {
                Uuid topic = new Uuid(partitions.topicIdMsb(row), partitions.topicIdLsb(row));
                long ms = policy.exists(topic) ? policy.retentionMs(topic) : UNLIMITED;
                smallest[0] = ms == UNLIMITED ? smallest[0] : Math.min(smallest[0], ms);
            }
        });
        return smallest[0];
    }

    /** The log start that retention asks for; the present one while segments change under its hands. */
    private long newLogStart(int row, RetentionPolicy policy, long nowMs) throws IOException {
        try {
            return findLogStart(row, policy, nowMs);
        } catch (SegmentGoneException | ClosedChannelException e) {
            return partitions.logStartOffset(row);
        }
    }

    private long findLogStart(int row, RetentionPolicy policy, long nowMs) throws IOException {
        Uuid topic = new Uuid(partitions.topicIdMsb(row), partitions.topicIdLsb(row));
        long start = partitions.logStartOffset(row);
        long next = partitions.nextOffset(row);
        if (start == next || !policy.exists(topic)) {
            return start;
        }
        PartitionIndex batches = index.of(partitions, row);
        long retentionMs = policy.retentionMs(topic);
        if (retentionMs != UNLIMITED) {
            start = Math.max(start, afterExpired(batches, start, next, nowMs - retentionMs));
        }
        long retentionBytes = policy.retentionBytes(topic);
        if (retentionBytes != UNLIMITED && start < next) {
            long excess = batches.bytesBetween(start, next) - retentionBytes;
            start = excess > 0
                    ? Math.max(start, batches.startAfterFreeing(start, excess).orElse(start))
                    : start;
        }
        return start;
    }

    /** The first batch that is young enough, or the end when there is none. */
    private static long afterExpired(PartitionIndex batches, long start, long next, long cutoffMs) throws IOException {
        return batches.firstWithTimestamp(cutoffMs, start, next)
                .map(BatchLocation::baseOffset)
                .orElse(next);
    }
}
