package io.braid.client.consumer;

import io.braid.client.consumer.AssignedPartition.Stage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;

/**
 * Where partitions are read and fetched, and which of that is not known or not committed. The next fetch begins at or ahead of
 * the position. A partition is unsettled while its stage needs a lookup and none is on its way; what the lookups find is for
 * {@link LookupAnswers}. Owned as the {@link Fetcher} is.
 */
final class Positions {
    private final FetchSettings settings;
    private final AssignedTopics assigned;
    private final ReceivedChunks received;
    private final FetchSessions sessions;
    private final ReadFailures failures;
    private final Set<AssignedPartition> unsettled = new LinkedHashSet<>();
    private final Set<AssignedPartition> uncommitted = new LinkedHashSet<>();

    Positions(
            FetchSettings settings,
            AssignedTopics assigned,
            ReceivedChunks received,
            FetchSessions sessions,
            ReadFailures failures) {
        this.settings = settings;
        this.assigned = assigned;
        this.received = received;
        this.sessions = sessions;
        this.failures = failures;
    }

    // ---- coming and going

    /** A partition was assigned. */
    void begin(AssignedPartition partition, long nowNs) {
        if (settings.fromCommitted()) {
            unsettle(partition);
        } else {
            beginByReset(partition, nowNs);
        }
    }

    /** A partition is not assigned any more: nothing of it is read or found out. */
    void end(AssignedPartition partition, long nowNs) {
        drop(partition);
        partition.stage = Stage.FAILED; // whoever still has it in hand
        partition.paused = true;
        unsettled.remove(partition);
        uncommitted.remove(partition);
        sessions.place(partition, nowNs);
    }

    /** Nothing more of the partition until somebody seeks; what was fetched before may still be read. */
    void fail(AssignedPartition partition, RuntimeException reason, long nowNs) {
        partition.stage = Stage.FAILED;
        unsettled.remove(partition);
        failures.put(partition, reason);
        sessions.place(partition, nowNs);
    }

    // ---- moves

    /** Moves the position; what was fetched, and a failure, are forgotten. */
    void seek(AssignedPartition partition, long offset, int leaderEpoch, long nowNs) {
        uncommitted.add(partition);
        move(partition, offset, leaderEpoch);
        sessions.place(partition, nowNs);
    }

    /** The position is to be found by a lookup. */
    void beginAt(AssignedPartition partition, OffsetReset reset, long nowNs) {
        drop(partition);
        partition.position = AssignedPartition.NO_OFFSET;
        partition.positionEpoch = AssignedPartition.NO_EPOCH;
        partition.fetchOffset = AssignedPartition.NO_OFFSET;
        partition.fetchEpoch = AssignedPartition.NO_EPOCH;
        if (reset.kind() == OffsetReset.Kind.NONE) {
            fail(partition, new NoOffsetForPartitionException(partition.name), nowNs);
            return;
        }
        partition.stage = Stage.NEEDS_OFFSET;
        partition.reset = reset;
        unsettle(partition);
        sessions.place(partition, nowNs);
    }

    /** The same, as the settings say for a partition without a position. */
    void beginByReset(AssignedPartition partition, long nowNs) {
        beginAt(partition, settings.reset(), nowNs);
    }

    /** Forgets what was fetched, and a failure, and goes on at an offset; the partition is to be placed. */
    void move(AssignedPartition partition, long offset, int leaderEpoch) {
        drop(partition);
        set(partition, offset, leaderEpoch);
    }

    /** Gives a partition its position, to be validated if it has an epoch; the partition is to be placed. */
    void set(AssignedPartition partition, long offset, int leaderEpoch) {
        partition.position = offset;
        partition.positionEpoch = leaderEpoch;
        partition.fetchOffset = offset;
        partition.fetchEpoch = leaderEpoch;
        if (leaderEpoch != AssignedPartition.NO_EPOCH) {
            partition.stage = Stage.NEEDS_VALIDATION;
            unsettle(partition);
        } else {
            partition.stage = Stage.READY;
            unsettled.remove(partition);
        }
    }

    /** As {@link #set}, with a position that the leader has just told: there is nothing to validate. */
    void setValid(AssignedPartition partition, long offset, int leaderEpoch) {
        set(partition, offset, AssignedPartition.NO_EPOCH);
        partition.positionEpoch = leaderEpoch;
        partition.fetchEpoch = leaderEpoch;
    }

    /** As {@link #move}, likewise. */
    void moveToValid(AssignedPartition partition, long offset, int leaderEpoch) {
        drop(partition);
        setValid(partition, offset, leaderEpoch);
    }

    /** What was read counts as read up to here. */
    void advance(AssignedPartition partition, long nextOffset, int leaderEpoch) {
        if (nextOffset > partition.position) {
            partition.position = nextOffset;
            partition.positionEpoch = leaderEpoch;
            uncommitted.add(partition);
        }
    }

    /** Drops what was fetched and not taken, to fetch it again from here; the partition is to be placed. */
    void fetchAgain(AssignedPartition partition, long offset, int leaderEpoch) {
        dropChunks(partition);
        partition.fetchOffset = offset;
        partition.fetchEpoch = leaderEpoch;
    }

    private void drop(AssignedPartition partition) {
        partition.generation++;
        partition.asked = false;
        partition.failures = 0;
        failures.forget(partition);
        partition.delayed = false;
        dropChunks(partition);
    }

    private void dropChunks(AssignedPartition partition) {
        FetchSessions.leave(partition);
        received.drop(partition);
    }

    // ---- lookups

    /** The partition's stage needs a lookup. */
    void unsettle(AssignedPartition partition) {
        partition.asked = false;
        unsettled.add(partition);
    }

    /** Takes the partitions whose lookup of this kind can be made now; each is given back by {@link LookupAnswers}. */
    List<AssignedPartition> takeUnsettled(Stage stage) {
        List<AssignedPartition> taken = new ArrayList<>();
        for (AssignedPartition partition : unsettled) {
            boolean reachable = stage == Stage.NEEDS_COMMITTED || partition.leader != AssignedPartition.NO_BROKER;
            if (partition.stage == stage && !partition.delayed && reachable) {
                partition.asked = true;
                taken.add(partition);
            }
        }
        taken.forEach(unsettled::remove);
        return taken;
    }

    /** Whether there are partitions whose lookups wait for a leader. */
    boolean unsettled() {
        return !unsettled.isEmpty();
    }

    // ---- commits

    /** Takes the partitions whose position has moved since they were last taken; of all, or of some. */
    List<AssignedPartition> takeUncommitted(Collection<AssignedPartition> among) {
        List<AssignedPartition> taken = new ArrayList<>();
        for (AssignedPartition partition : among == null ? List.copyOf(uncommitted) : among) {
            if (uncommitted.remove(partition)) {
                taken.add(partition);
            }
        }
        return taken;
    }

    /** A commit of these failed: they are to be taken again. */
    void uncommit(Collection<AssignedPartition> partitions) {
        for (AssignedPartition partition : partitions) {
            if (assigned.contains(partition)) {
                uncommitted.add(partition);
            }
        }
    }

    // ---- lag

    /** What the application has not read, in records; -1 when it is not known. */
    long lag(AssignedPartition partition) {
        long end = settings.readCommitted() ? partition.lastStableOffset : partition.highWatermark;
        return end < 0 || partition.position < 0 ? -1 : Math.max(0, end - partition.position);
    }

    /** Of the partition that is furthest behind; 0 when that is not known of any. */
    long maxLag() {
        return assigned.find(assigned.set()).stream().mapToLong(this::lag).max().orElse(0);
    }
}
