package io.braid.log.index;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Finds what a new directory entry takes over from the partition's earlier segments: where it jumps to, and the
 * running maximum. Asked by ascending keys. Owned by one thread; blocks.
 */
final class SegmentLinks {
    /** Open directories at a time; a pair of pages each. */
    private static final int MAX_SEARCHES = 64;

    /**
     * Links of an entry.
     *
     * @param previousSegment -1 when the chain begins here
     * @param runningMaxTimestamp of the earlier segments
     */
    record Links(int previousSegment, int jumpSegment, int jumpRank, long runningMaxTimestamp) {
        static final Links NONE = new Links(-1, -1, 0, Long.MIN_VALUE);
    }

    private final SegmentIndexes older;
    private final Map<SegmentIndex, DirectorySearch> searches = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SegmentIndex, DirectorySearch> eldest) {
            return size() > MAX_SEARCHES;
        }
    };

    SegmentLinks(SegmentIndexes older) {
        this.older = older;
    }

    /**
     * The links of an entry whose previous segment is {@code previousSegment}; {@link Links#NONE} when that was
     * deleted.
     */
    Links of(PartitionKey key, int previousSegment) throws IOException {
        DirectoryEntry previous = find(key, previousSegment);
        if (previous == null) {
            return Links.NONE;
        }
        int jumpSegment = previousSegment;
        int rank = 1;
        if (previous.previousSegment() >= 0) {
            DirectoryEntry jump = find(key, previous.jumpSegment());
            if (jump != null && jump.jumpRank() == previous.jumpRank()) {
                jumpSegment = jump.previousSegment() >= 0 ? jump.jumpSegment() : previous.jumpSegment();
                rank = previous.jumpRank() + 1;
            }
        }
        return new Links(previousSegment, jumpSegment, rank, previous.runningMaxTimestamp());
    }

    private DirectoryEntry find(PartitionKey key, int segment) throws IOException {
        Optional<SegmentIndex> index = segment < 0 ? Optional.empty() : older.find(segment);
        if (index.isEmpty()) {
            return null;
        }
        return searches.computeIfAbsent(index.get(), opened -> new DirectorySearch(opened.directory()))
                .find(key)
                .orElse(null);
    }
}
