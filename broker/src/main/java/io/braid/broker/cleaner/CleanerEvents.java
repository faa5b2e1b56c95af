package io.braid.broker.cleaner;

import io.braid.log.CompactionResult;

/** What the cleaner does, for metrics. Called by its thread. */
public interface CleanerEvents {
    /** A shard was looked at, and what was due compacted, in {@code nanos}. */
    void onScanned(int shard, CompactionResult result, long nanos);

    /** A pass failed; the next round tries again. */
    void onFailed(int shard);

    /** All shards were looked at; {@code maxDirtyRatio} is the greatest of their partitions, before they were compacted. */
    void onRound(double maxDirtyRatio, long nowMs);
}
