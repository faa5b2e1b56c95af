package io.braid.broker.shard;

import io.braid.controller.Command;
import io.braid.controller.Command.InSyncReplica;
import io.braid.image.ShardImage;
import java.util.List;
import java.util.Optional;

/**
 * How a replica that cannot be relied on leaves the in-sync set of its shard, and its leadership with it: because its log lost
 * entries that it had promised to keep, or because its log can no longer be written. It is asked for again until an image shows
 * the replica outside of the set.
 *
 * <p>A replica with lost entries does not lead before it was seen outside: whoever lets it in again knows what it has, be
 * it a leader that saw it catch up or an operator who asked for an unclean election. Where it is the last member it leaves
 * an empty set behind if it lost entries, so that nobody leads without being asked to. Pure; owned by the shard thread.
 */
public final class Withdrawal {
    private static final long RETRY_MS = 1000;

    private final int brokerId;
    private boolean lostEntries;
    private boolean failed;
    private Optional<ShardAssignment> newest = Optional.empty();
    private boolean inFlight;
    private long notBeforeMs = Long.MIN_VALUE;

    /** @param lostEntries whether the log was opened without entries that it had promised to keep */
    public Withdrawal(int brokerId, boolean lostEntries) {
        this.brokerId = brokerId;
        this.lostEntries = lostEntries;
    }

    /** Follows a newer image; an older one changes nothing. */
    public void onImage(ShardAssignment assignment) {
        if (newest.isPresent() && assignment.version() < newest.get().version()) {
            return;
        }
        if (!assignment.replicated() || !assignment.inSync().contains(brokerId)) {
            lostEntries = false;
        }
        newest = Optional.of(assignment);
        notBeforeMs = Long.MIN_VALUE;
    }

    /** The log is of no use from now on. */
    public void onFailed() {
        failed = true;
    }

    /** Whether this replica must not lead, whatever the newest image says. */
    public boolean refusesToLead() {
        return lostEntries;
    }

    /** The command that is due, if any: the in-sync set without this replica. */
    public Optional<Command.AlterShard> proposal(long nowMs) {
        if (inFlight || nowMs < notBeforeMs || newest.isEmpty() || !(lostEntries || failed)) {
            return Optional.empty();
        }
        ShardAssignment shard = newest.get();
        List<Integer> others =
                shard.inSync().stream().filter(id -> id != brokerId).toList();
        boolean last = others.isEmpty() && (!lostEntries || shard.leader() == ShardImage.NO_LEADER);
        Optional<ShardAssignment.Replica> self = shard.replica(brokerId);
        if (self.isEmpty() || last || !shard.inSync().contains(brokerId)) {
            return Optional.empty();
        }
        inFlight = true;
        return Optional.of(new Command.AlterShard(
                brokerId,
                self.get().brokerEpoch(),
                shard.shardId(),
                shard.leaderEpoch(),
                shard.version(),
                others.stream()
                        .map(id -> new InSyncReplica(
                                id,
                                shard.replica(id)
                                        .map(ShardAssignment.Replica::brokerEpoch)
                                        .orElse(-1L)))
                        .toList()));
    }

    /** A proposal was answered, or nobody knows what became of it: the next image tells, or it is made again. */
    public void onResult(long nowMs) {
        inFlight = false;
        notBeforeMs = nowMs + RETRY_MS;
    }
}
