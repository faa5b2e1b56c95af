package io.braid.broker.replication;

import io.braid.broker.shard.ReplicaAnswer;
import io.braid.broker.shard.ReplicaFetch;
import io.braid.broker.shard.ReplicaInterest;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** The shards of this broker as a leader's sessions need them. Thread-safe. */
public interface LeaderShards {
    /**
     * Takes note of what the follower has and answers with what there is.
     *
     * @param interest called once when there is more, if present and the answer matches; one that waits already is not added
     * @param reads runs the reading of entries, which waits for the disk when they are cold
     * @param answer gets the answer and owns its entries; on any thread
     */
    void serve(ReplicaFetch fetch, Optional<ReplicaInterest> interest, Executor reads, Consumer<ReplicaAnswer> answer);
}
