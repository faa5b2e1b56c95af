package io.braid.log.index;

import io.braid.log.rows.RowCursor;
import io.braid.log.rows.RowFile;
import io.braid.log.rows.Section;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The sorted partitions of an index file, and above them fences: the first key of each page of the level below, up to
 * a level of one page. A lookup
 * reads one page of each level. Immutable, any thread; blocks.
 */
final class Directory {
    private static final int NONE = -1;

    private final RowFile file;
    private final Section entries;
    private final int firstSegment;
    private final long batches;
    /** From the entries' up to the single page. */
    private final List<Section> fences = new ArrayList<>();

    Directory(RowFile file, int firstSegment, long batches) throws IOException {
        this.file = file;
        this.firstSegment = firstSegment;
        this.batches = batches;
        entries = file.requiredSection(IndexFormat.DIRECTORY, IndexFormat.DIRECTORY_BYTES);
        Section below = entries;
        for (int level = 0; below.rows() > below.rowsPerPage(); level++) {
            below = file.requiredSection(IndexFormat.FENCES + level, IndexFormat.FENCE_BYTES);
            fences.add(below);
        }
        checkFences();
    }

    private void checkFences() throws IOException {
        Section below = entries;
        for (Section level : fences) {
            long pages = (below.rows() + below.rowsPerPage() - 1) / below.rowsPerPage();
            if (level.rows() != pages) {
                throw file.damaged("has " + level.rows() + " fences for " + pages + " pages");
            }
            below = level;
        }
    }

    int size() {
        return (int) entries.rows();
    }

    /** Finds an entry; leaves the cursor at it. */
    Optional<DirectoryEntry> find(RowCursor cursor, PartitionKey key) throws IOException {
        int page = page(cursor, key);
        return page == NONE ? Optional.empty() : findInPage(cursor, page, key);
    }

    /** The page of the entries that holds the key if any does, -1 when the key is before all. */
    int page(RowCursor cursor, PartitionKey key) throws IOException {
        int page = entries.rows() == 0 ? NONE : 0;
        for (int level = fences.size() - 1; level >= 0 && page != NONE; level--) {
            page = floorInPage(cursor, fences.get(level), page, key);
        }
        return page;
    }

    Optional<DirectoryEntry> findInPage(RowCursor cursor, int page, PartitionKey key) throws IOException {
        int row = floorInPage(cursor, entries, page, key);
        if (row == NONE || compare(cursor, entries, row, key) != 0) {
            return Optional.empty();
        }
        return Optional.of(entry(cursor, row));
    }

    /** Whether the key, if it is in the file, is in this page of the entries. */
    boolean covers(RowCursor cursor, int page, PartitionKey key) throws IOException {
        int first = page * entries.rowsPerPage();
        int last = (int) Math.min(entries.rows(), (long) first + entries.rowsPerPage()) - 1;
        return compare(cursor, entries, first, key) <= 0 && compare(cursor, entries, last, key) >= 0;
    }

    /** The last row of a page whose key is at or below {@code key}, or -1. */
    private int floorInPage(RowCursor cursor, Section section, int page, PartitionKey key) throws IOException {
        int low = page * section.rowsPerPage();
        int first = low;
        int high = (int) Math.min(section.rows(), (long) low + section.rowsPerPage());
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (compare(cursor, section, middle, key) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == first ? NONE : low - 1;
    }

    private int compare(RowCursor cursor, Section section, int row, PartitionKey key) throws IOException {
        cursor.seek(file, section, row);
        return PartitionKey.compare(
                cursor.getLong(IndexFormat.KEY_ID_MSB),
                cursor.getLong(IndexFormat.KEY_ID_LSB),
                cursor.getInt(IndexFormat.KEY_PARTITION),
                key.idMsb(),
                key.idLsb(),
                key.partition());
    }

    DirectoryEntry entry(RowCursor cursor, int row) throws IOException {
        cursor.seek(file, entries, row);
        DirectoryEntry entry = new DirectoryEntry(
                cursor.getLong(IndexFormat.KEY_ID_MSB),
                cursor.getLong(IndexFormat.KEY_ID_LSB),
                cursor.getInt(IndexFormat.KEY_PARTITION),
                cursor.getLong(IndexFormat.FIRST_OFFSET),
                cursor.getLong(IndexFormat.LAST_OFFSET),
                cursor.getInt(IndexFormat.FIRST_ROW),
                cursor.getInt(IndexFormat.ROW_COUNT),
                cursor.getLong(IndexFormat.BYTES),
                cursor.getLong(IndexFormat.MAX_TIMESTAMP),
                cursor.getLong(IndexFormat.RUNNING_MAX_TIMESTAMP),
                cursor.getInt(IndexFormat.LAST_LEADER_EPOCH),
                cursor.getInt(IndexFormat.PREVIOUS_SEGMENT),
                cursor.getInt(IndexFormat.JUMP_SEGMENT),
                cursor.getByte(IndexFormat.JUMP_RANK));
        check(entry, row);
        return entry;
    }

    /** Searches rely on links that lead backwards, and on batches that are there. */
    private void check(DirectoryEntry entry, int row) throws IOException {
        if (entry.previousSegment() >= firstSegment
                || entry.jumpSegment() > entry.previousSegment()
                || entry.batches() < 1
                || entry.firstRow() < 0
                || (long) entry.firstRow() + entry.batches() > batches) {
            throw file.damaged("has a wrong directory entry in row " + row);
        }
    }
}
