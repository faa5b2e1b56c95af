package io.braid.broker;

import io.braid.broker.replication.FollowerShards;
import io.braid.broker.replication.LeaderShards;
import io.braid.broker.replication.SnapshotSource;
import io.braid.broker.replication.SnapshotTarget;
import io.braid.broker.shard.FollowerPosition;
import io.braid.broker.shard.ReplicaAnswer;
import io.braid.broker.shard.ReplicaFetch;
import io.braid.broker.shard.ReplicaInterest;
import io.braid.broker.shard.ShardReplication;
import io.braid.broker.shard.Shards;
import io.braid.log.SharedLog;
import io.braid.log.SnapshotInstall;
import io.braid.log.SnapshotManifest;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;

/** The shards of this broker as replication sees them. Thread-safe. */
final class ReplicatedShards implements LeaderShards, FollowerShards, SnapshotSource.Logs, SnapshotTarget {
    private final Shards shards;
    private final ShardReplication replication;

    ReplicatedShards(Shards shards) {
        this.shards = shards;
        this.replication = shards.replication();
    }

    @Override
    public void serve(ReplicaFetch fetch, ReplicaInterest interest, Executor reads, Consumer<ReplicaAnswer> answer) {
        replication.serve(fetch, interest, reads, answer);
    }

    @Override
    public boolean acknowledge(ReplicaFetch fetch) {
        return replication.acknowledge(fetch);
    }

    @Override
    public void forget(int shardId, ReplicaInterest interest) {
        replication.forget(shardId, interest);
    }

    @Override
    public void position(int shardId, Consumer<FollowerPosition> position) {
        replication.position(shardId, position);
    }

    @Override
    public void apply(ReplicaAnswer answer, Consumer<FollowerPosition> position) {
        replication.apply(answer, position);
    }

    @Override
    public void snapshot(int shardId, SnapshotSource.Found found) {
        if (!shards.inspect(shardId, log -> snapshot(log, found))) {
            found.failed(Errors.NOT_LEADER_OR_FOLLOWER, "the shard is not here");
        }
    }

    private static void snapshot(SharedLog log, SnapshotSource.Found found) {
        try {
            found.found(log.snapshot());
        } catch (RuntimeException e) {
            found.failed(Errors.KAFKA_STORAGE_ERROR, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public SnapshotInstall begin(int shardId, SnapshotManifest manifest) throws IOException {
        return replication.beginInstall(shardId, manifest);
    }

    @Override
    public void finish(int shardId, SnapshotInstall install) throws IOException {
        replication.finishInstall(shardId, install);
    }
}
