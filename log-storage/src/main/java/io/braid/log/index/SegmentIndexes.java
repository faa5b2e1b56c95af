package io.braid.log.index;

import java.io.IOException;
import java.util.Optional;

/** Finds the index file of a sealed segment. Must be safe for the threads that use the lookups. */
public interface SegmentIndexes {
    /**
     * The open index of the segment (or of the rewritten segment that replaced it); empty when the segment was
     * deleted.
     */
    Optional<SegmentIndex> find(int segment) throws IOException;

    /** The compacted segments that go with them. */
    default CompactedSegments compacted() {
        return CompactedSegments.NONE;
    }
}
