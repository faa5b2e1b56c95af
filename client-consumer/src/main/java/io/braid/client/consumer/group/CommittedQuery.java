package io.braid.client.consumer.group;

import io.braid.client.consumer.PartitionSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.protocol.Errors;

/** The committed offsets of some partitions, asked for piece by piece. Pure; owned by the member's event loop. */
final class CommittedQuery {
    static final int MAX_PARTITIONS = 10_000;

    final long deadlineNs;
    private final List<TopicPartition> left;
    private final Map<TopicPartition, OffsetAndMetadata> found = new HashMap<>();
    private Optional<RuntimeException> failure = Optional.empty();

    CommittedQuery(PartitionSet partitions, long deadlineNs) {
        this.left = new ArrayList<>(partitions.toTopicPartitions());
        this.deadlineNs = deadlineNs;
    }

    boolean done() {
        return left.isEmpty() || failure.isPresent();
    }

    Optional<RuntimeException> failure() {
        return failure;
    }

    Map<TopicPartition, OffsetAndMetadata> found() {
        return found;
    }

    void fail(RuntimeException reason) {
        failure = failure.or(() -> Optional.of(reason));
    }

    /** The piece that is to be asked for next, until {@link #onFound} took what was found of it. */
    List<TopicPartition> next() {
        return List.copyOf(left.subList(Math.max(0, left.size() - MAX_PARTITIONS), left.size()));
    }

    /** The answer for a piece. True when something of it has to be asked for again, after a pause. */
    boolean onFound(List<TopicPartition> piece, Errors groupError, Map<TopicPartition, OffsetMessages.Fetched> answer) {
        if (groupError != Errors.NONE) {
            return passes(groupError);
        }
        left.subList(left.size() - piece.size(), left.size()).clear();
        boolean again = false;
        for (TopicPartition partition : piece) {
            OffsetMessages.Fetched one = answer.getOrDefault(
                    partition, new OffsetMessages.Fetched(Errors.UNKNOWN_SERVER_ERROR, Optional.empty()));
            if (one.error() == Errors.NONE) {
                one.offset().ifPresent(offset -> found.put(partition, offset));
            } else if (passes(one.error())) {
                again = true;
                left.add(partition);
            }
        }
        return again;
    }

    /** A member's epoch may be old when it asks, and is renewed by itself. */
    private boolean passes(Errors error) {
        boolean passes = error == Errors.STALE_MEMBER_EPOCH
                || error == Errors.UNKNOWN_MEMBER_ID
                || error.exception() instanceof RetriableException;
        if (!passes) {
            fail(error.exception());
        }
        return passes;
    }
}
