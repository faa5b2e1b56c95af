package io.braid.client.consumer.group;

import io.braid.client.consumer.PartitionSet;
import io.braid.client.network.Backoff;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.protocol.Errors;

/**
 * Commits that wait to be sent, and those on their way: one request at a time, so that a partition's commits take effect in
 * their order whatever is tried again. What waits is merged, the newest offset of a partition counts; an offset whose request
 * failed goes back to those that wait, unless a newer one is there. Pure; owned by the member's event loop.
 */
final class CommitQueue {
    /** About what a request may make the coordinator write at once: Kafka's limit of a batch is 1 MB. */
    static final int MAX_REQUEST_BYTES = 512 << 10;

    private static final int BYTES_PER_PARTITION = 64;

    private final String groupId;
    private final Backoff backoff;
    private final Map<TopicPartition, Entry> waiting = new LinkedHashMap<>();
    private final Set<Commit> open = new LinkedHashSet<>();
    private final List<Commit> finished = new ArrayList<>();
    private Map<TopicPartition, Entry> inFlight = Map.of();
    private PartitionSet goneInFlight = PartitionSet.EMPTY; // what went to others since the request was sent
    private long notBeforeNs;
    private boolean paused;

    /** @param commits that wait for this offset, or for a newer one of the partition */
    private record Entry(OffsetAndMetadata offset, List<Commit> commits) {
        boolean wanted() {
            return commits.stream().anyMatch(commit -> !commit.done());
        }
    }

    CommitQueue(String groupId, Backoff backoff) {
        this.groupId = groupId;
        this.backoff = backoff;
    }

    /** Takes a commit behind all that came before. */
    Commit add(Map<TopicPartition, OffsetAndMetadata> offsets, long deadlineNs) {
        Commit commit = new Commit(offsets.size(), deadlineNs);
        if (offsets.isEmpty()) {
            commit.finish();
            return commit;
        }
        open.add(commit);
        offsets.forEach((partition, offset) -> {
            Entry before = waiting.remove(partition);
            List<Commit> commits = new ArrayList<>(before == null ? List.of() : before.commits());
            commits.add(commit);
            waiting.put(partition, new Entry(offset, commits));
        });
        return commit;
    }

    /** Commits that are not done yet. */
    Collection<Commit> open() {
        return List.copyOf(open);
    }

    /** What to send now, which is then on its way until {@link #onOutcomes} or {@link #onNoAnswer}; nothing if there is nothing. */
    Map<TopicPartition, OffsetAndMetadata> next(long nowNs) {
        if (!inFlight.isEmpty() || waiting.isEmpty() || (paused && nowNs - notBeforeNs < 0)) {
            return Map.of();
        }
        inFlight = new LinkedHashMap<>();
        Map<TopicPartition, OffsetAndMetadata> batch = new LinkedHashMap<>();
        Iterator<Map.Entry<TopicPartition, Entry>> entries = waiting.entrySet().iterator();
        int bytes = 0;
        while (entries.hasNext() && bytes < MAX_REQUEST_BYTES) {
            Map.Entry<TopicPartition, Entry> next = entries.next();
            entries.remove();
            inFlight.put(next.getKey(), next.getValue());
            OffsetAndMetadata offset = next.getValue().offset();
            batch.put(next.getKey(), offset);
            bytes += BYTES_PER_PARTITION
                    + groupId.length()
                    + next.getKey().topic().length()
                    + offset.metadata().length();
        }
        return batch;
    }

    /** When to ask for what to send, or to look for what expired: {@code Long.MAX_VALUE} for not before something happens. */
    long nextNs(long nowNs) {
        if (open.isEmpty()) {
            return Long.MAX_VALUE;
        }
        long nextNs = open.stream().mapToLong(commit -> commit.deadlineNs).min().orElseThrow();
        if (inFlight.isEmpty() && !waiting.isEmpty()) {
            nextNs = Math.min(nextNs, paused ? notBeforeNs : nowNs);
        }
        return nextNs;
    }

    /** Fails commits whose time is over. */
    void expire(long nowNs) {
        boolean some = false;
        for (Commit commit : open()) {
            if (nowNs - commit.deadlineNs >= 0) {
                some = true;
                finish(
                        commit,
                        commit.expire(
                                new TimeoutException("offsets of group " + groupId + " were not committed in time")));
            }
        }
        if (some) {
            waiting.values().removeIf(entry -> !entry.wanted());
        }
    }

    // ---- what became of them

