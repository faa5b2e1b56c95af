package io.braid.controller;

import io.braid.controller.Command.ShardMove;
import io.braid.controller.CommandResult.Item;
import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.MetadataRecord;
import io.braid.image.MetadataRecord.ShardChanged;
import io.braid.image.PoolImage;
import io.braid.image.ShardImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/**
 * Decides how shards move. A move adds the new replicas to the old ones; they catch up and join the in-sync set, which is
 * the leader's to change. The change that has the last of them in sync ends the move: the same record takes the lead off a
 * replica that leaves, and takes that out. So there are never fewer in-sync copies than before, and nothing but the
 * metadata need survive for a move to go on.
 */
final class MoveDecisions {
    private final ClusterImage image;
    private final Elections elections;

    private MoveDecisions(ClusterImage image) {
        this.image = image;
        this.elections = Elections.of(image);
    }

    static Decision move(Command.MoveShards command, ClusterImage image) {
        MoveDecisions decisions = new MoveDecisions(image);
        List<MetadataRecord> records = new ArrayList<>();
        List<Item> items = new ArrayList<>();
        Set<Integer> seen = new HashSet<>();
        for (ShardMove move : command.moves()) {
            items.add(
                    seen.add(move.shardId())
                            ? decisions.move(move, records)
                            : failed(move, Errors.INVALID_REQUEST, "the request names the shard more than once"));
        }
        return new Decision(records, CommandResult.of(items));
    }

    private Item move(ShardMove move, List<MetadataRecord> records) {
        Optional<ShardImage> found = image.shard(move.shardId());
        if (found.isEmpty()) {
            return failed(move, Errors.UNKNOWN_TOPIC_OR_PARTITION, "there is no shard " + move.shardId());
        }
        ShardImage shard = found.get();
        String problem = problem(shard, move.replicas());
        if (!problem.isEmpty()) {
            return failed(move, Errors.INVALID_REPLICA_ASSIGNMENT, "shard " + shard.id() + ": " + problem);
        }
        if (!shard.target().equals(move.replicas())) {
            ShardImage moving = towards(shard, move.replicas());
            Elections.Elected next = moving.isr().contains(moving.leader())
                    ? new Elections.Elected(moving.leader(), moving.isr())
                    : elections.elect(moving, moving.isr());
            if (next.isr().isEmpty() || (!next.found() && shard.leader() != ShardImage.NO_LEADER)) {
                return failed(
                        move,
                        Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE,
                        "shard " + shard.id() + " would have no in-sync replica that runs");
            }
            records.add(new ShardChanged(ended(ledBy(shard, moving, next), elections)));
        }
        return Item.done(Integer.toString(shard.id()), Uuid.ZERO_UUID);
    }

    /** Why a shard cannot get these replicas; "" if it can. */
    private String problem(ShardImage shard, List<Integer> target) {
        int factor =
                image.pool(shard.poolId()).map(PoolImage::replicationFactor).orElse(target.size());
        if (target.size() != factor) {
            return "pool " + shard.poolId() + " has replication factor " + factor + ", not " + target.size();
        }
        if (new HashSet<>(target).size() < target.size()) {
            return "a broker is named twice in " + target;
        }
        List<Integer> had = shard.settledReplicas();
        for (int id : target) {
            Optional<BrokerImage> broker = image.broker(id);
            if (broker.isEmpty()) {
                return "broker " + id + " is not registered";
            }
            if (!had.contains(id) && !broker.get().takesReplicas()) {
                return "broker " + id + " is " + (broker.get().cordoned() ? "cordoned" : "not running");
            }
        }
        return "";
    }

    /**
     * The next version of a shard on its way to these replicas. What an earlier move has added and this one does not want
     * is dropped, the leader too: it is for the caller to elect another.
     */
    static ShardImage towards(ShardImage shard, List<Integer> target) {
        List<Integer> had = shard.settledReplicas();
        List<Integer> adding = target.stream().filter(id -> !had.contains(id)).toList();
        List<Integer> removing = had.stream().filter(id -> !target.contains(id)).toList();
        List<Integer> replicas = new ArrayList<>(target);
        replicas.addAll(removing);
        return shard.withReplicas(replicas, adding, removing);
    }

    /** Whether all that a move adds is in sync. */
    static boolean mayEnd(ShardImage shard) {
        return shard.moving() && shard.isr().containsAll(shard.adding());
    }

    /** The same version of a shard after its move, if that is done and somebody is left who can lead; else as it is. */
    static ShardImage ended(ShardImage shard, Elections elections) {
        if (!mayEnd(shard)) {
            return shard;
        }
        ShardImage moved = shard.moved();
        Elections.Elected next = moved.isr().contains(moved.leader())
                ? new Elections.Elected(moved.leader(), moved.isr())
                : elections.electCleanly(moved, moved.isr());
        return next.found() ? ledBy(shard, moved, next) : shard;
    }

    /**
     * A shard under a leader. The epoch grows if that is another, and also if a replica was taken out: its broker drops its
     * log, so that a fetch of it that is still on its way must count for nothing should the broker be added again.
     */
    private static ShardImage ledBy(ShardImage before, ShardImage now, Elections.Elected next) {
        boolean sameEpoch = next.leader() == before.leader() && now.replicas().containsAll(before.replicas());
        return new ShardImage(
                now.id(),
                now.replicas(),
                next.isr(),
                next.leader(),
                sameEpoch ? now.leaderEpoch() : before.leaderEpoch() + 1,
                now.version(),
                next.found() ? next.leader() : now.lastKnownLeader(),
                now.adding(),
                now.removing());
    }

    private static Item failed(ShardMove move, Errors error, String message) {
        return Item.failed(Integer.toString(move.shardId()), Uuid.ZERO_UUID, error, message);
    }
}
