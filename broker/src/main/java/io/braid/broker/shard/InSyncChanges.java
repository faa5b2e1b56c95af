package io.braid.broker.shard;

import io.braid.controller.Command;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the changes of a shard's in-sync set to the controllers, and their results back to who asked for them: the leader, or a replica
 * that leaves. Each of the two has at most one change on its way.
 *
 * <p>Owned by the shard thread; results come from other threads and enter through it.
 */
final class InSyncChanges {
    private static final Logger LOG = LoggerFactory.getLogger(InSyncChanges.class);

    private final int shardId;
    private final ShardReplica replica;
    private final Withdrawal withdrawal;
    private final InSyncProposer proposer;
    private final ShardThread thread;
    private final Runnable onLeaderResult;

    /** @param onLeaderResult runs on the shard thread when the leader has its result: there may be something to commit */
    InSyncChanges(
            int shardId,
            ShardReplica replica,
            Withdrawal withdrawal,
            InSyncProposer proposer,
            ShardThread thread,
            Runnable onLeaderResult) {
        this.shardId = shardId;
        this.replica = replica;
        this.withdrawal = withdrawal;
        this.proposer = proposer;
        this.thread = thread;
        this.onLeaderResult = onLeaderResult;
    }

    /** Has this replica taken out of the in-sync set if that is due. */
    void withdraw(long nowMs) {
        withdrawal.proposal(nowMs).ifPresent(this::leave);
    }

    /** Makes the leader's proposal that is due, if any. */
    void propose(long nowMs) {
        replica.proposal(nowMs).ifPresent(this::submit);
    }

    private void submit(Command.AlterShard command) {
        LOG.info(
                "event=in_sync_set_proposed shard={} epoch={} version={} members={}",
                shardId,
                command.leaderEpoch(),
                command.version(),
                command.inSync());
        var unused = proposer.propose(command).whenComplete((result, thrown) -> {
            Errors error = thrown == null ? result.error() : Errors.REQUEST_TIMED_OUT;
            thread.submitSurely(nowMs -> onResult(command, error, nowMs));
        });
    }

    private void onResult(Command.AlterShard command, Errors error, long nowMs) {
        if (error != Errors.NONE) {
            LOG.info("event=in_sync_set_refused shard={} version={} error={}", shardId, command.version(), error);
        }
        replica.onProposalResult(command, error, nowMs);
        onLeaderResult.run();
    }

    private void leave(Command.AlterShard command) {
        LOG.warn(
                "event=in_sync_set_left shard={} epoch={} version={} members={}",
                shardId,
                command.leaderEpoch(),
                command.version(),
                command.inSync());
        var unused = proposer.propose(command)
                .whenComplete((result, thrown) -> thread.submitSurely(nowMs -> {
                    if (thrown != null || result.error() != Errors.NONE) {
                        LOG.info(
                                "event=in_sync_set_not_left shard={} error={}",
                                shardId,
                                thrown == null ? result : thrown);
                    }
                    withdrawal.onResult(nowMs);
                }));
    }
}
