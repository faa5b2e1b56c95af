package io.braid.broker.shard;

import io.braid.controller.Command;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shards whose log directory could not be opened: each leaves its in-sync set, so that others lead and need not wait for it.
 * Thread-safe.
 */
final class OfflineShards {
    private static final Logger LOG = LoggerFactory.getLogger(OfflineShards.class);

    private final int brokerId;
    private final InSyncProposer proposer;
    private final Map<Integer, Withdrawal> withdrawals = new HashMap<>();

    OfflineShards(int brokerId, InSyncProposer proposer) {
        this.brokerId = brokerId;
        this.proposer = proposer;
    }

    /** A newer image names this broker as a replica. */
    synchronized void onImage(ShardAssignment assignment) {
        Withdrawal withdrawal = withdrawals.computeIfAbsent(assignment.shardId(), id -> {
            Withdrawal made = new Withdrawal(brokerId, false);
            made.onFailed();
            return made;
        });
        withdrawal.onImage(assignment);
    }

    /** Makes the proposals that are due; about every second. */
    synchronized void tick(long nowMs) {
        withdrawals.values().forEach(one -> one.proposal(nowMs).ifPresent(command -> propose(one, command)));
    }

    private void propose(Withdrawal withdrawal, Command.AlterShard command) {
        LOG.warn("event=in_sync_set_left shard={} members={}", command.shardId(), command.inSync());
        var unused = proposer.propose(command)
                .whenComplete((result, failure) -> onResult(withdrawal, System.currentTimeMillis()));
    }

    private synchronized void onResult(Withdrawal withdrawal, long nowMs) {
        withdrawal.onResult(nowMs);
    }
}
