package io.braid.broker.replication;

import io.braid.broker.shard.FollowerPosition;
import io.braid.broker.shard.ReplicaAnswer;
import java.util.function.Consumer;

/** The shards of this broker as followers. Thread-safe; what is passed is called back on any thread, always. */
public interface FollowerShards {
    /** Tells where the shard's log goes on. */
    void position(int shardId, Consumer<FollowerPosition> position);

    /**
     * Appends, truncates, or takes note of the commit LSN, and tells where to go on; also when the answer did not fit and was
     * dropped. Owns the answer's entries, whose memory must stay valid until it calls back.
     */
    void apply(ReplicaAnswer answer, Consumer<FollowerPosition> position);
}
