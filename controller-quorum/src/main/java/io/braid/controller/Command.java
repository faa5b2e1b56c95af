package io.braid.controller;

import io.braid.image.ControllerImage;
import io.braid.image.Endpoint;
import io.braid.image.FeatureRange;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/**
 * What a controller is asked to do: one Raft entry each. Applying it is deterministic. What must be random (ids) is
 * chosen by whoever proposes it.
 */
public sealed interface Command {
    /** Whether to answer as if it were applied, and change nothing. Such a command never becomes a Raft entry. */
    default boolean validateOnly() {
        return false;
    }

    /** The {@code metadata.version} from which on it may be proposed: a controller of an older release cannot read it. */
    default short sinceMetadataVersion() {
        return MetadataVersion.MIN;
    }

    /** The first command of a cluster. Once there is a cluster it changes nothing and succeeds. */
    record CreateCluster(String clusterId, short metadataVersion) implements Command {
        public CreateCluster {
            Objects.requireNonNull(clusterId);
        }
    }

    /** Lets newer formats be written. Refused while a registered broker does not support the level, and downwards. */
    record RaiseMetadataVersion(short metadataVersion, boolean validateOnly) implements Command {
        public RaiseMetadataVersion(short metadataVersion) {
            this(metadataVersion, false);
        }
    }

    /**
     * A new incarnation of a broker. {@link CommandResult#value} is its broker epoch. The broker is fenced until
     * {@link UnfenceBroker}. Registering the same incarnation again changes nothing.
     *
     * @param bootId of the machine's run, or "" when unknown
     * @param cleanShutdownEpoch the broker epoch found in a clean-shutdown marker, or -1
     */
    record RegisterBroker(
            int brokerId,
            Uuid incarnation,
            String bootId,
            List<Uuid> directoryIds,
            List<Endpoint> endpoints,
            Optional<String> rack,
            List<FeatureRange> features,
            long cleanShutdownEpoch)
            implements Command {
        public RegisterBroker {
            Objects.requireNonNull(incarnation);
            Objects.requireNonNull(bootId);
            Objects.requireNonNull(rack);
            directoryIds = List.copyOf(directoryIds);
            endpoints = List.copyOf(endpoints);
            features = List.copyOf(features);
        }
    }

    /** The broker recovered its logs and may lead. */
    record UnfenceBroker(int brokerId, long brokerEpoch) implements Command {}

    /** The broker is gone, or about to go: it leaves every in-sync set and leads nothing. */
    record FenceBroker(int brokerId, long brokerEpoch) implements Command {}

    /** The broker is gone for good. Refused while it is unfenced or still a replica of a shard. */
    record UnregisterBroker(int brokerId) implements Command {}

    /** One item a topic, in order. A topic that is refused does not stop the others. */
    record CreateTopics(List<NewTopic> topics, PoolPolicy policy, boolean validateOnly) implements Command {
        public CreateTopics {
            topics = List.copyOf(topics);
            Objects.requireNonNull(policy);
        }
    }

    /** One item a topic, in order, with the name and id that were deleted. */
    record DeleteTopics(List<TopicRef> topics) implements Command {
        public DeleteTopics {
            topics = List.copyOf(topics);
        }
    }

    /** One item a topic, in order. */
    record CreatePartitions(List<NewPartitions> topics, boolean validateOnly) implements Command {
        public CreatePartitions {
            topics = List.copyOf(topics);
        }
    }

    /** One item a resource, in order. A resource takes all of its changes or none. */
    record AlterConfigs(List<ConfigChange> changes, boolean validateOnly) implements Command {
        public AlterConfigs {
            changes = List.copyOf(changes);
        }
    }

    /** Gives a broker {@link Limits#PRODUCER_ID_BLOCK} producer ids; {@link CommandResult#value} is the first. */
    record AllocateProducerIds(int brokerId, long brokerEpoch) implements Command {}

