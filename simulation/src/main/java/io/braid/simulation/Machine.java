package io.braid.simulation;

import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/** A machine that runs a broker, a controller, or both: its clock, what survives a process, and what survives power. */
final class Machine {
    final int number;
    final SimClock clock;
    final ControllerDisk controllerDisk = new ControllerDisk();
    /** The shards' logs of its broker, by shard. */
    private final Map<Integer, ShardDisk> shards = new TreeMap<>();

    private final Map<Integer, SnapshotCopy.Partial> copies = new TreeMap<>();

    private String bootId;
    private Uuid directoryId;
    /** Broker epoch in the clean-shutdown marker, or -1. */
    private long cleanShutdownEpoch = -1;

    Machine(int number, SimClock clock, Chance chance) {
        this.number = number;
        this.clock = clock;
        this.bootId = chance.uuid().toString();
        this.directoryId = chance.uuid();
    }

    String bootId() {
        return bootId;
    }

    Uuid directoryId() {
        return directoryId;
    }

    /** The log of a shard; empty when there was none. */
    ShardDisk disk(int shardId) {
        return shards.computeIfAbsent(shardId, id -> new ShardDisk());
    }

    /** The shard is no longer on this broker; false when nothing of it was here. */
    boolean dropDisk(int shardId) {
        copies.remove(shardId);
        ShardDisk dropped = shards.remove(shardId);
        return dropped != null && dropped.size() > 0;
    }

    /** What is there of a snapshot that is being copied; null for nothing. */
    SnapshotCopy.Partial partialCopy(int shardId) {
        return copies.get(shardId);
    }

    void partialCopy(int shardId, SnapshotCopy.Partial partial) {
        if (partial == null) {
            copies.remove(shardId);
        } else {
            copies.put(shardId, partial);
        }
    }

    /** The broker stopped cleanly. */
    void markClean(long brokerEpoch) {
        cleanShutdownEpoch = brokerEpoch;
    }

    /** A broker starts: the marker is read and removed. */
    long takeCleanMark() {
        long epoch = cleanShutdownEpoch;
        cleanShutdownEpoch = -1;
        return epoch;
    }

    /** The power fails: what was not forced is gone. */
    void losePower(String newBootId, Chance unforced) {
        bootId = newBootId;
        shards.values().forEach(disk -> disk.losePower(unforced));
    }

    /** The broker's disk is replaced by an empty one. */
    void wipe(Chance chance) {
        directoryId = chance.uuid();
        cleanShutdownEpoch = -1;
        shards.clear();
        copies.clear();
    }
}
