package io.braid.log.index;

import java.io.IOException;
import java.util.Optional;

/** What one segment holds of a partition, with links to the partition's earlier segments. Used by one thread. */
interface SegmentPart {
    /** Ordinal of the (first) segment. */
    int segment();

    boolean inMemory();

    long firstOffset();

    /** Inclusive. */
    long lastOffset();

    int lastLeaderEpoch();

    long bytes();

    /** Of the batches in this segment. */
    long maxTimestamp();

    /** The partition's segment before this one; empty when there is none, or it was deleted. */
    Optional<SegmentPart> previous() throws IOException;

    /** An earlier segment; empty when there is no shortcut. */
    Optional<SegmentPart> jump() throws IOException;

    Optional<BatchLocation> floor(long offset) throws IOException;

    /** Oldest batch with a greater epoch. */
    Optional<BatchLocation> firstAfterEpoch(int leaderEpoch) throws IOException;

    /** Oldest batch from {@code fromOffset} on that has a timestamp of at least {@code timestamp}. */
    Optional<BatchLocation> firstWithTimestamp(long timestamp, long fromOffset) throws IOException;

    /**
     * Oldest batch with the greatest timestamp of those from {@code fromOffset} on that begin before {@code
     * endOffset}.
     */
    Optional<BatchLocation> withMaxTimestamp(long fromOffset, long endOffset) throws IOException;

    /** Batches in order, from the one that contains {@code offset} or the first after it. */
    BatchRun from(long offset) throws IOException;

    /** Batches of one part, in order. */
    interface BatchRun {
        /** The next batch, false at the end. */
        boolean next(BatchCursor into) throws IOException;
    }
}
