package io.braid.broker.handler;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/** What this broker stores, and where. Safe for any thread; nothing here blocks. */
public interface LogDirs {

    /**
     * One of {@code log.dirs}.
     *
     * @param path absolute
     * @param error {@link Errors#NONE}, or {@link Errors#KAFKA_STORAGE_ERROR} when the directory is offline
     * @param totalBytes of the volume, -1 when unknown
     * @param usableBytes of the volume, -1 when unknown
     */
    record Directory(String path, Errors error, long totalBytes, long usableBytes) {
        public Directory {
            Objects.requireNonNull(path, "path");
            Objects.requireNonNull(error, "error");
        }
    }

    /** A partition by the id of its topic. */
    record Partition(Uuid topicId, int partition) {}

    /**
     * A partition of which something is stored.
     *
     * @param sizeBytes of its batches
     * @param offsetLag how many offsets its end is ahead of its high watermark
     */
    record Stored(Partition partition, long sizeBytes, long offsetLag) {}

    /** The directories, in the order in which they were configured; at least one. */
    List<Directory> directories();

    /** In which of {@link #directories} the shard lies, or will lie once something is written to it. */
    int directoryOf(int shardId);

    /**
     * What is stored of some partitions of a shard, or of all. Partitions to which nothing was ever written are left
     * out. Completes on any thread.
     *
     * @param wanted partitions that live in the shard; empty for all that it stores
     */
    CompletableFuture<List<Stored>> stored(int shardId, List<Partition> wanted);
}
