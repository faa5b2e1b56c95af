package io.braid.log.index;

import java.io.IOException;
import java.util.Optional;

/**
 * The compacted segments of a shard as they were at a moment. A partition's batches in them stand for all of its batches up to
 * their last offset: what other segments hold below that is dead. Must be safe for the threads that use the lookups.
 */
public interface CompactedSegments extends SegmentIndexes {
    /**
     * Where a partition's compacted batches are.
     *
     * @param newestSegment ordinal of the compacted segment with the last of them
     * @param endOffset exclusive
     */
    record Place(int newestSegment, long endOffset) {}

    /** Of a shard in which nothing was ever compacted, nor will be. */
    CompactedSegments NONE = new CompactedSegments() {
        @Override
        public Optional<Place> place(long idMsb, long idLsb, int partition) {
            return Optional.empty();
        }

        @Override
        public void verify() {}

        @Override
        public Optional<SegmentIndex> find(int segment) {
            return Optional.empty();
        }
    };

    /** Where the partition's compacted batches are; empty when it has none. Blocks. */
    Optional<Place> place(long idMsb, long idLsb, int partition) throws IOException;

    /**
     * Checks that nothing was compacted since: segments that a lookup did not find may have been deleted for that.
     *
     * @throws IOException the caller has to take a new view
     */
    void verify() throws IOException;
}
