package io.braid.log;

import io.braid.log.compact.BatchSource;
import io.braid.log.compact.CompactionBudget;
import io.braid.log.index.BatchCursor;
import io.braid.log.index.PartitionIndex;
import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads a partition's batches out of its segments, neighbours by one read. Used by one thread; blocks. */
final class CompactionSource implements BatchSource {
    private static final int WINDOW_BYTES = 256 << 10;

    /** Batches so close to each other are read together. */
    private static final int GAP_BYTES = 4 << 10;

    private final SegmentList segments;
    private final PartitionIndex index;
    private final CompactionBudget budget;

    private int windowSegment = -1;
    private long windowStart;
    private ByteBuffer window = ByteBuffer.allocate(0);
    private long lastEnd;

    CompactionSource(SegmentList segments, PartitionIndex index, CompactionBudget budget) {
        this.segments = segments;
        this.index = index;
        this.budget = budget;
    }

    @Override
    public void forEach(long fromOffset, long endOffset, Visitor visitor) throws IOException {
        BatchCursor batch = index.from(fromOffset);
        while (batch.next() && batch.baseOffset() < endOffset) {
            budget.spend(batch.sizeBytes());
            if (!visitor.visit(read(batch))) {
                return;
            }
        }
    }

    private ByteBuffer read(BatchCursor batch) throws IOException {
        long position = batch.position();
        int size = batch.sizeBytes();
        boolean inWindow = batch.segment() == windowSegment
                && position >= windowStart
                && position + size <= windowStart + window.limit();
        if (!inWindow) {
            boolean next = batch.segment() == windowSegment && position >= lastEnd && position - lastEnd <= GAP_BYTES;
            fill(batch, next ? Math.max(size, WINDOW_BYTES) : size);
        }
        lastEnd = position + size;
        int at = (int) (position - windowStart);
        boolean good = BatchHeader.baseOffset(window, at) == batch.baseOffset()
                && BatchHeader.sizeInBytes(window, at) == size
                && BatchHeader.verifyCrc(window, at, size);
        if (!good) {
            throw new CorruptBatchException("segment " + batch.segment() + " has no good batch with base offset "
                    + batch.baseOffset() + " at " + position);
        }
        return window.duplicate().limit(at + size).position(at);
    }

    private void fill(BatchCursor batch, int wanted) throws IOException {
        Segment segment = segments.get(batch.segment());
        if (segment == null || !segment.file.tryRetain()) {
            throw new SegmentGoneException("segment " + batch.segment() + " was deleted");
        }
        try {
            long end = Math.max(segment.endPosition, batch.position() + batch.sizeBytes());
            int length = (int) Math.min(wanted, end - batch.position());
            if (window.capacity() < length) {
                window = ByteBuffer.allocate(length);
            }
            windowSegment = -1;
            window.clear().limit(length);
            segment.file.readFully(window, batch.position());
            window.flip();
            windowStart = batch.position();
            windowSegment = batch.segment();
        } finally {
            segment.file.release();
        }
    }
}
