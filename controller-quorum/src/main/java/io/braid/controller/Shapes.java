package io.braid.controller;

import io.braid.image.BrokerImage;
import io.braid.image.Configs;
import io.braid.image.ControllerImage;
import io.braid.image.Endpoint;
import io.braid.image.FeatureRange;
import io.braid.image.Placement;
import io.braid.image.ShardImage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The parts that commands and records have in common. */
final class Shapes {
    private Shapes() {}

    static void writeConfigs(ByteWriter out, Configs configs) {
        out.writeVarint(configs.size());
        configs.forEach((key, value) -> {
            out.writeString(key);
            out.writeString(value);
        });
    }

    static Configs readConfigs(ByteReader in) {
        int count = in.readVarint();
        if (count < 0 || count > in.remaining()) {
            throw new MalformedException("more configs than bytes: " + count);
        }
        if (count == 0) {
            return Configs.EMPTY;
        }
        Map<String, String> configs = new HashMap<>();
        for (int i = 0; i < count; i++) {
            configs.put(in.readString(), in.readString());
        }
        return Configs.of(configs);
    }

    static void writeEndpoint(ByteWriter out, Endpoint endpoint) {
        out.writeString(endpoint.listener());
        out.writeString(endpoint.host());
        out.writeVarint(endpoint.port());
    }

    static Endpoint readEndpoint(ByteReader in) {
        return new Endpoint(in.readString(), in.readString(), in.readVarint());
    }

    static void writeFeature(ByteWriter out, FeatureRange feature) {
        out.writeString(feature.name());
        out.writeVarint(feature.min());
        out.writeVarint(feature.max());
    }

    static FeatureRange readFeature(ByteReader in) {
        return new FeatureRange(in.readString(), in.readShort(), in.readShort());
    }

    static void writeRack(ByteWriter out, Optional<String> rack) {
        out.writeBoolean(rack.isPresent());
        rack.ifPresent(out::writeString);
    }

    static Optional<String> readRack(ByteReader in) {
        return in.readBoolean() ? Optional.of(in.readString()) : Optional.empty();
    }

    static void writeBroker(ByteWriter out, BrokerImage broker) {
        out.writeVarint(broker.id());
        out.writeVarlong(broker.epoch());
        out.writeUuid(broker.incarnation());
        out.writeString(broker.bootId());
        out.writeList(broker.directoryIds(), ByteWriter::writeUuid);
        out.writeList(broker.endpoints(), Shapes::writeEndpoint);
        writeRack(out, broker.rack());
        out.writeList(broker.features(), Shapes::writeFeature);
        out.writeBoolean(broker.fenced());
    }

    static BrokerImage readBroker(ByteReader in) {
        return new BrokerImage(
                in.readVarint(),
                in.readVarlong(),
                in.readUuid(),
                in.readString(),
                in.readList(ByteReader::readUuid),
                in.readList(Shapes::readEndpoint),
                readRack(in),
                in.readList(Shapes::readFeature),
                in.readBoolean());
    }

    static void writeShard(ByteWriter out, ShardImage shard) {
        out.writeVarint(shard.id());
        out.writeList(shard.replicas(), ByteWriter::writeVarint);
        out.writeList(shard.isr(), ByteWriter::writeVarint);
        out.writeSigned(shard.leader());
        out.writeVarint(shard.leaderEpoch());
        out.writeVarint(shard.version());
        out.writeSigned(shard.lastKnownLeader());
    }

    static ShardImage readShard(ByteReader in) {
        return new ShardImage(
                in.readVarint(),
                in.readList(ByteReader::readVarint),
                in.readList(ByteReader::readVarint),
                in.readSignedInt(),
                in.readVarint(),
                in.readVarint(),
                in.readSignedInt());
    }

    /** A shard with the replicas that a move adds and removes. */
    static void writeMovingShard(ByteWriter out, ShardImage shard) {
        writeShard(out, shard);
        out.writeList(shard.adding(), ByteWriter::writeVarint);
        out.writeList(shard.removing(), ByteWriter::writeVarint);
    }

    static ShardImage readMovingShard(ByteReader in) {
        ShardImage shard = readShard(in);
        return new ShardImage(
                shard.id(),
                shard.replicas(),
                shard.isr(),
                shard.leader(),
                shard.leaderEpoch(),
                shard.version(),
                shard.lastKnownLeader(),
                in.readList(ByteReader::readVarint),
                in.readList(ByteReader::readVarint));
    }

    static void writeController(ByteWriter out, ControllerImage controller) {
        out.writeVarint(controller.nodeId());
        out.writeVarint(controller.generation());
        out.writeString(controller.host());
        out.writeVarint(controller.controllerPort());
        out.writeVarint(controller.raftPort());
        out.writeBoolean(controller.joined());
    }

    static ControllerImage readController(ByteReader in) {
        return new ControllerImage(
                in.readVarint(), in.readVarint(), in.readString(), in.readVarint(), in.readVarint(), in.readBoolean());
    }

    static void writePlacements(ByteWriter out, List<Placement> placements) {
        out.writeList(placements, (to, placement) -> {
            to.writeVarint(placement.fromPartition());
            to.writeVarint(placement.poolId());
            to.writeVarint(placement.first());
            to.writeVarint(placement.stride());
            to.writeVarint(placement.modulus());
        });
    }

    static List<Placement> readPlacements(ByteReader in) {
        return in.readList(from -> new Placement(
                from.readVarint(), from.readVarint(), from.readVarint(), from.readVarint(), from.readVarint()));
    }
}
