package io.braid.log;

import java.nio.file.Path;

/**
 * What is in a segment.
 *
 * @param state {@code sealed}, {@code unsealed} (still one of Chronicle's files), {@code rewritten} or {@code compacted}
 * @param ordinal first one, of a rewritten segment; of a compacted one 2^30 and its number
 * @param firstLsn of its entries, -1 when it has none or is compacted
 * @param endLsn exclusive, -1 when it has none or is compacted
 * @param fileBytes length of the file
 * @param entries with good checksums
 * @param batches of them
 * @param records in those
 * @param partitions that have batches in it
 * @param liveBytes of batches that may still be read
 * @param deadBytes of batches below their partition's log start, or of partitions that are gone or count in compacted segments
 * @param problems found in it
 */
public record InspectedSegment(
        Path file,
        String state,
        int ordinal,
        long firstLsn,
        long endLsn,
        long fileBytes,
        long entries,
        long batches,
        long records,
        int partitions,
        long liveBytes,
        long deadBytes,
        int problems) {}
