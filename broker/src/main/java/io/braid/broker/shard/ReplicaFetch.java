package io.braid.broker.shard;

/**
 * A follower asks its leader for the entries of one shard, and says what it has. Immutable.
 *
 * @param brokerId the follower
 * @param brokerEpoch its incarnation: progress of a dead one counts for nothing (KIP-903)
 * @param leaderEpoch under which it follows
 * @param fetchLsn the first entry that is wanted
 * @param lastEpoch leader epoch of the follower's entry before {@code fetchLsn}, -1 when that is 0; or {@link #CONTINUES}
 * @param ackLsn every entry below is as safe at the follower as the {@code flush} setting wants; at most {@code fetchLsn}
 * @param maxBytes of entries in the answer; one entry may exceed it; 0 for the state alone
 */
public record ReplicaFetch(
        int shardId,
        int brokerId,
        long brokerEpoch,
        int leaderEpoch,
        long fetchLsn,
        int lastEpoch,
        long ackLsn,
        int maxBytes) {
    /**
     * For {@code lastEpoch}: {@code fetchLsn} goes on where an answer ended that this leader gave to this follower in this
     * leader epoch, so that there is nothing to compare. Whoever keeps several requests on their way asks so, because the
     * follower has not appended yet what comes before.
     */
    public static final int CONTINUES = -2;

    public ReplicaFetch {
        if (fetchLsn < 0 || ackLsn < 0 || ackLsn > fetchLsn) {
            throw new IllegalArgumentException("fetchLsn=" + fetchLsn + " ackLsn=" + ackLsn);
        }
    }
}
