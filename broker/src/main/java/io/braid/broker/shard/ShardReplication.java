package io.braid.broker.shard;

import io.braid.image.ShardImage;
import io.braid.log.EntryRun;
import io.braid.log.SnapshotInstall;
import io.braid.log.SnapshotManifest;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;

/**
 * The shards of this broker as replication sees them: those that it leads answer fetches, those that it follows take answers, and a
 * log can be replaced by a copy.
 *
 * <p>Thread-safe; each piece of work runs on the thread of its shard.
 */
public final class ShardReplication {
    private final LogDirectories directories;
    private final OpenShards shards;
    private final AssignedShards assigned;

    ShardReplication(LogDirectories directories, OpenShards shards, AssignedShards assigned) {
        this.directories = directories;
        this.shards = shards;
        this.assigned = assigned;
    }

    // ---- a leader and its followers

    /**
     * Answers a follower as soon as there are entries, an error or a divergence. Any thread.
     *
     * @param interest hears meanwhile of what is committed, first of what is committed by now. Of two fetches with one interest the later one takes the place of the one
     *     that waits, which is then never answered. Null: the answer comes at once, also without entries
     * @param reads runs the read of the entries, which blocks when they are cold
     * @param answer called at most once, on the shard thread or by {@code reads}; owns the entries; must not block
     */
    public void serve(ReplicaFetch fetch, ReplicaInterest interest, Executor reads, Consumer<ReplicaAnswer> answer) {
        if (!shards.tell(fetch.shardId(), (host, nowMs) -> host.serveReplica(fetch, interest, reads, answer, nowMs))) {
            Optional<ShardAssignment> known = assigned.assignment(fetch.shardId());
            answer.accept(new ReplicaAnswer(
                    fetch.shardId(),
                    Errors.NOT_LEADER_OR_FOLLOWER,
                    known.map(ShardAssignment::leader).orElse(ShardImage.NO_LEADER),
                    known.map(ShardAssignment::leaderEpoch).orElse(-1),
                    0,
                    0,
                    0,
                    Optional.empty(),
                    EntryRun.empty(fetch.fetchLsn())));
        }
    }

    /**
     * Takes note of what a follower has, as its fetch says; there is no answer. Any thread.
     *
     * @return false if the shard's thread is too busy to take it, or the shard is not here
     */
    public boolean acknowledge(ReplicaFetch fetch) {
        return shards.tell(fetch.shardId(), (host, nowMs) -> host.acknowledge(fetch, nowMs));
    }

    /** A fetch that waits with this interest is given up; one that is being answered still comes. Any thread. */
    public void forget(int shardId, ReplicaInterest interest) {
        shards.tell(shardId, (host, nowMs) -> host.forget(interest));
    }

    // ---- a follower and its leader

    /** Where this broker goes on to follow the shard. Any thread; {@code position} is called once, on the shard thread. */
    public void position(int shardId, Consumer<FollowerPosition> position) {
        if (!shards.tell(
                shardId, (host, nowMs) -> position.accept(host.following().position()))) {
            position.accept(FollowerPosition.failed(shardId, Errors.NOT_LEADER_OR_FOLLOWER));
        }
    }

    /**
     * Takes a leader's answer: truncates or appends, and notes what is committed. Any thread; answers of one shard in their order.
     * Owns the entries.
     *
     * @param position where to go on, also when the answer did not fit and was dropped; called once, on the shard thread
     */
    public void apply(ReplicaAnswer answer, Consumer<FollowerPosition> position) {
        if (!shards.tell(
                answer.shardId(),
                (host, nowMs) -> position.accept(host.following().apply(answer, nowMs)))) {
            answer.entries().release();
            position.accept(FollowerPosition.failed(answer.shardId(), Errors.NOT_LEADER_OR_FOLLOWER));
        }
    }

    // ---- copies of logs

    /**
     * Begins to copy another replica's log in the place of a shard's own, or goes on with that. The own log stays in use until
     * {@link #finishInstall}. Blocks.
     */
    public SnapshotInstall beginInstall(int shardId, SnapshotManifest manifest) throws IOException {
        return directories.install(shardId, manifest);
    }

    /**
     * Puts a complete copy in the place of the shard's log and opens it. Until then the shard answers as one that is not here;
     * afterwards it has the role that the newest image says. Blocks; not on a shard thread.
     *
     * @throws IOException the copy could not be put in place, or not be opened; the old log is in use again if it still can be
     */
    public void finishInstall(int shardId, SnapshotInstall install) throws IOException {
        assigned.replaceLog(shardId, install);
    }
}
