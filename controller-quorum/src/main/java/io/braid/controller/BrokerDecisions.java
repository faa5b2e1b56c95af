package io.braid.controller;

import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.FeatureRange;
import io.braid.image.MetadataRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/** Decides what concerns a broker's life: registration, fencing, producer ids. */
final class BrokerDecisions {
    private BrokerDecisions() {}

    /**
     * The broker epoch is the Raft index. Every shard the broker led gets a new epoch and no leader, since an epoch belongs to
     * one incarnation and this one is fenced.
     */
    static Decision register(Command.RegisterBroker command, ClusterImage image, long index) {
        Optional<BrokerImage> before = image.broker(command.brokerId());
        if (before.isPresent() && before.get().incarnation().equals(command.incarnation())) {
            return Decision.refused(CommandResult.done(before.get().epoch()));
        }
        String problem = unsupported(command.features(), image.metadataVersion());
        if (!problem.isEmpty()) {
            return refused(Errors.UNSUPPORTED_VERSION, "broker " + command.brokerId() + " " + problem);
        }
        if (command.brokerId() < 0 || (before.isEmpty() && image.brokers().size() >= Limits.MAX_BROKERS)) {
            return refused(Errors.INVALID_REGISTRATION, "broker id " + command.brokerId() + " cannot be registered");
        }
        BrokerImage now = new BrokerImage(
                command.brokerId(),
                index,
                command.incarnation(),
                command.bootId(),
                command.directoryIds(),
                command.endpoints(),
                command.rack(),
                command.features(),
                true);
        List<MetadataRecord> records = new ArrayList<>();
        records.add(new MetadataRecord.BrokerRegistered(now));
        before.ifPresent(
                old -> records.addAll(ShardDecisions.onNewIncarnation(image, old.id(), keptItsLog(command, old))));
        return new Decision(records, CommandResult.done(index));
    }

    /** Whether the new incarnation has all that the old one wrote: it stopped cleanly, or only its process died. */
    private static boolean keptItsLog(Command.RegisterBroker now, BrokerImage old) {
        boolean sameDisks = now.directoryIds().containsAll(old.directoryIds());
        boolean clean = now.cleanShutdownEpoch() == old.epoch();
        boolean pageCacheSurvived = !now.bootId().isEmpty() && now.bootId().equals(old.bootId());
        return sameDisks && (clean || pageCacheSurvived);
    }

    static Decision unfence(Command.UnfenceBroker command, ClusterImage image) {
        Optional<Decision> stale = checkEpoch(image, command.brokerId(), command.brokerEpoch());
        if (stale.isPresent()) {
            return stale.get();
        }
        if (!broker(image, command.brokerId()).fenced()) {
            return Decision.refused(CommandResult.done(0));
        }
        List<MetadataRecord> records = new ArrayList<>();
        records.add(new MetadataRecord.BrokerUnfenced(command.brokerId()));
        records.addAll(ShardDecisions.onUnfenced(image, command.brokerId()));
        return new Decision(records, CommandResult.done(0));
    }

    static Decision fence(Command.FenceBroker command, ClusterImage image) {
        Optional<Decision> stale = checkEpoch(image, command.brokerId(), command.brokerEpoch());
        if (stale.isPresent()) {
            return stale.get();
        }
        List<MetadataRecord> records = new ArrayList<>();
        if (!broker(image, command.brokerId()).fenced()) {
            records.add(new MetadataRecord.BrokerFenced(command.brokerId()));
        }
        records.addAll(ShardDecisions.onFenced(image, command.brokerId()));
        return new Decision(records, CommandResult.done(0));
    }

    static Decision unregister(Command.UnregisterBroker command, ClusterImage image) {
        int id = command.brokerId();
        Optional<BrokerImage> broker = image.broker(id);
        if (broker.isEmpty()) {
            return refused(Errors.BROKER_ID_NOT_REGISTERED, "broker " + id + " is not registered");
        }
        long replicas =
                image.shards().stream().filter(s -> s.replicas().contains(id)).count();
        if (!broker.get().fenced() || replicas > 0) {
            return refused(
                    Errors.INVALID_REQUEST,
                    "broker " + id + (replicas > 0 ? " holds replicas of " + replicas + " shards" : " is running"));
        }
        return new Decision(List.of(new MetadataRecord.BrokerUnregistered(id)), CommandResult.done(0));
    }

    static Decision cordon(Command.CordonBroker command, ClusterImage image) {
        Optional<BrokerImage> broker = image.broker(command.brokerId());
        if (broker.isEmpty()) {
            return refused(Errors.BROKER_ID_NOT_REGISTERED, "broker " + command.brokerId() + " is not registered");
        }
        return broker.get().cordoned() == command.cordoned()
                ? Decision.refused(CommandResult.done(0))
                : new Decision(
                        List.of(new MetadataRecord.BrokerCordoned(command.brokerId(), command.cordoned())),
                        CommandResult.done(0));
    }

    static Decision allocateProducerIds(Command.AllocateProducerIds command, ClusterImage image) {
        Optional<Decision> stale = checkEpoch(image, command.brokerId(), command.brokerEpoch());
        if (stale.isPresent()) {
            return stale.get();
        }
        long first = image.nextProducerId();
        if (first > Long.MAX_VALUE - Limits.PRODUCER_ID_BLOCK) {
            return refused(Errors.UNKNOWN_SERVER_ERROR, "all producer ids are used up");
        }
        return new Decision(
                List.of(new MetadataRecord.ProducerIdsAllocated(first + Limits.PRODUCER_ID_BLOCK)),
                CommandResult.done(first));
    }

    /** Empty if the epoch is that of the broker's registration, else the refusal. */
    static Optional<Decision> checkEpoch(ClusterImage image, int brokerId, long epoch) {
        Optional<BrokerImage> broker = image.broker(brokerId);
        if (broker.isEmpty()) {
            return Optional.of(refused(Errors.BROKER_ID_NOT_REGISTERED, "broker " + brokerId + " is not registered"));
        }
        return broker.get().epoch() == epoch
                ? Optional.empty()
                : Optional.of(refused(
                        Errors.STALE_BROKER_EPOCH,
                        "broker epoch " + epoch + " is not that of broker " + brokerId + ", which is "
                                + broker.get().epoch()));
    }

    /** "" if every registered broker supports the metadata version, else which does not. */
    static String whoCannot(short level, ClusterImage image) {
        for (BrokerImage broker : image.brokers()) {
            String problem = unsupported(broker.features(), level);
            if (!problem.isEmpty()) {
                return "broker " + broker.id() + " " + problem;
            }
        }
        return "";
    }

    /** A broker that names no range for the feature is taken to support the first level only. */
    private static String unsupported(List<FeatureRange> features, short level) {
        FeatureRange range = features.stream()
                .filter(f -> f.name().equals(MetadataVersion.FEATURE))
                .findFirst()
                .orElse(new FeatureRange(MetadataVersion.FEATURE, MetadataVersion.MIN, MetadataVersion.MIN));
        return level >= range.min() && level <= range.max()
                ? ""
                : "supports " + range.name() + " " + range.min() + " to " + range.max() + ", not " + level;
    }

    private static BrokerImage broker(ClusterImage image, int id) {
        return image.broker(id).orElseThrow();
    }

    private static Decision refused(Errors error, String message) {
        return Decision.refused(CommandResult.failed(error, message));
    }
}
