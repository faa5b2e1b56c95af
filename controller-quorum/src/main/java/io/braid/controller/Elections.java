package io.braid.controller;

import io.braid.controller.CommandResult.Item;
import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.MetadataRecord;
import io.braid.image.MetadataRecord.ShardChanged;
import io.braid.image.PoolImage;
import io.braid.image.ShardImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/** Who is to lead a shard. Only running brokers lead, and but for an unclean election only those in sync. */
final class Elections {
    private final ClusterImage image;
    /** Brokers that run, or do not, although the image says otherwise. */
    private final Map<Integer, Boolean> otherwise = new HashMap<>();

    private Elections(ClusterImage image) {
        this.image = image;
    }

    static Elections of(ClusterImage image) {
        return new Elections(image);
    }

    /** As the image will be once the broker is fenced. */
    Elections without(int brokerId) {
        otherwise.put(brokerId, false);
        return this;
    }

    /** As the image will be once the broker is unfenced. */
    Elections with(int brokerId) {
        otherwise.put(brokerId, true);
        return this;
    }

    private boolean runs(Integer brokerId) {
        Boolean assumed = otherwise.get(brokerId);
        return assumed != null
                ? assumed
                : image.broker(brokerId).map(broker -> !broker.fenced()).orElse(false);
    }

    private boolean isCordoned(int brokerId) {
        return image.broker(brokerId).map(BrokerImage::cordoned).orElse(false);
    }

    /** A leader and the in-sync set it begins with. */
    record Elected(int leader, List<Integer> isr) {
        boolean found() {
            return leader != ShardImage.NO_LEADER;
        }
    }

    /**
     * The first replica that is in sync and runs, if possible one that stays and is not cordoned; another one only where the
     * pool says so; else nobody.
     */
    Elected elect(ShardImage shard, List<Integer> isr) {
        Elected clean = electCleanly(shard, isr);
        boolean unclean =
                image.pool(shard.poolId()).map(PoolImage::uncleanElection).orElse(false);
        return clean.found() || !unclean ? clean : electUnclean(shard, isr);
    }

    /** As {@link #elect}, but nobody who is not in sync. */
    Elected electCleanly(ShardImage shard, List<Integer> isr) {
        int lastResort = ShardImage.NO_LEADER;
        for (int replica : shard.replicas()) {
            if (isr.contains(replica) && runs(replica)) {
                if (!shard.removing().contains(replica) && !isCordoned(replica)) {
                    return new Elected(replica, isr);
                }
                lastResort = lastResort == ShardImage.NO_LEADER ? replica : lastResort;
            }
        }
        return new Elected(lastResort, isr);
    }

    /**
     * Who led last if it runs, else the first replica that does, but none that was about to get its first copy; alone in sync,
     * since the others follow its log now.
     */
    private Elected electUnclean(ShardImage shard, List<Integer> isr) {
        int last = shard.lastKnownLeader();
        if (shard.replicas().contains(last) && runs(last)) {
            return new Elected(last, List.of(last));
        }
        for (int replica : shard.settledReplicas()) {
            if (runs(replica)) {
                return new Elected(replica, List.of(replica));
            }
        }
        return new Elected(ShardImage.NO_LEADER, isr);
    }

    /** Whether the preferred leader could take over. */
    boolean unbalanced(ShardImage shard) {
        int preferred = shard.replicas().get(0);
        return shard.leader() != preferred
                && shard.isr().contains(preferred)
                && runs(preferred)
                && !isCordoned(preferred);
    }

    static Decision decide(Command.ElectLeaders command, ClusterImage image) {
        Elections elections = of(image);
        List<MetadataRecord> records = new ArrayList<>();
        List<Item> items = new ArrayList<>();
        if (command.shardIds().isEmpty()) {
            for (ShardImage shard : image.shards()) {
                Item item = elections.elect(command.election(), shard, records);
                if (item.error() != Errors.ELECTION_NOT_NEEDED) {
                    items.add(item);
                }
            }
            return new Decision(records, CommandResult.of(items));
        }
        Set<Integer> seen = new HashSet<>();
        for (int id : command.shardIds()) {
            Optional<ShardImage> shard = image.shard(id);
            if (shard.isEmpty()) {
                items.add(failed(id, Errors.UNKNOWN_TOPIC_OR_PARTITION, "there is no shard " + id));
            } else if (!seen.add(id)) {
                items.add(failed(id, Errors.INVALID_REQUEST, "the request names the shard more than once"));
            } else {
                items.add(elections.elect(command.election(), shard.get(), records));
            }
        }
        return new Decision(records, CommandResult.of(items));
    }

    private Item elect(Command.Election election, ShardImage shard, List<MetadataRecord> records) {
        return election == Command.Election.PREFERRED
                ? electPreferred(shard, records)
                : electWhereNobodyLeads(shard, records);
    }

    private Item electPreferred(ShardImage shard, List<MetadataRecord> records) {
        int preferred = shard.replicas().get(0);
        if (shard.leader() == preferred) {
            return notNeeded(shard);
        }
        if (!unbalanced(shard)) {
            return failed(
                    shard.id(),
                    Errors.PREFERRED_LEADER_NOT_AVAILABLE,
                    "the preferred leader of shard " + shard.id() + ", broker " + preferred + ", is "
                            + whyNotPreferred(shard, preferred));
        }
        records.add(new ShardChanged(shard.with(shard.isr(), preferred)));
        return Item.done(Integer.toString(shard.id()), Uuid.ZERO_UUID);
    }

    private String whyNotPreferred(ShardImage shard, int preferred) {
        if (!runs(preferred)) {
            return "not running";
        }
        return shard.isr().contains(preferred) ? "cordoned" : "not in sync";
    }

    private Item electWhereNobodyLeads(ShardImage shard, List<MetadataRecord> records) {
        if (shard.leader() != ShardImage.NO_LEADER) {
            return notNeeded(shard);
        }
        Elected clean = elect(shard, shard.isr());
        Elected elected = clean.found() ? clean : electUnclean(shard, shard.isr());
        if (!elected.found()) {
            return failed(
                    shard.id(),
                    Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE,
                    "none of the replicas " + shard.replicas() + " of shard " + shard.id() + " is running");
        }
        records.add(new ShardChanged(shard.with(elected.isr(), elected.leader())));
        return Item.done(Integer.toString(shard.id()), Uuid.ZERO_UUID);
    }

    private static Item notNeeded(ShardImage shard) {
        return failed(shard.id(), Errors.ELECTION_NOT_NEEDED, Errors.ELECTION_NOT_NEEDED.message());
    }

    private static Item failed(int shardId, Errors error, String message) {
        return Item.failed(Integer.toString(shardId), Uuid.ZERO_UUID, error, message);
    }
}
