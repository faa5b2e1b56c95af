package io.braid.broker.shard;

import io.braid.controller.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.Errors;

/**
 * One leader epoch of this broker: the followers' progress, and the in-sync set that follows from it.
 *
 * <p>It begins with nothing known of any follower, so that nothing of an earlier epoch counts. Owned by the shard thread.
 */
final class LeaderState {
    /** After a proposal that was refused, or whose outcome is not known, before the next. */
    private static final long RETRY_MS = 500;

    private final ReplicaConfig config;
    private final long epochStartLsn;
    private final InSyncSet inSync;
    private final TreeMap<Integer, FollowerProgress> followers = new TreeMap<>();
    private ShardAssignment assignment;
    private long proposeNotBeforeMs;

    /**
     * @param epochStartLsn everything below was there when the epoch began, its own start entry included: once that much is
     *     committed, all that earlier leaders committed is known to be
     */
    LeaderState(ReplicaConfig config, ShardAssignment assignment, long epochStartLsn, long nowMs) {
        this.config = config;
        this.assignment = assignment;
        this.epochStartLsn = epochStartLsn;
        this.inSync = new InSyncSet(assignment.version(), assignment.inSync());
        trackReplicas(nowMs);
    }

    int leaderEpoch() {
        return assignment.leaderEpoch();
    }

    long epochStartLsn() {
        return epochStartLsn;
    }

    /** Members of the committed in-sync set. */
    int inSyncCount() {
        return inSync.committed().size();
    }

    /** The same epoch in a newer image. */
    void assign(ShardAssignment newer, long nowMs) {
        assignment = newer;
        inSync.onImage(newer.version(), newer.inSync());
        trackReplicas(nowMs);
        proposeNotBeforeMs = 0;
    }

    private void trackReplicas(long nowMs) {
        followers.keySet().removeIf(id -> assignment.replica(id).isEmpty());
        for (ShardAssignment.Replica replica : assignment.replicas()) {
            FollowerProgress known = followers.get(replica.brokerId());
            if (replica.brokerId() != config.brokerId()
                    && (known == null || known.brokerEpoch() < replica.brokerEpoch())) {
                followers.put(
                        replica.brokerId(), new FollowerProgress(replica.brokerId(), replica.brokerEpoch(), nowMs));
            }
        }
    }

    // ---- commit

    /** True when no copy but this broker's counts. */
    boolean alone() {
        int[] union = inSync.union();
        return union.length == 0 || (union.length == 1 && union[0] == config.brokerId());
    }

    /** What is safe on every member, this broker's own part given. */
    long safeLsn(long ownLsn) {
        long safe = ownLsn;
        for (int member : inSync.union()) {
            if (member != config.brokerId()) {
                FollowerProgress progress = followers.get(member);
                safe = Math.min(safe, progress == null ? 0 : progress.ackLsn());
            }
        }
        return safe;
    }

    // ---- followers

    /** Why a fetch is refused, whatever is in the log. */
    Errors refusal(ReplicaFetch fetch) {
        if (fetch.leaderEpoch() != leaderEpoch()) {
            return fetch.leaderEpoch() < leaderEpoch() ? Errors.FENCED_LEADER_EPOCH : Errors.UNKNOWN_LEADER_EPOCH;
        }
        FollowerProgress progress = followers.get(fetch.brokerId());
        if (progress == null) {
            return Errors.NOT_LEADER_OR_FOLLOWER;
        }
        return fetch.brokerEpoch() < progress.brokerEpoch() ? Errors.STALE_BROKER_EPOCH : Errors.NONE;
    }

    /** Whether this very incarnation's log was compared with ours in this epoch. */
    boolean matched(ReplicaFetch fetch) {
        FollowerProgress progress = followers.get(fetch.brokerId());
        return progress != null && progress.brokerEpoch() == fetch.brokerEpoch() && progress.matched();
    }

    /** A fetch that was not refused and does not diverge. */
    void onFetch(ReplicaFetch fetch, long endLsn, long nowMs) {
        FollowerProgress progress = followers.get(fetch.brokerId());
        if (progress.brokerEpoch() < fetch.brokerEpoch()) {
            // An incarnation that our image does not show yet: what the dead one had counts no more.
            progress = new FollowerProgress(fetch.brokerId(), fetch.brokerEpoch(), nowMs);
            followers.put(fetch.brokerId(), progress);
        }
        progress.onFetch(Math.min(fetch.ackLsn(), endLsn), endLsn, nowMs);
    }

    // ---- the in-sync set

    void tick(long endLsn, long nowMs) {
        for (FollowerProgress progress : followers.values()) {
            progress.tick(endLsn, nowMs);
        }
    }

    /** The change that is due, if any; it counts as proposed from now on. */
    Optional<Command.AlterShard> proposal(long commitLsn, long endLsn, long nowMs) {
        if (followers.isEmpty() || !inSync.mayPropose() || nowMs < proposeNotBeforeMs) {
            return Optional.empty();
        }
        Optional<ShardAssignment.Replica> self = assignment.replica(config.brokerId());
        if (self.isEmpty() || !self.get().unfenced()) {
            return Optional.empty();
        }
        List<Command.InSyncReplica> wanted = wanted(commitLsn, endLsn, nowMs);
        boolean same = wanted.size() == inSync.committed().size()
                && wanted.stream().allMatch(member -> inSync.committed().contains(member.brokerId()));
        if (same && !inSync.mustMoveOn()) {
            return Optional.empty();
        }
        Command.AlterShard command = new Command.AlterShard(
                config.brokerId(),
                self.get().brokerEpoch(),
                assignment.shardId(),
                leaderEpoch(),
                inSync.version(),
                wanted);
        inSync.onProposed(command);
        return Optional.of(command);
    }

    /** @param error REQUEST_TIMED_OUT and the like when it is not known what became of it */
    void onProposalResult(Command.AlterShard command, Errors error, long nowMs) {
        inSync.onResult(command, error);
        if (error != Errors.NONE) {
            proposeNotBeforeMs = nowMs + RETRY_MS;
        }
    }

    private List<Command.InSyncReplica> wanted(long commitLsn, long endLsn, long nowMs) {
        List<Command.InSyncReplica> wanted = new ArrayList<>();
        for (ShardAssignment.Replica replica : assignment.replicas()) {
            FollowerProgress progress = followers.get(replica.brokerId());
            boolean keep;
            if (progress == null) {
                keep = true; // this broker
            } else if (!replica.unfenced()) {
                keep = false;
            } else if (inSync.committed().contains(replica.brokerId())) {
                keep = !progress.lags(endLsn, nowMs, config.lagTimeMaxMs());
            } else {
                keep = mayJoin(progress, replica, commitLsn, nowMs);
            }
            if (keep) {
                wanted.add(new Command.InSyncReplica(replica.brokerId(), replica.brokerEpoch()));
            }
        }
        return wanted;
    }

    private boolean mayJoin(FollowerProgress progress, ShardAssignment.Replica replica, long commitLsn, long nowMs) {
        return progress.brokerEpoch() == replica.brokerEpoch()
                && progress.ackLsn() >= commitLsn
                && progress.ackLsn() >= epochStartLsn
                && progress.caughtUpSince(nowMs - config.lagTimeMaxMs());
    }
}
