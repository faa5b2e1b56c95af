package io.braid.broker.replication;

import io.braid.broker.replication.message.ReplicaFetchRequest.Position;
import io.braid.broker.shard.ReplicaFetch;
import io.braid.broker.shard.ReplicaInterest;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** One shard in a {@link LeaderSession}: how far its follower was sent. Owned by the session. */
final class ServedShard {
    /** No commit LSN. */
    static final long NONE = -1;

    final int shardId;
    final ReplicaInterest interest;
    int attempt = -1;
    int leaderEpoch;
    long nextLsn;
    int lastEpoch;
    long ackLsn;

    /** Commit LSN that the follower was told, and the newest that the session knows. */
    volatile long toldCommitLsn = NONE; // read by the shard thread

    long commitLsn = NONE;

    /** Of the leader's log, as it was last seen. */
    long startLsn;

    /** In the session's queue of shards to look at. */
    boolean queued;

    /** A fetch is at the shard: it waits there, or its answer is on its way. */
    boolean looking;

    /** Of that fetch: the answer to an earlier one is of no use. */
    int look;

    /** The follower has more since the shard was last told. */
    boolean ackPending;

    /** An error or a divergence was sent: nothing more until the follower sets its place anew. */
    boolean stopped;

    /** In the session's list of commit LSNs to be told. */
    boolean commitPending;

    /** The last look filled what was asked for: the follower is behind, and what it reads may be cold. */
    boolean behind;

    boolean forgotten;

    private final AtomicBoolean commitSignalled = new AtomicBoolean();
    private volatile Commit newest = new Commit(NONE, NONE);

    private record Commit(long leaderEpoch, long lsn) {}

    /** @param onCommit told that more is committed than the follower knows, until {@link #takeCommit}; on the shard thread */
    ServedShard(int shardId, Consumer<ServedShard> onCommit) {
        this.shardId = shardId;
        this.interest = (shard, epoch, lsn) -> {
            if (lsn > toldCommitLsn) {
                newest = new Commit(epoch, lsn);
                if (commitSignalled.compareAndSet(false, true)) {
                    onCommit.accept(this);
                }
            }
        };
    }

    /** Takes over the commit LSN that was last signalled; the next one is signalled again. */
    void takeCommit() {
        commitSignalled.set(false);
        Commit taken = newest;
        if (taken.leaderEpoch() == leaderEpoch) {
            commitLsn = Math.max(commitLsn, taken.lsn());
        }
    }

    /** True when the follower sets its place anew. */
    boolean update(Position position) {
        boolean anew = position.attempt() != attempt || position.leaderEpoch() != leaderEpoch;
        if (anew) {
            attempt = position.attempt();
            leaderEpoch = position.leaderEpoch();
            nextLsn = position.fetchLsn();
            lastEpoch = position.lastEpoch();
            toldCommitLsn = NONE;
            commitLsn = NONE;
            stopped = false;
            behind = true;
            looking = false;
        }
        ackLsn = position.ackLsn();
        ackPending = true;
        return anew;
    }

    /** Entries up to {@code endLsn} are on their way to the follower. */
    void sentTo(long endLsn) {
        nextLsn = endLsn;
        lastEpoch = ReplicaFetch.CONTINUES;
    }

    ReplicaFetch fetch(int brokerId, long brokerEpoch, int maxBytes) {
        return new ReplicaFetch(
                shardId, brokerId, brokerEpoch, leaderEpoch, nextLsn, lastEpoch, Math.min(ackLsn, nextLsn), maxBytes);
    }
}
