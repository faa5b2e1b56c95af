package io.braid.log.index;

import java.io.IOException;
import java.util.Optional;

/**
 * Walks the batches of a partition forwards, in amortised constant time a step. One thread; blocks where it leaves
 * memory.
 */
public final class BatchCursor {
    private PartitionChain.PartsForward parts;
    private long fromOffset;
    private SegmentPart.BatchRun run;
    private Rest rest;
    private CompactedSegments verifier = CompactedSegments.NONE;

    private int segment;
    private long position;
    private int sizeBytes;
    private long baseOffset;
    private long lastOffset;
    private int leaderEpoch;
    private long maxTimestamp;

    BatchCursor(PartitionChain.PartsForward parts, long fromOffset) {
        this.parts = parts;
        this.fromOffset = fromOffset;
    }

    /** What follows when a cursor has come to its end. */
    interface Rest {
        BatchCursor open() throws IOException;
    }

    /** Goes on with another cursor at the end. */
    BatchCursor then(Rest next) {
        rest = next;
        return this;
    }

    /** Has every step checked. */
    BatchCursor verifiedBy(CompactedSegments segments) {
        verifier = segments;
        return this;
    }

    /** Goes to the next batch; false at the end, from then on for ever. */
    public boolean next() throws IOException {
        boolean found;
        try {
            found = step();
        } catch (IOException e) {
            verifier.verify();
            throw e;
        }
        verifier.verify();
        return found;
    }

    private boolean step() throws IOException {
        while (run == null || !run.next(this)) {
            Optional<SegmentPart> part = parts.next();
            if (part.isPresent()) {
                run = part.get().from(fromOffset);
            } else if (rest != null) {
                BatchCursor next = rest.open();
                rest = null;
                run = null;
                parts = next.parts;
                fromOffset = next.fromOffset;
            } else {
                return false;
            }
        }
        return true;
    }

    void set(
            int segment,
            long position,
            int sizeBytes,
            long baseOffset,
            long lastOffset,
            int leaderEpoch,
            long maxTimestamp) {
        this.segment = segment;
        this.position = position;
        this.sizeBytes = sizeBytes;
        this.baseOffset = baseOffset;
        this.lastOffset = lastOffset;
        this.leaderEpoch = leaderEpoch;
        this.maxTimestamp = maxTimestamp;
    }

    /** The batch as a value; the methods below give its parts without making an object. */
    public BatchLocation batch() {
        return new BatchLocation(segment, position, sizeBytes, baseOffset, lastOffset, leaderEpoch, maxTimestamp);
    }

    public int segment() {
        return segment;
    }

    public long position() {
        return position;
    }

    public int sizeBytes() {
        return sizeBytes;
    }

    public long baseOffset() {
        return baseOffset;
    }

    /** Inclusive. */
    public long lastOffset() {
        return lastOffset;
    }

    public int leaderEpoch() {
        return leaderEpoch;
    }

    public long maxTimestamp() {
        return maxTimestamp;
    }
}
