package io.braid.controller;

import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.MetadataRecord;
import io.braid.image.MetadataRecord.ShardChanged;
import io.braid.image.ShardImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import org.apache.kafka.common.protocol.Errors;

/** Decides who leads a shard and who is in sync. */
final class ShardDecisions {
    private ShardDecisions() {}

    /** A broker was fenced: it leaves every in-sync set but where it is the last, and leads nothing. */
    static List<MetadataRecord> onFenced(ClusterImage image, int brokerId) {
        List<MetadataRecord> records = new ArrayList<>();
        for (ShardImage shard : image.shards()) {
            if (concerns(shard, brokerId)) {
                List<Integer> isr = without(shard.isr(), brokerId);
                List<Integer> kept = isr.isEmpty() ? shard.isr() : isr;
                int leader = shard.leader() == brokerId ? elect(shard, isr, unfenced(image)) : shard.leader();
                addIfChanged(records, shard, kept, leader, shard.leader() == brokerId);
            }
        }
        return records;
    }

    /** A broker recovered: it leads the shards of whose in-sync set it is a member and that nobody leads. */
    static List<MetadataRecord> onUnfenced(ClusterImage image, int brokerId) {
        List<MetadataRecord> records = new ArrayList<>();
        for (ShardImage shard : image.shards()) {
            if (shard.leader() == ShardImage.NO_LEADER && shard.isr().contains(brokerId)) {
                records.add(new ShardChanged(shard.with(shard.isr(), brokerId)));
            }
        }
        return records;
    }

    /**
     * A broker came back as another incarnation. Where others are in sync it has to catch up first. Where it is the last
     * member it stays that only with its whole log, or where nobody else ever had a copy.
     */
    static List<MetadataRecord> onNewIncarnation(ClusterImage image, int brokerId, boolean keptItsLog) {
        List<MetadataRecord> records = new ArrayList<>();
        for (ShardImage shard : image.shards()) {
            if (concerns(shard, brokerId)) {
                List<Integer> others = without(shard.isr(), brokerId);
                boolean stays = others.isEmpty()
                        && shard.isr().contains(brokerId)
                        && (keptItsLog || shard.replicas().size() == 1);
                List<Integer> isr = stays ? shard.isr() : others;
                boolean led = shard.leader() == brokerId;
                int leader = led ? elect(shard, others, unfenced(image)) : shard.leader();
                addIfChanged(records, shard, isr, leader, led);
            }
        }
        return records;
    }

    static Decision alter(Command.AlterShard command, ClusterImage image) {
        Optional<Decision> stale = BrokerDecisions.checkEpoch(image, command.brokerId(), command.brokerEpoch());
        if (stale.isPresent()) {
            return stale.get();
        }
        Optional<ShardImage> found = image.shard(command.shardId());
        if (found.isEmpty()) {
            return refused(Errors.UNKNOWN_TOPIC_OR_PARTITION, "there is no shard " + command.shardId());
        }
        ShardImage shard = found.get();
        if (command.leaderEpoch() > shard.leaderEpoch()) {
            return refused(Errors.UNKNOWN_LEADER_EPOCH, "shard " + shard.id() + " is at epoch " + shard.leaderEpoch());
        }
        if (command.leaderEpoch() < shard.leaderEpoch() || shard.leader() != command.brokerId()) {
            return refused(
                    Errors.FENCED_LEADER_EPOCH,
                    "shard " + shard.id() + " is led by " + shard.leader() + " in epoch " + shard.leaderEpoch());
        }
        if (command.version() != shard.version()) {
            return refused(Errors.INVALID_UPDATE_VERSION, "shard " + shard.id() + " is at version " + shard.version());
        }
        Optional<Decision> ineligible = checkMembers(command, shard, image);
        if (ineligible.isPresent()) {
            return ineligible.get();
        }
        List<Integer> isr =
                command.inSync().stream().map(Command.InSyncReplica::brokerId).toList();
        return new Decision(
                List.of(new ShardChanged(shard.with(isr, shard.leader()))), CommandResult.done(shard.version() + 1));
    }

    private static Optional<Decision> checkMembers(Command.AlterShard command, ShardImage shard, ClusterImage image) {
        Set<Integer> seen = new HashSet<>();
        for (Command.InSyncReplica member : command.inSync()) {
            Optional<BrokerImage> broker = image.broker(member.brokerId());
            if (!seen.add(member.brokerId())
                    || !shard.replicas().contains(member.brokerId())
                    || broker.isEmpty()
                    || broker.get().fenced()
                    || broker.get().epoch() != member.brokerEpoch()) {
                return Optional.of(refused(
                        Errors.INELIGIBLE_REPLICA,
                        "broker " + member.brokerId() + " in epoch " + member.brokerEpoch()
                                + " cannot be in sync for shard " + shard.id()));
            }
        }
        return seen.contains(shard.leader())
                ? Optional.empty()
                : Optional.of(refused(Errors.INVALID_REQUEST, "the leader must be in sync"));
    }

    private static boolean concerns(ShardImage shard, int brokerId) {
        return shard.leader() == brokerId || shard.isr().contains(brokerId);
    }

    /** The first replica that is in sync and runs. */
    private static int elect(ShardImage shard, List<Integer> candidates, IntPredicate runs) {
        for (int replica : shard.replicas()) {
            if (candidates.contains(replica) && runs.test(replica)) {
                return replica;
            }
        }
        return ShardImage.NO_LEADER;
    }

    private static IntPredicate unfenced(ClusterImage image) {
        return id -> image.broker(id).map(b -> !b.fenced()).orElse(false);
    }

    private static List<Integer> without(List<Integer> isr, int brokerId) {
        return isr.stream().filter(id -> id != brokerId).toList();
    }

    private static void addIfChanged(
            List<MetadataRecord> records, ShardImage shard, List<Integer> isr, int leader, boolean bumpEpoch) {
        if (bumpEpoch || leader != shard.leader() || !isr.equals(shard.isr())) {
            int epoch = bumpEpoch || leader != shard.leader() ? shard.leaderEpoch() + 1 : shard.leaderEpoch();
            records.add(new ShardChanged(shard.with(isr, leader, epoch)));
        }
    }

    private static Decision refused(Errors error, String message) {
        return Decision.refused(CommandResult.failed(error, message));
    }
}
