package io.braid.simulation;

import io.braid.broker.shard.ReplicaFetch;
import io.braid.broker.shard.ShardAssignment;
import io.braid.controller.Command;
import io.braid.controller.MetadataState;
import io.braid.controller.Proposal;
import io.braid.controller.SnapshotCodec;
import io.braid.image.ClusterImage;
import io.braid.image.MetadataRecord;
import io.braid.image.ShardImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The places where a planted {@link Bug} comes in; without one, everything goes to the shipped code as it is. */
final class Bugs {
    private final Bug bug;

    Bugs(Bug bug) {
        this.bug = bug;
    }

    boolean is(Bug which) {
        return bug == which;
    }

    /** A controller applies an entry. */
    MetadataState.Applied apply(MetadataState before, int index, Proposal proposal) {
        MetadataState.Applied applied = before.apply(index, proposal);
        if (bug == Bug.ELECTION_OUTSIDE_ISR && proposal.command() instanceof Command.FenceBroker) {
            return withAnyLeader(applied);
        }
        if (bug == Bug.MOVE_WITHOUT_CATCHING_UP && proposal.command() instanceof Command.MoveShards) {
            return movedAtOnce(applied);
        }
        if (bug == Bug.SAME_EPOCH_WITHOUT_REPLICA) {
            return withOldEpoch(before, applied);
        }
        return applied;
    }

    /** A shard whose in-sync set has nobody who runs gets any replica that does for a leader. */
    private static MetadataState.Applied withAnyLeader(MetadataState.Applied applied) {
        ClusterImage image = applied.state().image();
        List<MetadataRecord> elected = new ArrayList<>();
        for (ShardImage shard : image.shards()) {
            Optional<Integer> running = shard.replicas().stream()
                    .filter(id -> image.broker(id).map(b -> !b.fenced()).orElse(false))
                    .findFirst();
            if (shard.leader() == ShardImage.NO_LEADER && running.isPresent()) {
                elected.add(new MetadataRecord.ShardChanged(shard.with(List.of(running.get()), running.get())));
            }
        }
        return with(applied, elected);
    }

    /** Whom a shard moves to is in sync from the first moment on, and those it leaves are gone. */
    private static MetadataState.Applied movedAtOnce(MetadataState.Applied applied) {
        List<MetadataRecord> moved = new ArrayList<>();
        for (ShardImage shard : applied.state().image().shards()) {
            if (shard.moving() && shard.leader() != ShardImage.NO_LEADER) {
                List<Integer> target = shard.target();
                int leader = target.contains(shard.leader()) ? shard.leader() : target.get(0);
                moved.add(new MetadataRecord.ShardChanged(
                        shard.moved().with(target, leader).withReplicas(target)));
            }
        }
        return with(applied, moved);
    }

    /** A shard that leaves a broker under the same leader keeps its epoch. */
    private static MetadataState.Applied withOldEpoch(MetadataState before, MetadataState.Applied applied) {
        List<MetadataRecord> same = new ArrayList<>();
        for (MetadataRecord record : applied.records()) {
            if (record instanceof MetadataRecord.ShardChanged changed) {
                ShardImage now = changed.shard();
                before.image()
                        .shard(now.id())
                        .filter(old ->
                                old.leader() == now.leader() && !now.replicas().containsAll(old.replicas()))
                        .ifPresent(old -> same.add(
                                new MetadataRecord.ShardChanged(now.with(now.isr(), now.leader(), old.leaderEpoch()))));
            }
        }
        return with(applied, same);
    }

    private static MetadataState.Applied with(MetadataState.Applied applied, List<MetadataRecord> more) {
        if (more.isEmpty()) {
            return applied;
        }
        ClusterImage image = applied.state().image();
        List<MetadataRecord> records = new ArrayList<>(applied.records());
        records.addAll(more);
        SnapshotCodec.Decoder decoder = new SnapshotCodec.Decoder();
        SnapshotCodec.encode(image.edit().apply(more).build(image.version()), decoder::accept);
        return new MetadataState.Applied(decoder.finish(), records, applied.result());
    }

    /** A leader gets a follower's fetch. */
    ReplicaFetch fetch(ReplicaFetch fetch, SimShard shard) {
        if (bug == Bug.DEAD_INCARNATION_FETCH && shard.assignment() != null) {
            return shard.assignment()
                    .replica(fetch.brokerId())
                    .map(replica -> from(fetch, fetch.brokerId(), replica.brokerEpoch()))
                    .orElse(fetch);
        }
        if (bug == Bug.NO_TRUNCATION && fetch.fetchLsn() > 0) {
            int epoch = shard.store().epochs().epochAt(fetch.fetchLsn() - 1);
            return new ReplicaFetch(
                    fetch.shardId(),
                    fetch.brokerId(),
                    fetch.brokerEpoch(),
                    fetch.leaderEpoch(),
                    fetch.fetchLsn(),
                    epoch,
                    fetch.ackLsn(),
                    fetch.maxBytes());
        }
        return fetch;
    }

    /** A leader has taken note of a fetch. */
    void forge(ReplicaFetch fetch, SimShard shard, long nowMs) {
        if (bug != Bug.COMMIT_WITHOUT_WHOLE_ISR || shard.assignment() == null) {
            return;
        }
        for (ShardAssignment.Replica replica : shard.assignment().replicas()) {
            if (replica.brokerId() != fetch.brokerId()) {
                shard.replica().onFetch(from(fetch, replica.brokerId(), replica.brokerEpoch()), nowMs);
            }
        }
    }

    private static ReplicaFetch from(ReplicaFetch fetch, int brokerId, long brokerEpoch) {
        return new ReplicaFetch(
                fetch.shardId(),
                brokerId,
                brokerEpoch,
                fetch.leaderEpoch(),
                fetch.fetchLsn(),
                fetch.lastEpoch(),
                fetch.ackLsn(),
                fetch.maxBytes());
    }

    /** A leader has proposed a change of its in-sync set. */
    void proposed(Command.AlterShard command, SimShard shard) {
        ShardAssignment now = shard.assignment();
        if (bug == Bug.COMMIT_AGAINST_NEW_SET && now != null) {
            shard.pretend(new ShardAssignment(
                    now.shardId(),
                    now.leader(),
                    now.leaderEpoch(),
                    command.version() + 1,
                    now.replicas(),
                    command.inSync().stream()
                            .map(Command.InSyncReplica::brokerId)
                            .toList(),
                    now.metadataVersion()));
        }
    }
}
