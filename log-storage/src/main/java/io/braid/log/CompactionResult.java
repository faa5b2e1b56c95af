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

    /** A partition's size by what the pass left out. */
    record Change(PartitionKey key, long bytes) {}

    /**
     * For the shard thread: the log that it is of, new segments, segments that no partition counts in any more, changes of the
     * partitions' sizes, and the ordinal of the active segment if it is to be sealed, -1 if not.
     */
    public static final class Install {
        final ShardCompaction log;
        final List<CompactedSet.Member> made;
        final List<Segment> dead;
        final List<Change> changes;
        final int sealOrdinal;

        Install(
                ShardCompaction log,
                List<CompactedSet.Member> made,
                List<Segment> dead,
                List<Change> changes,
                int sealOrdinal) {
            this.log = log;
            this.made = List.copyOf(made);
            this.dead = List.copyOf(dead);
            this.changes = List.copyOf(changes);
            this.sealOrdinal = sealOrdinal;
        }
    }
}
