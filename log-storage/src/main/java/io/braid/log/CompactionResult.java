package io.braid.log;

import io.braid.log.index.PartitionKey;
import java.util.List;

/**
 * What a scan found and did. Immutable.
 *
 * @param maxDirtyRatio greatest share of uncompacted bytes among the partitions looked at, before the pass
 * @param partitions compacted
 * @param bytesRead by the pass
 * @param bytesWritten by the pass
 * @param recordsRead by the pass
 * @param recordsKept of those
 * @param again whether a partition has more dirty records than the map had room for
 * @param install what the log makes of it
 */
public record CompactionResult(
        double maxDirtyRatio,
        int partitions,
        long bytesRead,
        long bytesWritten,
        long recordsRead,
        long recordsKept,
        boolean again,
        Install install) {

    static final CompactionResult NOTHING =
            new CompactionResult(0, 0, 0, 0, 0, 0, false, new Install(List.of(), List.of(), List.of(), 0, -1));

    /** A partition's size by what the pass left out. */
    record Change(PartitionKey key, long bytes) {}

    /**
     * For the shard thread.
     *
     * @param made new segments
     * @param dead segments that no partition counts in any more, once what is below {@code asOfLsn} is committed
     * @param changes of the partitions' sizes
     * @param asOfLsn next LSN of the view
     * @param sealOrdinal of the active segment if it is to be sealed, -1 if not
     */
    public static final class Install {
        final List<CompactedSet.Member> made;
        final List<Segment> dead;
        final List<Change> changes;
        final long asOfLsn;
        final int sealOrdinal;

        Install(
                List<CompactedSet.Member> made,
                List<Segment> dead,
                List<Change> changes,
                long asOfLsn,
                int sealOrdinal) {
            this.made = List.copyOf(made);
            this.dead = List.copyOf(dead);
            this.changes = List.copyOf(changes);
            this.asOfLsn = asOfLsn;
            this.sealOrdinal = sealOrdinal;
        }
    }
}
