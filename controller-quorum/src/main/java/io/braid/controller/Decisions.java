package io.braid.controller;

import io.braid.image.ClusterImage;
import io.braid.image.MetadataRecord;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/** Sends a command to what decides it. Every decision is a pure function of command, image and Raft index. */
final class Decisions {
    private Decisions() {}

    static Decision decide(Command command, ClusterImage image, long index) {
        if (command instanceof Command.CreateCluster create) {
            return createCluster(create, image);
        }
        if (image.clusterId().isEmpty()) {
            return Decision.refused(CommandResult.failed(Errors.INVALID_REQUEST, "the cluster was not created yet"));
        }
        if (command instanceof Command.RaiseMetadataVersion raise) {
            return raise(raise, image);
        }
        if (command instanceof Command.RegisterBroker register) {
            return BrokerDecisions.register(register, image, index);
        }
        if (command instanceof Command.UnfenceBroker unfence) {
            return BrokerDecisions.unfence(unfence, image);
        }
        if (command instanceof Command.FenceBroker fence) {
            return BrokerDecisions.fence(fence, image);
        }
        if (command instanceof Command.UnregisterBroker unregister) {
            return BrokerDecisions.unregister(unregister, image);
        }
        if (command instanceof Command.CreateTopics create) {
            return new TopicCreation(create, image).decide();
        }
        if (command instanceof Command.DeleteTopics delete) {
            return TopicDecisions.delete(delete, image);
        }
        if (command instanceof Command.CreatePartitions grow) {
            return TopicDecisions.grow(grow, image);
        }
        if (command instanceof Command.AlterConfigs alter) {
            return ConfigDecisions.alter(alter, image);
        }
        if (command instanceof Command.AllocateProducerIds allocate) {
            return BrokerDecisions.allocateProducerIds(allocate, image);
        }
        if (command instanceof Command.AlterShard alter) {
            return ShardDecisions.alter(alter, image);
        }
        if (command instanceof Command.ElectLeaders elect) {
            return Elections.decide(elect, image);
        }
        if (command instanceof Command.AlterPool alter) {
            return PoolDecisions.alter(alter, image);
        }
        if (command instanceof Command.MoveShards move) {
            return MoveDecisions.move(move, image);
        }
        if (command instanceof Command.CordonBroker cordon) {
            return BrokerDecisions.cordon(cordon, image);
        }
        if (command instanceof Command.AlterControllers alter) {
            return ControllerDecisions.alter(alter, image);
        }
        throw new IllegalStateException("no decision for " + command.getClass().getSimpleName());
    }

    private static Decision createCluster(Command.CreateCluster create, ClusterImage image) {
        if (!image.clusterId().isEmpty()) {
            return Decision.refused(CommandResult.done(0));
        }
        if (create.clusterId().isEmpty() || create.metadataVersion() < MetadataVersion.MIN) {
            return Decision.refused(CommandResult.failed(Errors.INVALID_REQUEST, "no cluster id or metadata version"));
        }
        return new Decision(
                List.of(new MetadataRecord.ClusterCreated(create.clusterId(), create.metadataVersion())),
                CommandResult.done(0));
    }

    private static Decision raise(Command.RaiseMetadataVersion raise, ClusterImage image) {
        short level = raise.metadataVersion();
        if (level == image.metadataVersion()) {
            return Decision.refused(CommandResult.done(level));
        }
        String problem = level < image.metadataVersion()
                ? "it is " + image.metadataVersion() + " already and cannot be lowered"
                : BrokerDecisions.whoCannot(level, image);
        return problem.isEmpty()
                ? new Decision(List.of(new MetadataRecord.MetadataVersionRaised(level)), CommandResult.done(level))
                : Decision.refused(CommandResult.failed(
                        Errors.FEATURE_UPDATE_FAILED, MetadataVersion.FEATURE + " " + level + ": " + problem));
    }
}
