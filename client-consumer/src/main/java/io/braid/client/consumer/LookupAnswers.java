package io.braid.client.consumer;

import io.braid.client.consumer.AssignedPartition.Stage;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;

/**
 * What lookups of positions have found. Each takes the partition, and its generation when it was taken by {@link
 * Positions#takeUnsettled}; what is not waited for any more is passed over. Owned as the {@link Fetcher} is.
 */
final class LookupAnswers {
    private final FetchSettings settings;
    private final Positions positions;
    private final ReceivedChunks received;
    private final FetchSessions sessions;
    private final Delays delays;
    private final ReadFailures failures;

    LookupAnswers(
            FetchSettings settings,
            Positions positions,
            ReceivedChunks received,
            FetchSessions sessions,
            Delays delays,
            ReadFailures failures) {
        this.settings = settings;
        this.positions = positions;
        this.received = received;
        this.sessions = sessions;
        this.delays = delays;
        this.failures = failures;
    }

    private static boolean awaits(AssignedPartition partition, int generation, Stage stage) {
        return partition.asked && partition.generation == generation && partition.stage == stage;
    }

    /** @param offset negative when nothing was committed */
    void onCommitted(AssignedPartition partition, int generation, long offset, int leaderEpoch, long nowNs) {
        if (!awaits(partition, generation, Stage.NEEDS_COMMITTED)) {
            return;
        }
        partition.asked = false;
        if (offset < 0) {
            positions.beginByReset(partition, nowNs);
        } else {
            positions.set(partition, offset, leaderEpoch);
            sessions.place(partition, nowNs);
        }
    }

    void onOffset(AssignedPartition partition, int generation, long offset, int leaderEpoch, long nowNs) {
        if (!awaits(partition, generation, Stage.NEEDS_OFFSET)) {
            return;
        }
        partition.asked = false;
        if (offset < 0) { // no record is as young as that: with the next one
            partition.reset = OffsetReset.latest();
            positions.unsettle(partition);
            return;
        }
        partition.failures = 0;
        positions.setValid(partition, offset, leaderEpoch);
        sessions.place(partition, nowNs);
    }

    /**
     * Where the leader's log of an epoch ends.
     *
     * @param endOffset negative when the leader does not know the epoch
     */
    void onEpochEnd(AssignedPartition partition, int generation, int endEpoch, long endOffset, long nowNs) {
        if (!awaits(partition, generation, Stage.NEEDS_VALIDATION)) {
            return;
        }
        partition.asked = false;
        partition.failures = 0;
        if (endOffset >= partition.fetchOffset) {
            partition.stage = Stage.READY;
            received.offer(partition, false);
        } else if (partition.position < partition.fetchOffset) {
            // What was fetched ahead was cut off, or the answer is from before it: back to what was read, and ask of
            // that.
            positions.move(partition, partition.position, partition.positionEpoch);
        } else {
            onTruncated(partition, endOffset, endEpoch, nowNs);
        }
        sessions.place(partition, nowNs);
    }

    private void onTruncated(AssignedPartition partition, long endOffset, int endEpoch, long nowNs) {
        if (settings.reset().kind() == OffsetReset.Kind.NONE) {
            Map<TopicPartition, Long> at = Map.of(partition.name, partition.position);
            positions.fail(
                    partition, new OffsetOutOfRangeException("the log was truncated below what was read", at), nowNs);
        } else if (endOffset < 0) {
            positions.beginByReset(partition, nowNs);
        } else {
            positions.moveToValid(partition, Math.min(endOffset, partition.position), endEpoch);
        }
    }

    /** A lookup failed: again later, or never if that would not help. Returns whether the routing table may be old. */
    boolean onLookupFailed(AssignedPartition partition, int generation, RuntimeException reason, long nowNs) {
        if (!partition.asked || partition.generation != generation) {
            return false;
        }
        positions.unsettle(partition);
        boolean passes = reason instanceof RetriableException;
        if (!passes) {
            failures.put(partition, reason);
        }
        delays.delay(partition, nowNs);
        return passes;
    }

    /** The leader is not reachable now: again soon. */
    void onUnreachable(AssignedPartition partition, int generation, long nowNs) {
        if (partition.asked && partition.generation == generation) {
            positions.unsettle(partition);
            delays.delay(partition, nowNs);
        }
    }
}
