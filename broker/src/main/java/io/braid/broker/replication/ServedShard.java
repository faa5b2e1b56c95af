package io.braid.broker.replication;

import io.braid.broker.replication.message.ReplicaFetchRequest.Position;
import io.braid.broker.shard.ReplicaFetch;
import io.braid.broker.shard.ReplicaInterest;
import java.util.concurrent.atomic.AtomicLong;
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

    /** Commit LSN that the follower was told, and the newest that is known. */
    long toldCommitLsn;

    long commitLsn;

    /** Of the leader's log, as it was last seen. */
    long startLsn;

    /** In the session's queue of shards to look at. */
    boolean queued;

    /** A look is on its way to the shard's thread. */
    boolean looking;

    /** The follower has more since the last look. */
    boolean ackPending;

    /** The shard has signalled since the last look. */
    boolean signalled;

    /** An error or a divergence was sent: nothing more until the follower sets its place anew. */
    boolean stopped;

    /** In the session's list of commit LSNs to be told. */
    boolean commitPending;

    /** The last look filled what was asked for: the follower is behind, and what it reads may be cold. */
    boolean behind;

    boolean forgotten;

    private final AtomicLong signalledCommit = new AtomicLong(NONE); // shared with the shard thread

    /**
     * @param onSignal told of entries and the like; on the shard thread
     * @param onCommit told that more is committed, if it is not about to look anyway; on the shard thread
     */
    ServedShard(int shardId, Consumer<ServedShard> onSignal, Consumer<ServedShard> onCommit) {
        this.shardId = shardId;
        this.interest = new ReplicaInterest() {
            @Override
            public void onNews(int shard) {
                onSignal.accept(ServedShard.this);
            }

            @Override
            public void onCommit(int shard, long lsn) {
                if (signalledCommit.getAndSet(lsn) == NONE) {
                    onCommit.accept(ServedShard.this);
                }
            }
        };
    }

    /** The commit LSN that was signalled since the last call, or {@link #NONE}. */
    long takeSignalledCommit() {
        return signalledCommit.getAndSet(NONE);
    }

    void update(Position position) {
        if (position.attempt() != attempt || position.leaderEpoch() != leaderEpoch) {
            attempt = position.attempt();
            leaderEpoch = position.leaderEpoch();
            nextLsn = position.fetchLsn();
            lastEpoch = position.lastEpoch();
            toldCommitLsn = -1;
            stopped = false;
            behind = true;
        }
        ackLsn = position.ackLsn();
        ackPending = true;
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
