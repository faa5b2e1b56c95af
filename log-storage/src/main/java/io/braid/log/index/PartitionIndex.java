package io.braid.log.index;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntPredicate;

/**
 * All batches of one partition, from memory and index files. {@code fromOffset} (the log start) and {@code endOffset}
 * (exclusive)
 * bound what counts; a batch counts when it ends at or after the one and begins before the other.
 *
 * <p>Immutable, any thread; lookups block when they leave memory. Batches of segments that were deleted meanwhile are
 * not there: the chain then begins later.
 */
public final class PartitionIndex {
    private final IndexSnapshot segments;
    private final PartitionKey key;
    private final int newestSegment;
    private final int newestRow;

    PartitionIndex(IndexSnapshot segments, PartitionKey key, int newestSegment, int newestRow) {
        this.segments = segments;
        this.key = key;
        this.newestSegment = newestSegment;
        this.newestRow = newestRow;
    }

    /** The same batches over other index files, as {@link IndexSnapshot#over}. */
    public PartitionIndex over(SegmentIndexes now, IntPredicate keep) {
        return new PartitionIndex(segments.over(now, keep), key, newestSegment, newestRow);
    }

    private PartitionChain chain() {
        return new PartitionChain(segments, key, newestSegment, newestRow);
    }

    /**
     * Base offset of the oldest batch in memory, Long.MAX_VALUE when there is none: a cursor from there on, or later,
     * never blocks.
     */
    public long oldestOffsetInMemory() {
        long oldestOffset = Long.MAX_VALUE;
        int segment = newestSegment;
        int head = newestRow;
        Optional<ActiveIndexView> view = segments.inMemory(segment);
        while (view.isPresent()) {
            int oldest = view.get().oldest(head);
            oldestOffset = view.get().baseOffset(oldest);
            segment = view.get().previousSegment(oldest);
            head = view.get().previousSegmentRow(oldest);
            view = segments.inMemory(segment);
        }
        return oldestOffset;
    }

    /** The batch that contains {@code offset}, or the newest before it. */
    public Optional<BatchLocation> floor(long offset) throws IOException {
        Optional<SegmentPart> part = newestFrom(chain(), offset);
        return part.isEmpty() ? Optional.empty() : part.get().floor(offset);
    }

    /** The newest segment that begins at or before {@code offset}. */
    private static Optional<SegmentPart> newestFrom(PartitionChain chain, long offset) throws IOException {
        Optional<SegmentPart> above =
                chain.oldestWhere(part -> part.firstOffset() > offset).next();
        return above.isPresent() ? above.get().previous() : chain.newest();
    }

    /**
     * A cursor whose first {@link BatchCursor#next} goes to the batch that contains {@code offset}, or the first
     * after it.
     */
    public BatchCursor from(long offset) throws IOException {
        return new BatchCursor(chain().oldestWhere(part -> part.lastOffset() >= offset), offset);
    }

    /** Leader epoch of the batch that contains {@code offset}, or of the newest before it; -1 when there is none. */
    public int leaderEpochAt(long offset) throws IOException {
        return floor(offset).map(BatchLocation::leaderEpoch).orElse(-1);
    }

    /**
     * Oldest batch with a maximum timestamp of at least {@code timestamp}. When the record that has it lies before
     * the log start, which can be inside
     * the batch, ask again from the batch's end.
     */
    public Optional<BatchLocation> firstWithTimestamp(long timestamp, long fromOffset, long endOffset)
            throws IOException {
        // Exact at once unless a batch before fromOffset, or one of no segment any more, had the timestamp: then the
        // following segments are looked through by their own maximum.
        PartitionChain.PartsForward parts =
                chain().oldestWhere(part -> part.lastOffset() >= fromOffset && reaches(part, timestamp));
        Optional<SegmentPart> part = parts.next();
        while (part.isPresent() && part.get().firstOffset() < endOffset) {
            if (part.get().maxTimestamp() >= timestamp) {
                Optional<BatchLocation> batch = part.get().firstWithTimestamp(timestamp, fromOffset);
                if (batch.isPresent()) {
                    return batch.filter(found -> found.baseOffset() < endOffset);
                }
            }
            part = parts.next();
        }
        return Optional.empty();
    }

    /**
     * Whether the timestamp may be in this segment or an earlier one; segments in memory do not know, and are the
     * newest.
     */
    private static boolean reaches(SegmentPart part, long timestamp) {
        return !(part instanceof SealedPart sealed) || sealed.runningMaxTimestamp() >= timestamp;
    }

