package io.braid.log;

import java.io.IOException;

/** Forces a shared log to disk. Thread-safe; callers that overlap share one fsync. */
public interface LogFlusher {
    /**
     * Forces everything appended before the call. Blocks for the fsync; never call it on a shard thread or event loop.
     *
     * @return the LSN below which every entry now survives a power cut; at least the log's next LSN at the call
     * @throws IOException when the disk failed. The log is unusable from then on: what was not forced may be lost even
     *     if a later fsync succeeded, so every further call fails as well
     */
    long flush() throws IOException;
}
