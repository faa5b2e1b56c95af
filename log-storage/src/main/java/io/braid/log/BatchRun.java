package io.braid.log;

import io.braid.log.index.BatchCursor;
import io.braid.log.index.BatchLocation;
import io.braid.protocol.records.BatchHeader;
import io.braid.protocol.records.FetchedRecords;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Batches of one partition in one segment, on their way to a fetch. Large ones are answered as file ranges; small ones are
 * gathered into one buffer, those that lie close together by one read. Owned by one thread.
 */
final class BatchRun {
    /** Batches from this size on go out by sendfile (decision 0002). */
    private static final int SEND_FROM_BYTES = 64 << 10;

    /** Batches up to this size are moved together in the buffer; larger ones become parts of their own. */
    private static final int COMPACT_UP_TO_BYTES = 4 << 10;

    /** Reading so many bytes too much is cheaper than another system call. */
    private static final int GAP_BYTES = 8 << 10;

    private static final int MAX_BATCHES = 4096;

    private final int segment;
    private int count;
    private long[] positions = new long[16];
    private int[] sizes = new int[16];
    private long[] baseOffsets = new long[16];

    private BatchRun(int segment) {
        this.segment = segment;
    }

    /** Takes batches of the first segment that the cursor comes to, within the limits. */
    static BatchRun collect(BatchCursor cursor, int maxBytes, boolean atLeastOne, long endOffset) throws IOException {
        BatchRun run = null;
        long bytes = 0;
        while (cursor.next()) {
            bytes += cursor.sizeBytes();
            boolean first = run == null;
            if (first) {
                run = new BatchRun(cursor.segment());
            }
            boolean fits = bytes <= maxBytes || (first && atLeastOne);
            if (!fits
                    || cursor.lastOffset() >= endOffset
                    || cursor.segment() != run.segment
                    || run.count == MAX_BATCHES) {
                break;
            }
            run.add(cursor.position(), cursor.sizeBytes(), cursor.baseOffset());
        }
        return run == null ? new BatchRun(-1) : run;
    }

    private void add(long position, int size, long baseOffset) {
        if (count == sizes.length) {
            positions = Arrays.copyOf(positions, 2 * count);
            sizes = Arrays.copyOf(sizes, 2 * count);
            baseOffsets = Arrays.copyOf(baseOffsets, 2 * count);
        }
        positions[count] = position;
        sizes[count] = size;
        baseOffsets[count] = baseOffset;
        count++;
    }

    boolean isEmpty() {
        return count == 0;
    }

    int segment() {
        return segment;
    }

    /**
     * The answer. The caller holds a reference to the file.
     *
     * @param mayBeCold the bytes may not be in memory: make them so, and check what comes from the disk
     */
    FetchedRecords read(SegmentFile file, boolean mayBeCold, ByteBufAllocator alloc) throws IOException {
        List<FetchedRecords.Part> parts = new ArrayList<>();
        boolean done = false;
        try {
            for (int i = 0; i < count; ) {
                if (sizes[i] >= SEND_FROM_BYTES) {
                    parts.add(range(file, i++, mayBeCold));
                } else {
                    i = gather(file, i, mayBeCold, alloc, parts);
                }
            }
            done = true;
            return FetchedRecords.of(parts);
        } finally {
            if (!done) {
                parts.forEach(FetchedRecords.Part::release);
            }
        }
    }

    private FetchedRecords.FileRange range(SegmentFile file, int i, boolean mayBeCold) throws IOException {
        if (mayBeCold && !file.resident(positions[i], sizes[i])) {
            ByteBuffer bytes = ByteBuffer.allocateDirect(sizes[i]);
            file.readFully(bytes, positions[i]);
            checkBatch(bytes, 0, i, true);
        }
        file.retain();
        return new FetchedRecords.FileRange(file, positions[i], sizes[i]);
    }

    /** Reads the small batches from {@code i} on that lie close together; returns the first that was not. */
    private int gather(
            SegmentFile file, int i, boolean mayBeCold, ByteBufAllocator alloc, List<FetchedRecords.Part> parts)
            throws IOException {
        int end = i + 1;
        while (end < count
                && sizes[end] < SEND_FROM_BYTES
                && positions[end] - (positions[end - 1] + sizes[end - 1]) <= GAP_BYTES
                && positions[end] > positions[end - 1]) {
            end++;
        }
        long from = positions[i];
        int length = Math.toIntExact(positions[end - 1] + sizes[end - 1] - from);
        boolean cold = mayBeCold && !file.resident(from, length);
        ByteBuf buffer = alloc.directBuffer(length, length);
        try {
            ByteBuffer bytes = buffer.internalNioBuffer(0, length);
            int start = bytes.position();
            file.readFully(bytes, from);
            bytes.position(start);
            ByteBuffer batches = bytes.slice();
            for (int k = i; k < end; k++) {
                checkBatch(batches, (int) (positions[k] - from), k, cold);
            }
            cut(buffer, batches, i, end, parts);
        } finally {
            buffer.release();
        }
        return end;
    }

    /** Makes parts of the batches {@code [from, end)} that were read into the buffer with the gaps between them. */
    private void cut(ByteBuf buffer, ByteBuffer bytes, int from, int end, List<FetchedRecords.Part> parts) {
        int partStart = 0;
        int partEnd = 0;
        for (int k = from; k < end; k++) {
            int at = (int) (positions[k] - positions[from]);
            if (at == partEnd) {
                partEnd = at + sizes[k];
            } else if (sizes[k] <= COMPACT_UP_TO_BYTES) {
                bytes.put(partEnd, bytes, at, sizes[k]);
                partEnd += sizes[k];
            } else {
                parts.add(slice(buffer, partStart, partEnd));
                partStart = at;
                partEnd = at + sizes[k];
            }
        }
        parts.add(slice(buffer, partStart, partEnd));
    }

    private static FetchedRecords.Bytes slice(ByteBuf buffer, int start, int end) {
        return new FetchedRecords.Bytes(buffer.retainedSlice(start, end - start));
    }

    private void checkBatch(ByteBuffer bytes, int at, int i, boolean crcToo) throws CorruptBatchException {
        boolean good = BatchHeader.baseOffset(bytes, at) == baseOffsets[i]
                && BatchHeader.sizeInBytes(bytes, at) == sizes[i]
                && (!crcToo || crcFits(bytes, at, sizes[i]));
        if (!good) {
            throw new CorruptBatchException("segment " + segment + " has no good batch with base offset "
                    + baseOffsets[i] + " at " + positions[i]);
        }
    }

    private static boolean crcFits(ByteBuffer bytes, int at, int size) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().limit(at + size).position(at + BatchHeader.CRC_COVERED_FROM));
        return (int) crc.getValue() == BatchHeader.crc(bytes, at);
    }

    /** A batch's header. */
    static ByteBuffer header(SegmentFile file, BatchLocation at) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(BatchHeader.SIZE);
        file.readFully(bytes, at.position());
        return bytes.flip();
    }

    /** A whole batch, checked. */
    static ByteBuffer whole(SegmentFile file, BatchLocation at) throws IOException {
        BatchRun run = new BatchRun(at.segment());
        run.add(at.position(), at.sizeBytes(), at.baseOffset());
        ByteBuffer bytes = ByteBuffer.allocate(at.sizeBytes());
        file.readFully(bytes, at.position());
        run.checkBatch(bytes.flip(), 0, 0, true);
        return bytes;
    }
}