    /**
     * The coordinator answered.
     *
     * @param member whether the request was a member's: then an old epoch passes, since whoever lost a partition is told so by
     *     {@link #onGone}
     */
    void onOutcomes(Map<TopicPartition, Errors> outcomes, boolean member, long nowNs) {
        Map<TopicPartition, Entry> sent = takeInFlight();
        boolean again = false;
        for (Map.Entry<TopicPartition, Entry> one : sent.entrySet()) {
            Errors error = outcomes.getOrDefault(one.getKey(), Errors.UNKNOWN_SERVER_ERROR);
            if (error == Errors.NONE) {
                settle(one.getValue(), Optional.empty());
            } else if (passes(error, member)) {
                again = true;
                putBack(one.getKey(), one.getValue());
            } else {
                settle(one.getValue(), Optional.of(failure(error, one.getKey())));
            }
        }
        goneInFlight = PartitionSet.EMPTY;
        if (again) {
            pause(nowNs);
        } else {
            paused = false;
            backoff.reset();
        }
    }

    /** Whether the coordinator acted on the request is not known: the same again does no harm. */
    void onNoAnswer(long nowNs) {
        takeInFlight().forEach(this::putBack);
        goneInFlight = PartitionSet.EMPTY;
        pause(nowNs);
    }

    private Map<TopicPartition, Entry> takeInFlight() {
        Map<TopicPartition, Entry> sent = inFlight;
        inFlight = Map.of();
        return sent;
    }

    private void pause(long nowNs) {
        paused = true;
        notBeforeNs = nowNs + backoff.nextNs();
    }

    private void putBack(TopicPartition partition, Entry entry) {
        Entry newer = waiting.get(partition);
        if (goneInFlight.contains(partition.topic(), partition.partition())) {
            settle(entry, Optional.of(wentAway(partition)));
        } else if (newer != null) {
            newer.commits().addAll(entry.commits());
        } else if (entry.wanted()) {
            waiting.put(partition, entry);
        }
    }

    private static boolean passes(Errors error, boolean member) {
        return switch (error) {
            case REBALANCE_IN_PROGRESS, STALE_MEMBER_EPOCH, ILLEGAL_GENERATION -> member;
            default -> error.exception() instanceof RetriableException;
        };
    }

    private RuntimeException failure(Errors error, TopicPartition partition) {
        return switch (error) {
            case REBALANCE_IN_PROGRESS,
                    STALE_MEMBER_EPOCH,
                    ILLEGAL_GENERATION,
                    UNKNOWN_MEMBER_ID,
                    FENCED_MEMBER_EPOCH,
                    FENCED_INSTANCE_ID -> refused(partition, error.message());
            default -> error.exception(error.message() + " group=" + groupId + " partition=" + partition);
        };
    }

    private CommitFailedException refused(TopicPartition partition, String reason) {
        return new CommitFailedException(
                "the offset of " + partition + " was not committed for group " + groupId + ": " + reason);
    }

    /** These partitions are not ours any more: what waits for them fails, and is not sent again. */
    void onGone(PartitionSet partitions) {
        if (!inFlight.isEmpty()) {
            goneInFlight = goneInFlight.union(partitions);
        }
        List<TopicPartition> gone = waiting.keySet().stream()
                .filter(partition -> partitions.contains(partition.topic(), partition.partition()))
                .toList();
        gone.forEach(partition -> settle(waiting.remove(partition), Optional.of(wentAway(partition))));
    }

    private CommitFailedException wentAway(TopicPartition partition) {
        return refused(partition, "it went to another member");
    }

    /** Everything that waits fails, and what is on its way is not waited for. */
    void failAll(RuntimeException reason) {
        for (Commit commit : open()) {
            finish(commit, commit.expire(reason));
        }
        waiting.clear();
        inFlight = Map.of(); // if it was sent, its answer finds nothing
    }

    /** A commit for a partition that the member does not have. */
    CommitFailedException notOwned(TopicPartition partition) {
        return refused(partition, "this member does not have it");
    }

    private void settle(Entry entry, Optional<RuntimeException> outcome) {
        entry.commits().forEach(commit -> finish(commit, commit.settle(outcome)));
    }

    private void finish(Commit commit, boolean justDone) {
        if (justDone) {
            open.remove(commit);
            finished.add(commit);
        }
    }

    /** Commits that came to their end since the last call, in the order in which they did. */
    List<Commit> takeFinished() {
        List<Commit> taken = List.copyOf(finished);
        finished.clear();
        return taken;
    }
}
