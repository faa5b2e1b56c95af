package io.braid.broker.replication;

import io.braid.broker.shard.ReplicaAnswer;
import io.braid.broker.shard.ReplicaFetch;
import io.braid.broker.shard.ReplicaInterest;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** The shards of this broker as a leader's sessions need them. Thread-safe. */
public interface LeaderShards {
    /**
     * Takes note of what the follower has, and answers as soon as there are entries, an error or a divergence.
     *
     * @param interest hears of what is committed while the fetch waits; a later fetch with the same one takes its place
     * @param reads runs the reading of entries, which waits for the disk when they are cold
     * @param answer gets the answer and owns its entries; on any thread
     */
    void serve(ReplicaFetch fetch, ReplicaInterest interest, Executor reads, Consumer<ReplicaAnswer> answer);

    /**
     * Takes note of what the follower has, without an answer.
     *
     * @return false if that has to be tried again
     */
    boolean acknowledge(ReplicaFetch fetch);

    /** The fetch that waits with this interest need not be answered any more. */
    void forget(int shardId, ReplicaInterest interest);
}
