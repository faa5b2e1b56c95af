package io.braid.log.index;

import io.braid.log.table.PartitionTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Rebuilds an index file from scanned entries, without the shard's tables; also for rewritten segments. Owned by one
 * thread.
 */
public final class SegmentIndexBuilder {
    /** Finds a partition's newest segment below the one that is built, -1 none. */
    public interface PreviousSegment {
        int of(long idMsb, long idLsb, int partition) throws IOException;
    }

    private final PartitionTable partitions = new PartitionTable();
    private final ActiveIndex index;
    private final PreviousSegment previous;

    /** @param segment ordinal, the first one for a rewritten segment */
    public SegmentIndexBuilder(int segment, PreviousSegment previous) {
        this.index = new ActiveIndex(segment);
        this.previous = previous;
    }

    /** Adds a batch; the batches of one partition come in the order of their offsets. */
    public void add(
            long idMsb,
            long idLsb,
            int partition,
            long baseOffset,
            int lastOffsetDelta,
            long position,
            int size,
            int leaderEpoch,
            long maxTimestamp)
            throws IOException {
        int row = partitions.find(idMsb, idLsb, partition);
        if (row < 0) {
            row = partitions.findOrAdd(idMsb, idLsb, partition);
            partitions.setNewest(row, previous.of(idMsb, idLsb, partition), -1);
        }
        index.add(partitions, row, baseOffset, lastOffsetDelta, position, size, leaderEpoch, maxTimestamp);
    }

    /** As {@link ActiveIndex#mark}. */
    public void mark(long lsn, long framePosition) {
        index.mark(lsn, framePosition);
    }

    /** Writes the file as {@link SegmentIndexWriter#write} does; returns its size in bytes. */
    public long write(Path file, SegmentInfo info, SegmentIndexes older) throws IOException {
        return SegmentIndexWriter.write(file, info, partitions.snapshot(), index.view(), older);
    }

    /**
     * Searches the segments {@code below - 1, ..., oldest} one after the other: slow, for the repair of a lost index.
     */
    public static PreviousSegment searching(SegmentIndexes older, int oldest, int below) {
        return (idMsb, idLsb, partition) -> {
            for (int segment = below - 1; segment >= oldest; segment--) {
                Optional<SegmentIndex> index = older.find(segment);
                if (index.isPresent()
                        && index.get().find(idMsb, idLsb, partition).isPresent()) {
                    return segment;
                }
            }
            return -1;
        };
    }
}
