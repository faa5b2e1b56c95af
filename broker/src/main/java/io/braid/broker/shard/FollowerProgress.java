package io.braid.broker.shard;

/**
 * What a leader knows of one follower's incarnation in its own leader epoch. Owned by the shard thread.
 */
final class FollowerProgress {
    private final int brokerId;
    private final long brokerEpoch;

    private boolean matched;
    private long ackLsn;
    private long lastCaughtUpMs;
    private boolean everCaughtUp;
    private long lastFetchMs;
    private long endAtLastFetch = Long.MAX_VALUE;

    /** @param sinceMs begin of the time that the follower is given to catch up */
    FollowerProgress(int brokerId, long brokerEpoch, long sinceMs) {
        this.brokerId = brokerId;
        this.brokerEpoch = brokerEpoch;
        this.lastCaughtUpMs = sinceMs;
    }

    int brokerId() {
        return brokerId;
    }

    long brokerEpoch() {
        return brokerEpoch;
    }

    /** Whether its log was compared and found to be a prefix of the leader's. */
    boolean matched() {
        return matched;
    }

    /** Every entry below is as safe there as the flush setting wants; 0 while nothing is known. */
    long ackLsn() {
        return ackLsn;
    }

    /** A fetch whose place was compared with the leader's log: as Kafka does, it also tells when the follower caught up. */
    void onFetch(long ack, long leaderEndLsn, long nowMs) {
        matched = true;
        ackLsn = Math.max(ackLsn, ack);
        if (ackLsn >= leaderEndLsn) {
            caughtUp(nowMs);
        } else if (ackLsn >= endAtLastFetch) {
            caughtUp(lastFetchMs);
        }
        lastFetchMs = nowMs;
        endAtLastFetch = leaderEndLsn;
    }

    /**
     * Time passes. A follower of an idle shard is not asked, so it counts as caught up for as long as it has everything; its lag
     * begins with the next append.
     */
    void tick(long leaderEndLsn, long nowMs) {
        if (ackLsn >= leaderEndLsn) {
            caughtUp(nowMs);
        }
    }

    boolean lags(long leaderEndLsn, long nowMs, long lagTimeMaxMs) {
        return ackLsn < leaderEndLsn && nowMs - lastCaughtUpMs > lagTimeMaxMs;
    }

    /** Whether it had all that the leader had at some moment that is not long ago. */
    boolean caughtUpSince(long sinceMs) {
        return matched && everCaughtUp && lastCaughtUpMs >= sinceMs;
    }

    private void caughtUp(long atMs) {
        everCaughtUp = true;
        lastCaughtUpMs = Math.max(lastCaughtUpMs, atMs);
    }
}
