package io.braid.log;

import io.braid.log.index.SegmentIndex;
import io.braid.log.index.SegmentInfo;
import io.braid.log.rewrite.DamagedSourceException;
import io.braid.log.rewrite.RewriteSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A segment as it was appended, to be rewritten. It is read once from front to back, which checks every entry and brings it into memory, for the LSNs
 * and for the entries that are no batches. Whoever makes it holds a reference to the file. Used by one thread at a time; blocks.
 */
final class AppendedSource implements RewriteSource {
    private final Segment segment;
    private final ControlFilter filter;
    private final EntryScanner scanner;
    private final List<ByteBuffer> controls = new ArrayList<>();
    /** Of the batches, ascending. */
    private int[] positions = new int[1024];

    private long[] lsns = new long[1024];
    private int batches;
    private boolean scanned;

    AppendedSource(Segment segment, int logTag, ControlFilter filter) throws IOException {
        this.segment = segment;
        this.filter = filter;
        this.scanner = new EntryScanner(segment.file.checkedChannel(), logTag);
    }

    @Override
    public SegmentInfo info() {
        return segment.info();
    }

    @Override
    public SegmentIndex index() throws IOException {
        return segment.index();
    }

    @Override
    public long prepare(long maxBytes) throws IOException {
        long from = scanner.endPosition();
        while (!scanned && scanner.endPosition() - from < maxBytes) {
            EntryScanner.Step next = scanner.next(EntryScanner.ANY_LSN);
            if (next == EntryScanner.Step.ENTRY) {
                take();
            } else if (scanner.endPosition() < segment.endPosition) {
                throw new DamagedSourceException(segment.ordinal, scanner.position(), "no good entry");
            } else {
                scanned = true;
            }
        }
        return scanner.endPosition() - from;
    }

    private void take() {
        ByteBuffer buffer = scanner.buffer();
        int header = scanner.header();
        byte type = EntryHeader.type(buffer, header);
        if (type == EntryType.BATCH) {
            if (batches == lsns.length) {
                positions = Arrays.copyOf(positions, 2 * batches);
                lsns = Arrays.copyOf(lsns, 2 * batches);
            }
            positions[batches] = (int) (scanner.entryPosition() + scanner.payload() - header);
            lsns[batches] = EntryHeader.lsn(buffer, header);
            batches++;
        } else if (type != EntryType.TRUNCATION
                && EntryHeader.payload(buffer, header) == header + EntryHeader.SIZE
                && filter.keeps(buffer, header)) {
            ByteBuffer copy = ByteBuffer.allocate(EntryHeader.SIZE);
            copy.put(0, buffer, header, EntryHeader.SIZE);
            controls.add(copy);
        }
    }

    @Override
    public List<ByteBuffer> controls() {
        return controls;
    }

    @Override
    public long lsn(int row, long position) throws IOException {
        int low = 0;
        int high = batches - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long found = Integer.toUnsignedLong(positions[middle]);
            if (found == position) {
                return lsns[middle];
            }
            if (found < position) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        throw new DamagedSourceException(segment.ordinal, position, "the index leads to no entry");
    }

    @Override
    public void read(ByteBuffer target, long position) throws IOException {
        segment.file.readFully(target, position);
    }
}
