package io.braid.controller;

import io.braid.controller.Command.AllocateProducerIds;
import io.braid.controller.Command.AlterConfigs;
import io.braid.controller.Command.AlterControllers;
import io.braid.controller.Command.AlterPool;
import io.braid.controller.Command.AlterShard;
import io.braid.controller.Command.CordonBroker;
import io.braid.controller.Command.CreateCluster;
import io.braid.controller.Command.CreatePartitions;
import io.braid.controller.Command.CreateTopics;
import io.braid.controller.Command.DeleteTopics;
import io.braid.controller.Command.ElectLeaders;
import io.braid.controller.Command.Election;
import io.braid.controller.Command.FenceBroker;
import io.braid.controller.Command.InSyncReplica;
import io.braid.controller.Command.MoveShards;
import io.braid.controller.Command.NewPartitions;
import io.braid.controller.Command.RaiseMetadataVersion;
import io.braid.controller.Command.RegisterBroker;
import io.braid.controller.Command.ShardMove;
import io.braid.controller.Command.TopicRef;
import io.braid.controller.Command.UnfenceBroker;
import io.braid.controller.Command.UnregisterBroker;
import io.braid.controller.ConfigChange.Kind;
import io.braid.controller.ConfigChange.Operation;
import java.util.Optional;

/** The binary format of commands: what a Raft entry holds, as in docs/on-disk-format.md. */
public final class CommandCodec {
    private static final int PROPOSAL_VERSION = 0;

    private static final Formats<Command> FORMATS = new Formats<Command>("command")
            .add(
                    1,
                    CreateCluster.class,
                    (out, c) -> {
                        out.writeString(c.clusterId());
                        out.writeVarint(c.metadataVersion());
                    },
                    in -> new CreateCluster(in.readString(), in.readShort()))
            .add(
                    2,
                    RaiseMetadataVersion.class,
                    c -> !c.validateOnly(),
                    (out, c) -> out.writeVarint(c.metadataVersion()),
                    in -> new RaiseMetadataVersion(in.readShort()))
            .add(
                    2,
                    RaiseMetadataVersion.class,
                    c -> true,
                    (out, c) -> {
                        out.writeVarint(c.metadataVersion());
                        out.writeBoolean(c.validateOnly());
                    },
                    in -> new RaiseMetadataVersion(in.readShort(), in.readBoolean()))
            .add(3, RegisterBroker.class, CommandCodec::writeRegister, CommandCodec::readRegister)
            .add(
                    4,
                    UnfenceBroker.class,
                    (out, c) -> {
                        out.writeVarint(c.brokerId());
                        out.writeVarlong(c.brokerEpoch());
                    },
                    in -> new UnfenceBroker(in.readVarint(), in.readVarlong()))
            .add(
                    5,
                    FenceBroker.class,
                    (out, c) -> {
                        out.writeVarint(c.brokerId());
                        out.writeVarlong(c.brokerEpoch());
                    },
                    in -> new FenceBroker(in.readVarint(), in.readVarlong()))
            .add(
                    6,
                    UnregisterBroker.class,
                    (out, c) -> out.writeVarint(c.brokerId()),
                    in -> new UnregisterBroker(in.readVarint()))
            .add(
                    7,
                    CreateTopics.class,
                    (out, c) -> {
                        out.writeVarint(c.policy().shardsPerPool());
                        out.writeVarint(c.policy().minBrokers());
                        out.writeBoolean(c.validateOnly());
                        out.writeList(c.topics(), CommandCodec::writeTopic);
                    },
                    in -> {
                        PoolPolicy policy = new PoolPolicy(in.readVarint(), in.readVarint());
                        boolean validateOnly = in.readBoolean();
                        return new CreateTopics(in.readList(CommandCodec::readTopic), policy, validateOnly);
                    })
            .add(
                    8,
                    DeleteTopics.class,
                    (out, c) -> out.writeList(c.topics(), (to, ref) -> {
                        to.writeString(ref.name());
                        to.writeUuid(ref.id());
                    }),
                    in -> new DeleteTopics(in.readList(from -> new TopicRef(from.readString(), from.readUuid()))))
            .add(
                    9,
                    CreatePartitions.class,
                    (out, c) -> {
                        out.writeBoolean(c.validateOnly());
                        out.writeList(c.topics(), (to, topic) -> {
                            to.writeString(topic.topic());
                            to.writeSigned(topic.partitionCount());
                        });
                    },
                    in -> {
                        boolean validateOnly = in.readBoolean();
                        return new CreatePartitions(
                                in.readList(from -> new NewPartitions(from.readString(), from.readSignedInt())),
                                validateOnly);
                    })
            .add(
                    10,
                    AlterConfigs.class,
                    (out, c) -> {
                        out.writeBoolean(c.validateOnly());
                        out.writeList(c.changes(), CommandCodec::writeChange);
                    },
                    in -> {
                        boolean validateOnly = in.readBoolean();
                        return new AlterConfigs(in.readList(CommandCodec::readChange), validateOnly);
                    })
            .add(
                    11,
                    AllocateProducerIds.class,
                    (out, c) -> {
                        out.writeVarint(c.brokerId());
                        out.writeVarlong(c.brokerEpoch());
                    },
                    in -> new AllocateProducerIds(in.readVarint(), in.readVarlong()))
            .add(
                    12,
                    AlterShard.class,
                    (out, c) -> {
                        out.writeVarint(c.brokerId());
                        out.writeVarlong(c.brokerEpoch());
                        out.writeVarint(c.shardId());
                        out.writeVarint(c.leaderEpoch());
                        out.writeVarint(c.version());
                        out.writeList(c.inSync(), (to, member) -> {
                            to.writeVarint(member.brokerId());
                            to.writeVarlong(member.brokerEpoch());
                        });
                    },
                    in -> new AlterShard(
                            in.readVarint(),
                            in.readVarlong(),
                            in.readVarint(),
                            in.readVarint(),
                            in.readVarint(),
                            in.readList(from -> new InSyncReplica(from.readVarint(), from.readVarlong()))))
            .add(
                    13,
                    ElectLeaders.class,
                    (out, c) -> {
                        out.writeByte(c.election().id());
                        out.writeList(c.shardIds(), ByteWriter::writeVarint);
                    },
                    in -> new ElectLeaders(Election.of(in.readByte()), in.readList(ByteReader::readVarint)))
            .add(
                    14,
                    AlterPool.class,
                    (out, c) -> {
                        out.writeVarint(c.poolId());
                        out.writeVarint(c.replicationFactor());
                        out.writeByte(c.uncleanElection().map(on -> on ? 1 : 0).orElse(2));
                    },
                    in -> {
                        int pool = in.readVarint();
                        int factor = in.readVarint();
                        byte unclean = in.readByte();
                        return new AlterPool(pool, factor, unclean == 2 ? Optional.empty() : Optional.of(unclean == 1));
                    })
            .add(
                    15,
                    AlterControllers.class,
                    (out, c) -> {
                        out.writeList(c.before(), Shapes::writeController);
                        out.writeList(c.after(), Shapes::writeController);
                    },
                    in -> new AlterControllers(
                            in.readList(Shapes::readController), in.readList(Shapes::readController)))
            .add(
                    16,
                    MoveShards.class,
                    (out, c) -> out.writeList(c.moves(), (to, move) -> {
                        to.writeVarint(move.shardId());
                        to.writeList(move.replicas(), ByteWriter::writeVarint);
                    }),
                    in -> new MoveShards(in.readList(
                            from -> new ShardMove(from.readVarint(), from.readList(ByteReader::readVarint)))))
            .add(
                    17,
                    CordonBroker.class,
                    (out, c) -> {
                        out.writeVarint(c.brokerId());
                        out.writeBoolean(c.cordoned());
                    },
                    in -> new CordonBroker(in.readVarint(), in.readBoolean()));

