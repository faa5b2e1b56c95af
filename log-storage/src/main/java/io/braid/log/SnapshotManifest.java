package io.braid.log;

import java.util.List;

/**
 * What a snapshot of a shard's log consists of.
 *
 * @param endLsn where the log goes on once the snapshot is installed
 * @param files in the order in which they should be copied
 */
public record SnapshotManifest(long endLsn, List<SnapshotFile> files) {
    public SnapshotManifest {
        files = List.copyOf(files);
    }

    /** Bytes of all files. */
    public long bytes() {
        return files.stream().mapToLong(SnapshotFile::length).sum();
    }
}
