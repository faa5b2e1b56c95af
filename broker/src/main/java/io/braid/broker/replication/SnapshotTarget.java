package io.braid.broker.replication;

import io.braid.log.SnapshotInstall;
import io.braid.log.SnapshotManifest;
import java.io.IOException;

/** Where the copy of a shard's log goes. Blocks: for the thread of the copier. */
public interface SnapshotTarget {
    /** Begins a copy, or goes on with one that was left off. */
    SnapshotInstall begin(int shardId, SnapshotManifest manifest) throws IOException;

    /** Puts the complete copy in the place of the shard's log, which is then open again. */
    void finish(int shardId, SnapshotInstall install) throws IOException;
}
