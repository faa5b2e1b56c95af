package io.braid.broker.replication.message;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import io.braid.controller.MalformedException;
import java.util.List;

/**
 * A follower asks a leader for more, and says what it has. It names only the shards of which it has something new to say;
 * the leader remembers the rest of the session, which ends with the connection. Several may be on their way.
 */
public final class ReplicaFetchRequest extends ReplicationMessage {
    private Follower follower = new Follower("", -1, -1, -1, Lane.IN_SYNC);
    private int number;
    private long metadataVersion;
    private int maxWaitMs;
    private int maxBytes;
    private List<Position> positions = List.of();
    private List<Integer> forgotten = List.of();

    public ReplicaFetchRequest() {
        super(ReplicationApis.REPLICA_FETCH);
    }

    /**
     * Who asks whom; the same in every request of a session.
     *
     * @param clusterId of the follower
     * @param leaderId the broker that the follower means to speak to
     * @param brokerId the follower
     * @param brokerEpoch its incarnation
     */
    public record Follower(String clusterId, int leaderId, int brokerId, long brokerEpoch, Lane lane) {}

    /**
     * News of one shard.
     *
     * @param attempt counts the times the follower set its place anew. When it is the one the leader has, only
     *     {@code ackLsn} counts; else the leader begins again from {@code fetchLsn}. Answers repeat it, so that the follower
     *     can drop those that were on their way
     * @param leaderEpoch under which the follower follows
     * @param fetchLsn the first entry that is wanted
     * @param lastEpoch of the follower's last entry, -1 if it has none
     * @param ackLsn every entry below is as safe at the follower as the {@code flush} setting wants
     */
    public record Position(int shardId, int attempt, int leaderEpoch, long fetchLsn, int lastEpoch, long ackLsn) {
        static void write(ByteWriter out, Position p) {
            out.writeVarint(p.shardId);
            out.writeVarint(p.attempt);
            out.writeVarint(p.leaderEpoch);
            out.writeVarlong(p.fetchLsn);
            out.writeSigned(p.lastEpoch);
            out.writeVarlong(p.ackLsn);
        }

        static Position read(ByteReader in) {
            return new Position(
                    in.readVarint(),
                    in.readVarint(),
                    in.readVarint(),
                    in.readVarlong(),
                    in.readSignedInt(),
                    in.readVarlong());
        }
    }

    /**
     * @param number 0, 1, 2 ... in the session
     * @param metadataVersion of the follower's image
     * @param maxWaitMs how long the leader may keep the request while there is no news
     * @param maxBytes of entries in the answer; one entry may exceed it
     * @param forgotten shards that are no longer followed in this session
     */
    public ReplicaFetchRequest(
            Follower follower,
            int number,
            long metadataVersion,
            int maxWaitMs,
            int maxBytes,
            List<Position> positions,
            List<Integer> forgotten) {
        this();
        this.follower = follower;
        this.number = number;
        this.metadataVersion = metadataVersion;
        this.maxWaitMs = maxWaitMs;
        this.maxBytes = maxBytes;
        this.positions = List.copyOf(positions);
        this.forgotten = List.copyOf(forgotten);
    }

    public Follower follower() {
        return follower;
    }

    public int number() {
        return number;
    }

    public long metadataVersion() {
        return metadataVersion;
    }

    public int maxWaitMs() {
        return maxWaitMs;
    }

    public int maxBytes() {
        return maxBytes;
    }

    public List<Position> positions() {
        return positions;
    }

    public List<Integer> forgotten() {
        return forgotten;
    }

    @Override
    void encode(ByteWriter out) {
        out.writeString(follower.clusterId());
        out.writeSigned(follower.leaderId());
        out.writeSigned(follower.brokerId());
        out.writeSigned(follower.brokerEpoch());
        out.writeByte(follower.lane() == Lane.IN_SYNC ? 0 : 1);
        out.writeVarint(number);
        out.writeVarlong(metadataVersion);
        out.writeVarint(maxWaitMs);
        out.writeVarint(maxBytes);
        out.writeList(positions, Position::write);
        out.writeList(forgotten, ByteWriter::writeVarint);
    }

    @Override
    void decode(ByteReader in, PayloadSource payloads) {
        String clusterId = in.readString();
        int leaderId = in.readSignedInt();
        int brokerId = in.readSignedInt();
        long brokerEpoch = in.readSigned();
        follower = new Follower(clusterId, leaderId, brokerId, brokerEpoch, lane(in.readByte()));
        number = in.readVarint();
        metadataVersion = in.readVarlong();
        maxWaitMs = in.readVarint();
        maxBytes = in.readVarint();
        positions = in.readList(Position::read);
        forgotten = in.readList(ByteReader::readVarint);
    }

    private static Lane lane(byte code) {
        return switch (code) {
            case 0 -> Lane.IN_SYNC;
            case 1 -> Lane.CATCHING_UP;
            default -> throw new MalformedException("no lane " + code);
        };
    }
}
