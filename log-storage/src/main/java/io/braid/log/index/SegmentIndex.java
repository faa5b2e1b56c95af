package io.braid.log.index;

import io.braid.log.rows.Attributes;
import io.braid.log.rows.RowCursor;
import io.braid.log.rows.RowFile;
import io.braid.log.rows.Section;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The index file of a sealed segment, read through the page cache: no heap per partition, one file descriptor. Any
 * thread;
 * blocks. Lookups after {@link #close} fail with {@link java.nio.channels.ClosedChannelException}.
 */
public final class SegmentIndex implements AutoCloseable {
    /** Visits directory entries. */
    public interface Visitor {
        /** Returns false to stop. */
        boolean visit(DirectoryEntry entry) throws IOException;
    }

    /** A test that holds for the newer batches of a partition and not for its older ones. */
    interface BatchTest {
        boolean holds(RowCursor batch, long argument);
    }

    private static final int NONE = -1;

    private final RowFile file;
    private final Section batches;
    private final Directory directory;
    private final SegmentInfo info;

    private SegmentIndex(RowFile file) throws IOException {
        this.file = file;
        this.info = readInfo(file);
        this.batches = file.requiredSection(IndexFormat.BATCHES, IndexFormat.BATCH_BYTES);
        this.directory = new Directory(file, info.firstSegment(), batches.rows());
    }

    /**
     * Opens an index file and checks header and size; its pages are checked when read.
     *
     * @throws CorruptIndexException for contents that cannot be used, here and in every lookup: rebuild the file from
     *     its segment
     */
    public static SegmentIndex open(Path path) throws IOException {
        RowFile file = RowFile.open(path, IndexFormat.MAGIC, IndexFormat.KNOWN, CorruptIndexException::new);
        try {
            return new SegmentIndex(file);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static SegmentInfo readInfo(RowFile file) throws IOException {
        Attributes tags = Attributes.read(file);
        SegmentInfo info = new SegmentInfo(
                (int) tags.get(IndexFormat.TAG_FIRST_SEGMENT, -1),
                (int) tags.get(IndexFormat.TAG_LAST_SEGMENT, -1),
                tags.get(IndexFormat.TAG_FIRST_LSN, -1),
                tags.get(IndexFormat.TAG_END_LSN, -1),
                tags.get(IndexFormat.TAG_END_POSITION, -1),
                tags.get(IndexFormat.TAG_SEALED_MS, 0),
                (int) tags.get(IndexFormat.TAG_REWRITE, 0));
        if (info.firstSegment() < 0 || info.lastSegment() < info.firstSegment()) {
            throw file.damaged("has no segment ordinals");
        }
        return info;
    }

    public SegmentInfo info() {
        return info;
    }

    /** Number of partitions in the segment. */
    public int partitions() {
        return directory.size();
    }

    /** Number of batches in the segment. */
    public int batches() {
        return (int) batches.rows();
    }

    /** Where to find entries by LSN; {@link LsnMarks#NONE} in a file that has none. Reads them all, 255 a page. */
    public LsnMarks marks() throws IOException {
        Optional<Section> section = file.section(IndexFormat.MARKS, IndexFormat.MARK_BYTES);
        if (section.isEmpty()) {
            return LsnMarks.NONE;
        }
        int size = (int) section.get().rows();
        long[] lsns = new long[size];
        long[] positions = new long[size];
        RowCursor cursor = new RowCursor();
        for (int row = 0; row < size; row++) {
            cursor.seek(file, section.get(), row);
            lsns[row] = cursor.getLong(IndexFormat.MARK_LSN);
            positions[row] = cursor.getLong(IndexFormat.MARK_POSITION);
        }
        return new LsnMarks(lsns, positions, size);
    }

    public long fileBytes() {
        return file.fileBytes();
    }

    Directory directory() {
        return directory;
    }

    /** What the segment holds of a partition. Reads one page for each level of the directory, three as a rule. */
    public Optional<DirectoryEntry> find(long idMsb, long idLsb, int partition) throws IOException {
        return find(new RowCursor(), new PartitionKey(idMsb, idLsb, partition));
    }

    Optional<DirectoryEntry> find(RowCursor cursor, PartitionKey key) throws IOException {
        return directory.find(cursor, key);
    }

    /** Visits the directory in order of topic id (unsigned), partition. */
    public void forEach(Visitor visitor) throws IOException {
        RowCursor cursor = new RowCursor();
        for (int row = 0; row < directory.size(); row++) {
            if (!visitor.visit(directory.entry(cursor, row))) {
                return;
            }
        }
    }

    /** Batch {@code row} of the file; the rows of an entry are {@code firstRow ... firstRow + batches - 1}. */
    public BatchLocation batch(int row) throws IOException {
        return batch(new RowCursor(), row);
    }

    BatchLocation batch(RowCursor cursor, int row) throws IOException {
        cursor.seek(file, batches, row);
        return new BatchLocation(
                info.firstSegment(),
                position(cursor),
                cursor.getInt(IndexFormat.BATCH_SIZE),
                baseOffset(cursor),
                lastOffset(cursor),
                cursor.getInt(IndexFormat.BATCH_LEADER_EPOCH),
                cursor.getLong(IndexFormat.BATCH_MAX_TIMESTAMP));
    }

    void seek(RowCursor cursor, int row) throws IOException {
        cursor.seek(file, batches, row);
    }

    static long baseOffset(RowCursor batch) {
        return batch.getLong(IndexFormat.BATCH_BASE_OFFSET);
    }

    static long lastOffset(RowCursor batch) {
        return baseOffset(batch) + batch.getInt(IndexFormat.BATCH_LAST_OFFSET_DELTA);
    }

    static long position(RowCursor batch) {
        return Integer.toUnsignedLong(batch.getInt(IndexFormat.BATCH_POSITION));
    }

    /** Row of the newest batch with a base offset at or below {@code offset}, or -1. */
    public int floor(DirectoryEntry entry, long offset) throws IOException {
        return floor(new RowCursor(), entry, offset);
    }

    int floor(RowCursor cursor, DirectoryEntry entry, long offset) throws IOException {
        int above =
                oldestWhere(cursor, entry, (batch, limit) -> baseOffset(batch) > limit, offset, guess(entry, offset));
        int floor = (above == NONE ? entry.firstRow() + entry.batches() : above) - 1;
        return floor < entry.firstRow() ? NONE : floor;
    }

    /** Row of the oldest batch that ends at or after {@code offset}, or -1. */
    int ceiling(RowCursor cursor, DirectoryEntry entry, long offset) throws IOException {
        return oldestWhere(cursor, entry, (batch, limit) -> lastOffset(batch) >= limit, offset, guess(entry, offset));
    }

    /** Where a batch would be if all held the same number of offsets. */
    private static int guess(DirectoryEntry entry, long offset) {
        double part = (double) (offset - entry.firstOffset()) / (entry.lastOffset() - entry.firstOffset() + 1);
        return entry.firstRow() + (int) (Math.max(0, Math.min(1, part)) * (entry.batches() - 1));
    }

    /** Row of the oldest batch of an entry that passes the test, or -1. */
    int oldestWhere(RowCursor cursor, DirectoryEntry entry, BatchTest test, long argument) throws IOException {
        return oldestWhere(cursor, entry, test, argument, entry.firstRow() + entry.batches() / 2);
    }

    /**
     * Binary search that begins at a guess and strays from it by doubling steps, so that a good one costs a page or
     * two.
     */
    private int oldestWhere(RowCursor cursor, DirectoryEntry entry, BatchTest test, long argument, int guess)
            throws IOException {
        int end = entry.firstRow() + entry.batches();
        int low = entry.firstRow();
        int high = end;
        int probe = guess;
        int step = 1;
        while (low < high) {
            seek(cursor, probe);
            if (test.holds(cursor, argument)) {
                high = probe;
                probe = high - step;
            } else {
                low = probe + 1;
                probe = low + step - 1;
            }
            step = Math.min(step * 2, entry.batches());
            if (probe < low || probe >= high || high - low < 2 * step) {
                probe = (low + high) >>> 1;
            }
        }
        return low == end ? NONE : low;
    }

    /** Reads and checks every page. */
    public void verify() throws IOException {
        file.verify();
    }

    /** Closes the file. Whoever shares the index sees to it that no lookup is under way. */
    @Override
    public void close() throws IOException {
        file.close();
    }
}