    /** Oldest batch of those with the greatest maximum timestamp. */
    public Optional<BatchLocation> withMaxTimestamp(long fromOffset, long endOffset) throws IOException {
        Optional<SegmentPart> part = newestFrom(chain(), endOffset - 1);
        Optional<BatchLocation> best = Optional.empty();
        long refuted = Long.MAX_VALUE;
        while (part.isPresent() && part.get().lastOffset() >= fromOffset) {
            if (part.get() instanceof SealedPart sealed
                    && sealed.lastOffset() < endOffset
                    && sealed.runningMaxTimestamp() != refuted) {
                // All batches up to this segment: one of them has the running maximum, unless it is before fromOffset.
                long greatest = sealed.runningMaxTimestamp();
                if (best.isPresent() && greatest < best.get().maxTimestamp()) {
                    return best;
                }
                Optional<BatchLocation> found = firstWithTimestamp(greatest, fromOffset, endOffset);
                if (found.isPresent() && found.get().lastOffset() <= sealed.lastOffset()) {
                    return found;
                }
                refuted = greatest;
            }
            best = greater(part.get().withMaxTimestamp(fromOffset, endOffset), best);
            part = part.get().previous();
        }
        return best;
    }

    /** The one with the greater timestamp, else the older. */
    private static Optional<BatchLocation> greater(Optional<BatchLocation> older, Optional<BatchLocation> newer) {
        boolean takeOlder = newer.isEmpty()
                || (older.isPresent()
                        && older.get().maxTimestamp() >= newer.get().maxTimestamp());
        return takeOlder ? older : newer;
    }

    /**
     * Where the epochs up to and including {@code leaderEpoch} end: base offset of the first batch with a greater
     * one; empty when there is none (the end
     * is then the log end).
     */
    public OptionalLong endOfEpoch(int leaderEpoch) throws IOException {
        Optional<SegmentPart> part = chain().oldestWhere(newer -> newer.lastLeaderEpoch() > leaderEpoch)
                .next();
        if (part.isEmpty()) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(
                part.get().firstAfterEpoch(leaderEpoch).orElseThrow().baseOffset());
    }

    /** Bytes of the batches with a base offset from {@code fromOffset} on and below {@code toOffset}. */
    public long bytesBetween(long fromOffset, long toOffset) throws IOException {
        PartitionChain.PartsForward parts = chain().oldestWhere(part -> part.lastOffset() >= fromOffset);
        long bytes = 0;
        Optional<SegmentPart> part = parts.next();
        while (part.isPresent() && part.get().firstOffset() < toOffset) {
            boolean whole = part.get().firstOffset() >= fromOffset && part.get().lastOffset() < toOffset;
            bytes += whole ? part.get().bytes() : bytesBetween(part.get(), fromOffset, toOffset);
            part = parts.next();
        }
        return bytes;
    }

    private static long bytesBetween(SegmentPart part, long fromOffset, long toOffset) throws IOException {
        BatchCursor batch = new BatchCursor(new PartitionChain.PartsForward(), fromOffset);
        SegmentPart.BatchRun run = part.from(fromOffset);
        long bytes = 0;
        while (run.next(batch) && batch.baseOffset() < toOffset) {
            bytes += batch.baseOffset() >= fromOffset ? batch.sizeBytes() : 0;
        }
        return bytes;
    }

    /**
     * Retention by time: the log start after dropping the sealed segments, from the oldest on, whose batches of this
     * partition are all older than {@code cutoffMs}.
     *
     * @return empty when none can be dropped
     */
    public OptionalLong startAfterExpired(long logStartOffset, long cutoffMs) throws IOException {
        PartitionChain.PartsForward parts = chain().oldestWhere(part -> part.lastOffset() >= logStartOffset);
        OptionalLong start = OptionalLong.empty();
        Optional<SegmentPart> part = parts.next();
        while (part.isPresent() && part.get() instanceof SealedPart sealed && sealed.retentionTimestamp() < cutoffMs) {
            start = OptionalLong.of(sealed.lastOffset() + 1);
            part = parts.next();
        }
        return start;
    }

    /**
     * Retention by size: the log start after dropping as many sealed segments' batches, from the oldest on, as do not
     * exceed
     * {@code excessBytes} together. Reads as many directory entries as it drops, and one more.
     *
     * @param excessBytes the partition's size less what is to be kept
     * @return empty when none can be dropped
     */
    public OptionalLong startAfterFreeing(long logStartOffset, long excessBytes) throws IOException {
        PartitionChain.PartsForward parts = chain().oldestWhere(part -> part.lastOffset() >= logStartOffset);
        OptionalLong start = OptionalLong.empty();
        long bytes = 0;
        Optional<SegmentPart> part = parts.next();
        while (part.isPresent() && !part.get().inMemory() && bytes + part.get().bytes() <= excessBytes) {
            bytes += part.get().bytes();
            start = OptionalLong.of(part.get().lastOffset() + 1);
            part = parts.next();
        }
        return start;
    }
}
