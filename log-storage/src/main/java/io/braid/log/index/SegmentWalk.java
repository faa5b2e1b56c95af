package io.braid.log.index;

import io.braid.log.rows.RowCursor;
import java.io.IOException;
import java.util.Optional;

/** Walks the partitions of a sealed segment's index in the order of their keys. Owned by one thread; blocks. */
public final class SegmentWalk {
    private final SegmentIndex index;
    private final RowCursor directory = new RowCursor();
    private final RowCursor batches = new RowCursor();
    private int row = -1;
    private DirectoryEntry entry;

    public SegmentWalk(SegmentIndex index) {
        this.index = index;
    }

    /** Goes to the next partition; empty at the end. */
    public Optional<DirectoryEntry> next() throws IOException {
        if (row < index.partitions()) {
            row++;
        }
        entry = row < index.partitions() ? index.directory().entry(directory, row) : null;
        return Optional.ofNullable(entry);
    }

    /** Batch {@code i} of the partition that {@link #next} went to. */
    public BatchLocation batch(int i) throws IOException {
        return index.batch(batches, entry.firstRow() + i);
    }

    /** Compares the keys of two entries: topic id as an unsigned number, then partition. */
    public static int compareKeys(DirectoryEntry one, DirectoryEntry other) {
        return PartitionKey.compare(
                one.topicIdMsb(),
                one.topicIdLsb(),
                one.partition(),
                other.topicIdMsb(),
                other.topicIdLsb(),
                other.partition());
    }
}
