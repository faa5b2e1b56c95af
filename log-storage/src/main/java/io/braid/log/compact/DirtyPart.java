package io.braid.log.compact;

/**
 * What there is of a partition to compact.
 *
 * @param cleanBytes of the batches compacted before
 * @param dirtyBytes of the others that may be compacted now
 * @param oldestDirtyMs timestamp of the first of those; of no meaning when there are none
 */
public record DirtyPart(long cleanBytes, long dirtyBytes, long oldestDirtyMs) {
    /** Share of the bytes that is not compacted yet; 0 of an empty partition. */
    public double dirtyRatio() {
        long bytes = cleanBytes + dirtyBytes;
        return bytes == 0 ? 0 : (double) dirtyBytes / bytes;
    }

    /** Whether to compact the partition now. */
    public boolean isDue(TopicCompaction settings, long nowMs) {
        return dirtyBytes > 0 && (dirtyRatio() > settings.minDirtyRatio() || nowMs >= dueMs(settings));
    }

    /** When its age makes the partition due, Long.MAX_VALUE for never. */
    public long dueMs(TopicCompaction settings) {
        long lag = settings.maxLagMs();
        return dirtyBytes == 0 || lag > Long.MAX_VALUE - Math.max(0, oldestDirtyMs)
                ? Long.MAX_VALUE
                : Math.max(0, oldestDirtyMs) + lag;
    }
}
