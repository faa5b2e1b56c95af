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
import org.apache.kafka.common.protocol.Errors;

/** Decides who leads a shard and who is in sync. */
final class ShardDecisions {
    private ShardDecisions() {}

    /** A broker was fenced: it leaves every in-sync set but where it is the last, and leads nothing. */
    static List<MetadataRecord> onFenced(ClusterImage image, Integer brokerId) {
        Elections elections = Elections.of(image).without(brokerId);
        List<MetadataRecord> records = new ArrayList<>();
        for (ShardImage shard : image.shards()) {
            if (concerns(shard, brokerId)) {
                List<Integer> others = without(shard.isr(), brokerId);
                List<Integer> isr = others.isEmpty() ? shard.isr() : others;
                addIfChanged(records, shard, isr, elections, shard.leader() == brokerId);
            }
        }
        return records;
    }

    /** Whether fencing the broker, which may be fenced already, would change any shard. */
    static boolean holdsBack(ClusterImage image, Integer brokerId) {
        return image.shards().stream()
                .anyMatch(s ->
                        s.leader() == brokerId || (s.isr().size() > 1 && s.isr().contains(brokerId)));
    }

    /** A broker recovered: of the shards that nobody leads it leads those where it is in sync, or where the pool lets it. */
    static List<MetadataRecord> onUnfenced(ClusterImage image, Integer brokerId) {
        Elections elections = Elections.of(image).with(brokerId);
        List<MetadataRecord> records = new ArrayList<>();
        for (ShardImage shard : image.shards()) {
            if (shard.replicas().contains(brokerId)
                    && (shard.leader() == ShardImage.NO_LEADER || MoveDecisions.mayEnd(shard))) {
                addIfChanged(records, shard, shard.isr(), elections, shard.leader() == ShardImage.NO_LEADER);
            }
        }
        return records;
    }

    /**
     * A broker came back as another incarnation. It stays in sync where it shows that it kept its log, and where nobody else
     * ever had a copy; elsewhere it has to catch up first. Where it was the last member it is remembered as that.
     */
    static List<MetadataRecord> onNewIncarnation(ClusterImage image, Integer brokerId, boolean keptItsLog) {
        Elections elections = Elections.of(image).without(brokerId);
        List<MetadataRecord> records = new ArrayList<>();
        for (ShardImage shard : image.shards()) {
            if (concerns(shard, brokerId)) {
                boolean sole = shard.settledReplicas().equals(List.of(brokerId))
                        && shard.isr().equals(List.of(brokerId));
                boolean stays = keptItsLog || sole;
                List<Integer> isr = stays ? shard.isr() : without(shard.isr(), brokerId);
                boolean last = isr.isEmpty() && !shard.isr().isEmpty();
                ShardImage from = last ? shard.withLastKnown(brokerId) : shard;
                boolean led = shard.leader() == brokerId;
                if (led) {
                    Elections.Elected elected = elections.elect(from, isr);
                    records.add(new ShardChanged(from.with(elected.isr(), elected.leader(), shard.leaderEpoch() + 1)));
                } else if (!isr.equals(shard.isr())) {
                    records.add(new ShardChanged(from.with(isr, shard.leader())));
                }
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
        boolean leaves = leaves(command, shard);
        if (command.leaderEpoch() < shard.leaderEpoch() || (shard.leader() != command.brokerId() && !leaves)) {
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
        ShardImage changed =
                leaves ? withdrawn(shard, command.brokerId(), image) : shard.with(members(command), shard.leader());
        ShardImage now = MoveDecisions.ended(changed, Elections.of(image));
        return new Decision(List.of(new ShardChanged(now)), CommandResult.done(now.version()));
    }

    private static List<Integer> members(Command.AlterShard command) {
        return command.inSync().stream().map(Command.InSyncReplica::brokerId).toList();
    }

    /** Whether a member takes itself out of the set, and does nothing else. */
    private static boolean leaves(Command.AlterShard command, ShardImage shard) {
        return shard.isr().contains(command.brokerId())
                && Set.copyOf(members(command)).equals(Set.copyOf(without(shard.isr(), command.brokerId())));
    }

    /**
     * A member cannot be relied on any more. If it led, another one leads at once, or when it runs again. If it was the last, nobody
     * leads before an unclean election is asked for, unless the pool allows one.
     */
    private static ShardImage withdrawn(ShardImage shard, int brokerId, ClusterImage image) {
        List<Integer> isr = without(shard.isr(), brokerId);
        if (shard.leader() != brokerId) {
            return shard.with(isr, shard.leader());
        }
        Elections.Elected next = Elections.of(image).without(brokerId).elect(shard, isr);
        return shard.with(next.isr(), next.leader());
    }

    private static Optional<Decision> checkMembers(Command.AlterShard command, ShardImage shard, ClusterImage image) {
        Set<Integer> seen = new HashSet<>();
        for (Command.InSyncReplica member : command.inSync()) {
            Optional<BrokerImage> broker = image.broker(member.brokerId());
            if (!seen.add(member.brokerId())
                    || !shard.replicas().contains(member.brokerId())
                    || broker.isEmpty()
                    || (broker.get().fenced() && !shard.isr().contains(member.brokerId()))
                    || broker.get().epoch() != member.brokerEpoch()) {
                return Optional.of(refused(
                        Errors.INELIGIBLE_REPLICA,
                        "broker " + member.brokerId() + " in epoch " + member.brokerEpoch()
                                + " cannot be in sync for shard " + shard.id()));
            }
        }
        return seen.contains(shard.leader()) || leaves(command, shard)
                ? Optional.empty()
                : Optional.of(refused(Errors.INVALID_REQUEST, "the leader must be in sync"));
    }

    /** @param brokerId as an object, since this is asked of every shard there is */
    private static boolean concerns(ShardImage shard, Integer brokerId) {
        return shard.leader() == brokerId || shard.isr().contains(brokerId);
    }

    private static List<Integer> without(List<Integer> isr, int brokerId) {
        return isr.stream().filter(id -> id != brokerId).toList();
    }

    /** @param leaderGone whether another leader is to be elected, in a new epoch if there is one or was one */
    private static void addIfChanged(
            List<MetadataRecord> records,
            ShardImage shard,
            List<Integer> isr,
            Elections elections,
            boolean leaderGone) {
        Elections.Elected next = leaderGone ? elections.elect(shard, isr) : new Elections.Elected(shard.leader(), isr);
        ShardImage changed = MoveDecisions.ended(shard.with(next.isr(), next.leader()), elections);
        if (next.leader() != shard.leader() || !next.isr().equals(shard.isr()) || shard.moving() != changed.moving()) {
            records.add(new ShardChanged(changed));
        }
    }

    private static Decision refused(Errors error, String message) {
        return Decision.refused(CommandResult.failed(error, message));
    }
}