    /**
     * A leader's change to the in-sync set of its shard, or a member that leaves the set by itself because its log cannot be
     * relied on: then the set is the present one without the member, and if that led, another one is elected.
     *
     * @param version the shard's version that the broker saw
     * @param inSync the new set, each member with the incarnation that is in sync
     */
    record AlterShard(
            int brokerId, long brokerEpoch, int shardId, int leaderEpoch, int version, List<InSyncReplica> inSync)
            implements Command {
        public AlterShard {
            inSync = List.copyOf(inSync);
        }
    }

    /**
     * Elects leaders, as ElectLeaders of Kafka does. One item a shard, named by its id in decimals: NONE where a leader was
     * elected, ELECTION_NOT_NEEDED, PREFERRED_LEADER_NOT_AVAILABLE, ELIGIBLE_LEADERS_NOT_AVAILABLE, or
     * UNKNOWN_TOPIC_OR_PARTITION where there is no such shard.
     *
     * @param shardIds empty for all shards; then there are items only for those that need an election
     */
    record ElectLeaders(Election election, List<Integer> shardIds) implements Command {
        public ElectLeaders {
            Objects.requireNonNull(election);
            shardIds = List.copyOf(shardIds);
        }
    }

    /** Whom an election takes. The ids are those of Kafka's protocol, and stored. */
    enum Election {
        /** The first of the replicas, if it is in sync. */
        PREFERRED((byte) 0),
        /** Where nobody leads: an in-sync replica if one runs, else any that does, at the cost of acknowledged records. */
        UNCLEAN((byte) 1);

        private final byte id;

        Election(byte id) {
            this.id = id;
        }

        public byte id() {
            return id;
        }

        /**
         * The election with an id.
         *
         * @throws IllegalArgumentException if there is none
         */
        public static Election of(byte id) {
            for (Election each : values()) {
                if (each.id == id) {
                    return each;
                }
            }
            throw new IllegalArgumentException("election " + id);
        }
    }

    /**
     * Changes a pool of shards.
     *
     * @param replicationFactor of all its shards from now on, not below the present one; 0 leaves it
     * @param uncleanElection empty leaves it
     */
    record AlterPool(int poolId, int replicationFactor, Optional<Boolean> uncleanElection) implements Command {
        public AlterPool {
            Objects.requireNonNull(uncleanElection);
        }
    }

    /**
     * Moves shards to other brokers, or puts their replicas in another order. One item a shard, named by its id in decimals.
     * A shard that is refused does not stop the others. A move takes the place of one that is under way.
     */
    record MoveShards(List<ShardMove> moves) implements Command {
        public MoveShards {
            moves = List.copyOf(moves);
        }

        @Override
        public short sinceMetadataVersion() {
            return MetadataVersion.SHARD_MOVES;
        }
    }

    /** Which brokers a shard is to be on in the end, the preferred leader first; as many as its pool's replication factor. */
    record ShardMove(int shardId, List<Integer> replicas) {
        public ShardMove {
            replicas = List.copyOf(replicas);
        }
    }

    /** Whether a broker is to get no more replicas. */
    record CordonBroker(int brokerId, boolean cordoned) implements Command {
        @Override
        public short sinceMetadataVersion() {
            return MetadataVersion.SHARD_MOVES;
        }
    }

    /**
     * Says which controllers there are to be. Refused with INVALID_UPDATE_VERSION unless {@code before} is what the image
     * holds.
     */
    record AlterControllers(List<ControllerImage> before, List<ControllerImage> after) implements Command {
        public AlterControllers {
            before = List.copyOf(before);
            after = List.copyOf(after);
        }
    }

    /** A member of an in-sync set, by incarnation (KIP-903). */
    record InSyncReplica(int brokerId, long brokerEpoch) {}

    /** A topic by name, or by id where the name is "". */
    record TopicRef(String name, Uuid id) {
        public static TopicRef named(String name) {
            return new TopicRef(name, Uuid.ZERO_UUID);
        }

        public static TopicRef of(Uuid id) {
            return new TopicRef("", id);
        }
    }

    /** How many partitions a topic is to have in all. */
    record NewPartitions(String topic, int partitionCount) {}
}
