package io.braid.log.index;

/**
 * Where a batch lies.
 *
 * @param segment ordinal of the segment
 * @param position of the batch's first byte in the segment's file
 * @param sizeBytes of the whole batch
 * @param lastOffset inclusive
 * @param maxTimestamp of the batch, milliseconds
 */
public record BatchLocation(
        int segment,
        long position,
        int sizeBytes,
        long baseOffset,
        long lastOffset,
        int leaderEpoch,
        long maxTimestamp) {}
