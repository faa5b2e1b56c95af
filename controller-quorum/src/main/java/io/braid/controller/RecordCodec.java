package io.braid.controller;

import io.braid.image.MetadataRecord;
import io.braid.image.MetadataRecord.BrokerCordoned;
import io.braid.image.MetadataRecord.BrokerFenced;
import io.braid.image.MetadataRecord.BrokerRegistered;
import io.braid.image.MetadataRecord.BrokerUnfenced;
import io.braid.image.MetadataRecord.BrokerUnregistered;
import io.braid.image.MetadataRecord.ClusterCreated;
import io.braid.image.MetadataRecord.ConfigsChanged;
import io.braid.image.MetadataRecord.ControllersChanged;
import io.braid.image.MetadataRecord.MetadataVersionRaised;
import io.braid.image.MetadataRecord.PartitionsAdded;
import io.braid.image.MetadataRecord.PoolChanged;
import io.braid.image.MetadataRecord.PoolCreated;
import io.braid.image.MetadataRecord.ProducerIdsAllocated;
import io.braid.image.MetadataRecord.ShardChanged;
import io.braid.image.MetadataRecord.TopicConfigsChanged;
import io.braid.image.MetadataRecord.TopicCreated;
import io.braid.image.MetadataRecord.TopicDeleted;
import io.braid.image.Placements;
import io.braid.image.PoolClass;
import io.braid.image.TopicImage;
import java.util.List;

/** The binary format of records, as in docs/on-disk-format.md. */
public final class RecordCodec {
    private static final Formats<MetadataRecord> FORMATS = new Formats<MetadataRecord>("record")
            .add(
                    1,
                    ClusterCreated.class,
                    (out, r) -> {
                        out.writeString(r.clusterId());
                        out.writeVarint(r.metadataVersion());
                    },
                    in -> new ClusterCreated(in.readString(), in.readShort()))
            .add(
                    2,
                    MetadataVersionRaised.class,
                    (out, r) -> out.writeVarint(r.metadataVersion()),
                    in -> new MetadataVersionRaised(in.readShort()))
            .add(
                    3,
                    BrokerRegistered.class,
                    (out, r) -> Shapes.writeBroker(out, r.broker()),
                    in -> new BrokerRegistered(Shapes.readBroker(in)))
            .add(
                    4,
                    BrokerUnfenced.class,
                    (out, r) -> out.writeVarint(r.brokerId()),
                    in -> new BrokerUnfenced(in.readVarint()))
            .add(
                    5,
                    BrokerFenced.class,
                    (out, r) -> out.writeVarint(r.brokerId()),
                    in -> new BrokerFenced(in.readVarint()))
            .add(
                    6,
                    BrokerUnregistered.class,
                    (out, r) -> out.writeVarint(r.brokerId()),
                    in -> new BrokerUnregistered(in.readVarint()))
            .add(
                    7,
                    PoolCreated.class,
                    (out, r) -> {
                        out.writeVarint(r.poolId());
                        out.writeByte(r.poolClass().id());
                        out.writeVarint(r.replicationFactor());
                        out.writeBoolean(r.rackAware());
                    },
                    in -> new PoolCreated(
                            in.readVarint(), PoolClass.of(in.readByte()), in.readVarint(), in.readBoolean()))
            .add(
                    8,
                    ShardChanged.class,
                    r -> !r.shard().moving(),
                    (out, r) -> Shapes.writeShard(out, r.shard()),
                    in -> new ShardChanged(Shapes.readShard(in)))
            .add(
                    8,
                    ShardChanged.class,
                    r -> true,
                    (out, r) -> Shapes.writeMovingShard(out, r.shard()),
                    in -> new ShardChanged(Shapes.readMovingShard(in)))
            .add(9, TopicCreated.class, RecordCodec::writeTopic, RecordCodec::readTopic)
            .add(10, TopicDeleted.class, (out, r) -> out.writeUuid(r.topicId()), in -> new TopicDeleted(in.readUuid()))
            .add(
                    11,
                    PartitionsAdded.class,
                    (out, r) -> {
                        out.writeUuid(r.topicId());
                        out.writeVarint(r.partitionCount());
                        Shapes.writePlacements(out, r.placements());
                    },
                    in -> new PartitionsAdded(in.readUuid(), in.readVarint(), Shapes.readPlacements(in)))
            .add(
                    12,
                    TopicConfigsChanged.class,
                    (out, r) -> {
                        out.writeUuid(r.topicId());
                        Shapes.writeConfigs(out, r.configs());
                    },
                    in -> new TopicConfigsChanged(in.readUuid(), Shapes.readConfigs(in)))
            .add(
                    13,
                    ConfigsChanged.class,
                    (out, r) -> {
                        out.writeByte(r.resourceType());
                        out.writeString(r.resourceName());
                        Shapes.writeConfigs(out, r.configs());
                    },
                    in -> new ConfigsChanged(in.readByte(), in.readString(), Shapes.readConfigs(in)))
            .add(
                    14,
                    ProducerIdsAllocated.class,
                    (out, r) -> out.writeVarlong(r.nextProducerId()),
                    in -> new ProducerIdsAllocated(in.readVarlong()))
            .add(
                    15,
                    PoolChanged.class,
                    (out, r) -> {
                        out.writeVarint(r.poolId());
                        out.writeVarint(r.replicationFactor());
                        out.writeBoolean(r.uncleanElection());
                    },
                    in -> new PoolChanged(in.readVarint(), in.readVarint(), in.readBoolean()))
            .add(
                    16,
                    ControllersChanged.class,
                    (out, r) -> out.writeList(r.controllers(), Shapes::writeController),
                    in -> new ControllersChanged(in.readList(Shapes::readController)))
            .add(
                    17,
                    BrokerCordoned.class,
                    (out, r) -> {
                        out.writeVarint(r.brokerId());
                        out.writeBoolean(r.cordoned());
                    },
                    in -> new BrokerCordoned(in.readVarint(), in.readBoolean()));

    private RecordCodec() {}

    public static void write(ByteWriter out, MetadataRecord record) {
        FORMATS.write(out, record);
    }

    /**
     * Reads a record.
     *
     * @throws MalformedException if the bytes are no record, or of a newer release ({@link UnknownFormatException}) */
    public static MetadataRecord read(ByteReader in) {
        return FORMATS.read(in);
    }

    /** Count, then the records. */
    public static void writeAll(ByteWriter out, List<MetadataRecord> records) {
        out.writeList(records, RecordCodec::write);
    }

    public static List<MetadataRecord> readAll(ByteReader in) {
        return in.readList(RecordCodec::read);
    }

    private static void writeTopic(ByteWriter out, TopicCreated record) {
        TopicImage topic = record.topic();
        out.writeLong(topic.idMsb());
        out.writeLong(topic.idLsb());
        out.writeString(topic.name());
        out.writeVarint(topic.partitionCount());
        out.writeBoolean(topic.internal());
        Shapes.writePlacements(out, topic.placements());
        Shapes.writeConfigs(out, topic.configs());
    }

    private static TopicCreated readTopic(ByteReader in) {
        return new TopicCreated(new TopicImage(
                in.readUuid(),
                in.readString(),
                in.readVarint(),
                in.readBoolean(),
                Placements.of(Shapes.readPlacements(in)),
                Shapes.readConfigs(in)));
    }
}
