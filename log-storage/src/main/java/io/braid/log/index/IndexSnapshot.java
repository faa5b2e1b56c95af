package io.braid.log.index;

import io.braid.log.table.PartitionSnapshot;
import io.braid.log.table.PartitionTable;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * The index of a shard at a moment: views of the segments that are indexed in memory, files for the older ones.
 * Immutable, any
 * thread.
 */
public final class IndexSnapshot {
    private final List<ActiveIndexView> inMemory;
    private final SegmentIndexes sealed;

    /**
     * @param inMemory the active segment, and those that are rolled but have no index file yet, in any order
     * @param sealed finds all older ones
     */
    public IndexSnapshot(List<ActiveIndexView> inMemory, SegmentIndexes sealed) {
        this.inMemory = List.copyOf(inMemory);
        this.sealed = sealed;
    }

    /**
     * The batches of a partition as of now. Call on the thread that owns {@code partitions}; use the result anywhere.
     */
    public PartitionIndex of(PartitionTable partitions, int row) {
        return new PartitionIndex(
                this,
                new PartitionKey(partitions.topicIdMsb(row), partitions.topicIdLsb(row), partitions.partition(row)),
                partitions.newestSegment(row),
                partitions.newestActiveRow(row));
    }

    /** The batches of a partition as of a snapshot that is not newer than this one. */
    public PartitionIndex of(PartitionSnapshot partitions, int row) {
        return new PartitionIndex(
                this,
                new PartitionKey(partitions.topicIdMsb(row), partitions.topicIdLsb(row), partitions.partition(row)),
                partitions.newestSegment(row),
                partitions.newestActiveRow(row));
    }

    /**
     * The partition's newest segment below {@code segment}, -1 none: what a checkpoint keeps of a partition. All
     * segments from {@code segment} on must be in memory.
     */
    public int newestBelow(PartitionSnapshot partitions, int row, int segment) {
        int newest = partitions.newestSegment(row);
        int head = partitions.newestActiveRow(row);
        while (newest >= segment) {
            int at = newest;
            ActiveIndexView view =
                    inMemory(at).orElseThrow(() -> new IllegalArgumentException("segment " + at + " is not in memory"));
            int oldest = view.oldest(head);
            newest = view.previousSegment(oldest);
            head = view.previousSegmentRow(oldest);
        }
        return newest;
    }

    /**
     * The same moment over other index files.
     *
     * @param now finds the sealed segments
     * @param keep whether a segment that was in memory still is what it was
     */
    public IndexSnapshot over(SegmentIndexes now, IntPredicate keep) {
        return new IndexSnapshot(
                inMemory.stream().filter(view -> keep.test(view.segment())).toList(), now);
    }

    Optional<ActiveIndexView> inMemory(int segment) {
        for (ActiveIndexView view : inMemory) {
            if (view.segment() == segment) {
                return Optional.of(view);
            }
        }
        return Optional.empty();
    }

    SegmentIndexes sealed() {
        return sealed;
    }
}
