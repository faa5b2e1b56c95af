package io.braid.log.index;

/**
 * What an index file says of its segment.
 *
 * @param firstSegment ordinal; a rewritten segment covers several
 * @param lastSegment inclusive
 * @param firstLsn of the segment's entries
 * @param endLsn exclusive
 * @param endPosition where the last entry ends in the segment's file
 * @param sealedMs wall-clock time of sealing; of a rewritten segment, that of the newest it was made from
 * @param rewrite number of the rewrite that made it, 0 for a segment as it was appended
 */
public record SegmentInfo(
        int firstSegment, int lastSegment, long firstLsn, long endLsn, long endPosition, long sealedMs, int rewrite) {
    /** A segment as it was appended. */
    public SegmentInfo(int firstSegment, int lastSegment, long firstLsn, long endLsn, long endPosition, long sealedMs) {
        this(firstSegment, lastSegment, firstLsn, endLsn, endPosition, sealedMs, 0);
    }
}
