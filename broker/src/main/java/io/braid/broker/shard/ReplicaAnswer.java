package io.braid.broker.shard;

import io.braid.log.EntryRun;
import io.braid.log.table.EpochEndLsn;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/**
 * A leader's answer to a {@link ReplicaFetch}. Whoever has it owns its entries.
 *
 * @param error NONE; NOT_LEADER_OR_FOLLOWER, FENCED_LEADER_EPOCH or UNKNOWN_LEADER_EPOCH: the images of the two differ, ask
 *     again when ours has caught up or after a while; STALE_BROKER_EPOCH: the follower's incarnation is over;
 *     OFFSET_OUT_OF_RANGE: the entries are gone below {@code startLsn}, copy a snapshot; KAFKA_STORAGE_ERROR
 * @param leaderId of the shard as far as the answering broker knows, or -1
 * @param leaderEpoch as far as the answering broker knows, or -1
 * @param commitLsn every entry below is committed
 * @param startLsn of the leader's log
 * @param endLsn of the leader's log when it was asked, or a little later; what a reply over the network does not say
 * @param divergence the follower has entries that the leader does not have: the last epoch of the leader's that is not above
 *     the follower's, and where it ends at the leader
 * @param entries from {@code fetchLsn} on; empty on an error or a divergence
 */
public record ReplicaAnswer(
        int shardId,
        Errors error,
        int leaderId,
        int leaderEpoch,
        long commitLsn,
        long startLsn,
        long endLsn,
        Optional<EpochEndLsn> divergence,
        EntryRun entries) {
    public ReplicaAnswer {
        Objects.requireNonNull(error);
        Objects.requireNonNull(divergence);
        Objects.requireNonNull(entries);
    }

    /** True when the leader goes along with the follower, whether or not there are entries. */
    public boolean matches() {
        return error == Errors.NONE && divergence.isEmpty();
    }

    /** The same answer with entries; takes ownership of them. */
    public ReplicaAnswer with(EntryRun found) {
        return new ReplicaAnswer(shardId, error, leaderId, leaderEpoch, commitLsn, startLsn, endLsn, divergence, found);
    }

    /** The same state with an error in place of entries. */
    public ReplicaAnswer failed(Errors why) {
        return new ReplicaAnswer(
                shardId,
                why,
                leaderId,
                leaderEpoch,
                commitLsn,
                startLsn,
                endLsn,
                Optional.empty(),
                EntryRun.empty(entries.firstLsn()));
    }
}