    private CommandCodec() {}

    /** Format version, client, sequence, how many before it are unanswered, tagged fields, command. */
    public static byte[] encode(Proposal proposal) {
        ByteWriter out = new ByteWriter();
        RequestId id = proposal.id();
        out.writeVarint(PROPOSAL_VERSION);
        out.writeUuid(id.client());
        out.writeVarlong(id.sequence());
        out.writeVarlong(id.sequence() - id.answeredBelow());
        out.writeNoTaggedFields();
        FORMATS.write(out, proposal.command());
        return out.toByteArray();
    }

    /**
     * Reads a proposal.
     *
     * @throws MalformedException if the bytes are no proposal, or of a newer release ({@link UnknownFormatException}) */
    public static Proposal decode(byte[] bytes) {
        ByteReader in = new ByteReader(bytes);
        int version = in.readVarint();
        if (version != PROPOSAL_VERSION) {
            throw new UnknownFormatException("proposal", 0, version);
        }
        try {
            var client = in.readUuid();
            long sequence = in.readVarlong();
            RequestId id = new RequestId(client, sequence, sequence - in.readVarlong());
            in.skipTaggedFields();
            Proposal proposal = new Proposal(id, FORMATS.read(in));
            in.expectEnd();
            return proposal;
        } catch (IllegalArgumentException e) {
            throw new MalformedException("no proposal: " + e.getMessage(), e);
        }
    }

    private static void writeRegister(ByteWriter out, RegisterBroker c) {
        out.writeVarint(c.brokerId());
        out.writeUuid(c.incarnation());
        out.writeString(c.bootId());
        out.writeList(c.directoryIds(), ByteWriter::writeUuid);
        out.writeList(c.endpoints(), Shapes::writeEndpoint);
        Shapes.writeRack(out, c.rack());
        out.writeList(c.features(), Shapes::writeFeature);
        out.writeSigned(c.cleanShutdownEpoch());
    }

    private static RegisterBroker readRegister(ByteReader in) {
        return new RegisterBroker(
                in.readVarint(),
                in.readUuid(),
                in.readString(),
                in.readList(ByteReader::readUuid),
                in.readList(Shapes::readEndpoint),
                Shapes.readRack(in),
                in.readList(Shapes::readFeature),
                in.readSigned());
    }

    private static void writeTopic(ByteWriter out, NewTopic topic) {
        out.writeUuid(topic.id());
        out.writeString(topic.name());
        out.writeSigned(topic.partitionCount());
        out.writeSigned(topic.replicationFactor());
        out.writeBoolean(topic.internal());
        out.writeBoolean(topic.compacted());
        Shapes.writeConfigs(out, topic.configs());
    }

    private static NewTopic readTopic(ByteReader in) {
        return new NewTopic(
                in.readUuid(),
                in.readString(),
                in.readSignedInt(),
                in.readSignedInt(),
                in.readBoolean(),
                in.readBoolean(),
                Shapes.readConfigs(in));
    }

    private static void writeChange(ByteWriter out, ConfigChange change) {
        out.writeByte(change.resourceType());
        out.writeString(change.resourceName());
        out.writeBoolean(change.replaceAll());
        out.writeList(change.operations(), (to, operation) -> {
            to.writeByte(operation.kind().id());
            to.writeString(operation.key());
            to.writeString(operation.value());
            to.writeString(operation.inherited());
        });
    }

    private static ConfigChange readChange(ByteReader in) {
        return new ConfigChange(
                in.readByte(),
                in.readString(),
                in.readBoolean(),
                in.readList(from -> new Operation(
                        Kind.of(from.readByte()), from.readString(), from.readString(), from.readString())));
    }
}
