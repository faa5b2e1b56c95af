package io.braid.broker.replication.message;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;

/** A follower that is below what the leader's log still has asks for a copy of the shard: pins its files, lists them. */
public final class ReplicaSnapshotRequest extends ReplicationMessage {
    private ReplicaFetchRequest.Follower follower = new ReplicaFetchRequest.Follower("", -1, -1, -1, Lane.CATCHING_UP);
    private int shardId;
    private int leaderEpoch;

    public ReplicaSnapshotRequest() {
        super(ReplicationApis.REPLICA_SNAPSHOT);
    }

    /** @param leaderEpoch under which the follower follows */
    public ReplicaSnapshotRequest(ReplicaFetchRequest.Follower follower, int shardId, int leaderEpoch) {
        this();
        this.follower = follower;
        this.shardId = shardId;
        this.leaderEpoch = leaderEpoch;
    }

    public ReplicaFetchRequest.Follower follower() {
        return follower;
    }

    public int shardId() {
        return shardId;
    }

    public int leaderEpoch() {
        return leaderEpoch;
    }

    @Override
    void encode(ByteWriter out) {
        out.writeString(follower.clusterId());
        out.writeSigned(follower.leaderId());
        out.writeSigned(follower.brokerId());
        out.writeSigned(follower.brokerEpoch());
        out.writeVarint(shardId);
        out.writeVarint(leaderEpoch);
    }

    @Override
    void decode(ByteReader in, PayloadSource payloads) {
        follower = new ReplicaFetchRequest.Follower(
                in.readString(), in.readSignedInt(), in.readSignedInt(), in.readSigned(), Lane.CATCHING_UP);
        shardId = in.readVarint();
        leaderEpoch = in.readVarint();
    }
}
