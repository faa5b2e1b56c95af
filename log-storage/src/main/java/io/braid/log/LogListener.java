package io.braid.log;

import java.nio.file.Path;

/**
 * What happens in the logs of a directory, for logging and metrics. Called from whichever thread the event happens on
 * (owner, background or flushing thread): implementations must be thread-safe, quick, and must not throw.
 */
public interface LogListener {
    /** Ignores everything. */
    LogListener NONE = new LogListener() {};

    /** A log is open: {@code replayedEntries} were read after the checkpoint in {@code nanos}. */
    default void onRecovered(int shard, long nextLsn, long replayedEntries, long replayedBytes, long nanos) {}

    /** Entries were written that had never been forced and did not survive; the log ends at {@code endLsn}. */
    default void onUnsyncedTailLost(int shard, long endLsn, long bytes, String reason) {}

    /** Forced entries {@code [fromLsn, toLsn)} are damaged on disk. They are never served; other replicas may have them. */
    default void onDamage(int shard, long fromLsn, long toLsn, Path file, long position, String reason) {}

    /** A force of {@code bytes} newly written bytes ended. */
    default void onFlushed(int shard, long bytes, long nanos) {}

    /** A segment is full or old; its index is about to be written in the background. */
    default void onSealed(int shard, long firstLsn, long endLsn, long bytes) {}

    /** A segment without live data was unlinked. */
    default void onSegmentDeleted(int shard, long firstLsn, long bytes) {}

    /** Segments with {@code bytesBefore} in all were replaced by one with {@code bytesAfter}. */
    default void onRewritten(int shard, int segments, long bytesBefore, long bytesAfter) {}

    /** The sealed segments of a log were looked at: their size, and the bytes of the batches in them that are dead. */
    default void onSegmentsLookedAt(int shard, long bytes, long deadBytes) {}

    /** The directory stops or starts taking batches. */
    default void onWritable(Path directory, boolean writable, long freeBytes) {}

    /** The directory failed for good (an I/O error while writing or forcing): its shards must go offline. */
    default void onFailed(Path directory, Throwable cause) {}
}
