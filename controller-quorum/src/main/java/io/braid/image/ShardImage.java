package io.braid.image;

import java.util.List;

/**
 * One shard: the unit of replication, leadership, storage and failover. Immutable.
 *
 * <p>While it moves, {@code replicas} holds the brokers it moves to, in their order, and behind them those it leaves; it
 * leaves them once all that are added are in sync, as a reassignment of Kafka (KIP-455) does.
 *
 * @param id see {@link #id(int, int)}
 * @param replicas broker ids, the preferred leader first
 * @param isr the in-sync replicas; empty only after the last one came back without a claim to its log
 * @param leader broker id, or {@link #NO_LEADER}
 * @param leaderEpoch grows with every change of leader and with every incarnation of the leader; never goes back
 * @param version grows with every change to the shard; an in-sync set is altered against it
 * @param lastKnownLeader who led last, or {@link #NO_LEADER}: what an unclean election begins with
 * @param adding those of {@code replicas} that a move under way adds, whether in sync by now or not
 * @param removing those of {@code replicas} that the shard leaves when the move is done
 */
public record ShardImage(
        int id,
        List<Integer> replicas,
        List<Integer> isr,
        int leader,
        int leaderEpoch,
        int version,
        int lastKnownLeader,
        List<Integer> adding,
        List<Integer> removing) {
    public static final int NO_LEADER = -1;
    /** Shards a pool can have. */
    public static final int MAX_PER_POOL = 1 << 16;
    /** Pools a cluster can have. */
    public static final int MAX_POOLS = 1 << 15;

    public ShardImage {
        replicas = List.copyOf(replicas);
        isr = List.copyOf(isr);
        adding = List.copyOf(adding);
        removing = List.copyOf(removing);
    }

    /** A shard that does not move. */
    public ShardImage(
            int id,
            List<Integer> replicas,
            List<Integer> isr,
            int leader,
            int leaderEpoch,
            int version,
            int lastKnownLeader) {
        this(id, replicas, isr, leader, leaderEpoch, version, lastKnownLeader, List.of(), List.of());
    }

    /** Shard ids are pool id x 65,536 + index in the pool, so that a placement gives them without a lookup. */
    public static int id(int poolId, int index) {
        return poolId << 16 | index;
    }

    public static int poolId(int shardId) {
        return shardId >>> 16;
    }

    /** Index within the pool. */
    public static int index(int shardId) {
        return shardId & (MAX_PER_POOL - 1);
    }

    public int poolId() {
        return poolId(id);
    }

    /** Whether a move is under way. */
    public boolean moving() {
        return !adding.isEmpty() || !removing.isEmpty();
    }

    /** The replicas there are to be once no move is under way, in order. */
    public List<Integer> target() {
        return without(replicas, removing);
    }

    /** The replicas there were when the move began; all of them if none is under way. */
    public List<Integer> settledReplicas() {
        return without(replicas, adding);
    }

    /** The shard after an election or a change of the in-sync set; the epoch grows if the leader differs. */
    public ShardImage with(List<Integer> newIsr, int newLeader) {
        return with(newIsr, newLeader, newLeader == leader ? leaderEpoch : leaderEpoch + 1);
    }

    public ShardImage with(List<Integer> newIsr, int newLeader, int newLeaderEpoch) {
        int last = newLeader != NO_LEADER ? newLeader : leader != NO_LEADER ? leader : lastKnownLeader;
        return new ShardImage(id, replicas, newIsr, newLeader, newLeaderEpoch, version + 1, last, adding, removing);
    }

    /** The shard with more replicas, which have to catch up before they are in sync. */
    public ShardImage withReplicas(List<Integer> newReplicas) {
        return withReplicas(newReplicas, List.of(), List.of());
    }

    /** The next version of the shard, with other replicas. */
    public ShardImage withReplicas(List<Integer> newReplicas, List<Integer> nowAdding, List<Integer> nowRemoving) {
        List<Integer> inSync = isr.stream().filter(newReplicas::contains).toList();
        return new ShardImage(
                id, newReplicas, inSync, leader, leaderEpoch, version + 1, lastKnownLeader, nowAdding, nowRemoving);
    }

    /** The same version of the shard with its move done, and no replica but those it moved to. */
    public ShardImage moved() {
        List<Integer> left = target();
        List<Integer> inSync = isr.stream().filter(left::contains).toList();
        return new ShardImage(id, left, inSync, leader, leaderEpoch, version, lastKnownLeader, List.of(), List.of());
    }

    /** The same version of the shard with another last-known leader. */
    public ShardImage withLastKnown(int brokerId) {
        return new ShardImage(id, replicas, isr, leader, leaderEpoch, version, brokerId, adding, removing);
    }

    private static List<Integer> without(List<Integer> from, List<Integer> those) {
        return those.isEmpty()
                ? from
                : from.stream().filter(id -> !those.contains(id)).toList();
    }
}
