package io.braid.log.index;

/**
 * What an index file says of its segment.
 *
 * @param firstSegment ordinal; a rewritten segment covers several
 * @param lastSegment inclusive
 * @param firstLsn of the segment's entries
 * @param endLsn exclusive
 * @param endPosition where the last entry ends in the segment's file
 * @param sealedMs wall-clock time of sealing
 */
public record SegmentInfo(
        int firstSegment, int lastSegment, long firstLsn, long endLsn, long endPosition, long sealedMs) {}
