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
 * Batches of one partition in one segment, on their way to a fetch. What is in memory is taken from the file's mapping: large
 * batches, and runs of batches without a gap (rewritten segments), go out as file ranges, middle ones as slices of the mapping, small ones are copied into one buffer (decision 0002). What
 * may have to come from the disk is read, neighbours by one read, and checked. Owned by one thread.
 */
final class BatchRun {
    /** Batches from this size on go out by sendfile (decision 0002). */
    private static final int SEND_FROM_BYTES = 64 << 10;

    /** Batches below this size are copied together; larger ones become parts of their own. */
    private static final int COPY_BELOW_BYTES = 4 << 10;

    /** One look whether pages are in memory serves so much of a file. */
    private static final int LOOK_AT_ONCE_BYTES = 4 << 20;

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
        List<FetchedRecords.Part> parts = new ArrayList<>(count);
        boolean done = false;
        try {
            long start = Arrays.stream(positions, 0, count).min().orElseThrow();
            int length = span(start);
            if (file.mapping().covers(start, length) && (!mayBeCold || isResident(file))) {
                take(file, start, length, alloc, parts);
            } else {
                readAll(file, mayBeCold, alloc, parts);
            }
            done = true;
            return FetchedRecords.of(parts);
        } finally {
            if (!done) {
                parts.forEach(FetchedRecords.Part::release);
            }
        }
    }

    /** Bytes from {@code start} to where the last batch ends. */
    private int span(long start) {
        long end = start;
        for (int i = 0; i < count; i++) {
            end = Math.max(end, positions[i] + sizes[i]);
        }
        return Math.toIntExact(end - start);
    }

    /** Asks for a few MiB at a time, and only where something there is not in memory for the batches themselves. */
    private boolean isResident(SegmentFile file) throws IOException {
        for (int i = 0; i < count; ) {
            long start = positions[i];
            long end = start;
            int next = i;
            while (next < count
                    && positions[next] >= start
                    && positions[next] + sizes[next] - start <= Math.max(sizes[i], LOOK_AT_ONCE_BYTES)) {
                end = Math.max(end, positions[next] + sizes[next]);
                next++;
            }
            if (!file.resident(start, (int) (end - start)) && !isEachResident(file, i, next)) {
                return false;
            }
            i = next;
        }
        return true;
    }

    private boolean isEachResident(SegmentFile file, int from, int to) throws IOException {
        boolean resident = true;
        for (int i = from; resident && i < to; i++) {
            resident = file.resident(positions[i], sizes[i]);
        }
        return resident;
    }

    /** Takes all batches from memory, where they lie within {@code length} bytes from {@code start} on. */
    private void take(SegmentFile file, long start, int length, ByteBufAllocator alloc, List<FetchedRecords.Part> parts)
            throws IOException {
        ByteBuffer bytes = file.mapping().range(start, length);
        ByteBuf mapped = null;
        try {
            for (int i = 0; i < count; ) {
                int at = (int) (positions[i] - start);
                int end = endWithoutGap(i);
                if (end > i + 1 && positions[end - 1] + sizes[end - 1] - positions[i] >= SEND_FROM_BYTES) {
                    parts.add(range(file, bytes, start, i, end));
                    i = end;
                    continue;
                }
                if (sizes[i] < COPY_BELOW_BYTES) {
                    i = copy(bytes, start, i, alloc, parts);
                    continue;
                }
                checkBatch(bytes, at, i, false);
                if (sizes[i] >= SEND_FROM_BYTES) {
                    parts.add(range(file, i, false));
                } else {
                    mapped = mapped == null ? new MappedRun(alloc, file, bytes.duplicate()) : mapped;
                    parts.add(slice(mapped, at, at + sizes[i]));
                }
                i++;
            }
        } catch (InternalError e) {
            // How the JVM reports that a page of a mapping cannot be had.
            throw new CorruptBatchException("segment " + segment + " cannot be read from " + start + " on: " + e);
        } finally {
            if (mapped != null) {
                mapped.release();
            }
        }
    }

    /** The first batch from {@code i} on that does not begin where the one before it ends. */
    private int endWithoutGap(int i) {
        int end = i + 1;
        while (end < count && positions[end] == positions[end - 1] + sizes[end - 1]) {
            end++;
        }
        return end;
    }

    /** The batches {@code [from, to)}, which follow each other without a gap, as one range. */
    private FetchedRecords.FileRange range(SegmentFile file, ByteBuffer mapped, long start, int from, int to)
            throws CorruptBatchException {
        for (int k = from; k < to; k++) {
            checkBatch(mapped, (int) (positions[k] - start), k, false);
        }
        file.retain();
        int length = Math.toIntExact(positions[to - 1] + sizes[to - 1] - positions[from]);
        return new FetchedRecords.FileRange(file, positions[from], length);
    }

    /** Copies the small batches from {@code i} on into one part; returns the first that is not small. */
    private int copy(ByteBuffer mapped, long start, int i, ByteBufAllocator alloc, List<FetchedRecords.Part> parts)
            throws CorruptBatchException {
        int end = i;
        int length = 0;
        while (end < count && sizes[end] < COPY_BELOW_BYTES) {
            length += sizes[end++];
        }
        ByteBuf buffer = alloc.directBuffer(length, length);
        boolean done = false;
        try {
            ByteBuffer target = buffer.internalNioBuffer(0, length);
            int to = target.position();
            for (int k = i; k < end; k++) {
                int at = (int) (positions[k] - start);
                checkBatch(mapped, at, k, false);
                target.put(to, mapped, at, sizes[k]);
                to += sizes[k];
            }
            buffer.writerIndex(length);
            parts.add(new FetchedRecords.Bytes(buffer));
            done = true;
            return end;
        } finally {
            if (!done) {
                buffer.release();
            }
        }
    }

    /** Reads all batches. */
    private void readAll(SegmentFile file, boolean mayBeCold, ByteBufAllocator alloc, List<FetchedRecords.Part> parts)
            throws IOException {
        for (int i = 0; i < count; ) {
            if (sizes[i] >= SEND_FROM_BYTES) {
                parts.add(range(file, i++, mayBeCold));
            } else {
                i = gather(file, i, mayBeCold, alloc, parts);
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
            } else if (sizes[k] < COPY_BELOW_BYTES) {
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
