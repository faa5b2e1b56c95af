package io.braid.client.consumer;

import io.braid.client.consumer.OffsetRequests.Answer;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;

/** Answers the application's questions about where logs begin and end, and what is where in them. Waits as {@link Waits} does. */
final class LogOffsets {
    private final ConsumerParts parts;
    private final Waits waits;

    LogOffsets(ConsumerParts parts, Waits waits) {
        this.parts = parts;
        this.waits = waits;
    }

    /** @param which {@link OffsetRequests#EARLIEST} or {@link OffsetRequests#LATEST} */
    Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions, long which) {
        Map<TopicPartition, Long> questions = new HashMap<>();
        partitions.forEach(partition -> questions.put(partition, which));
        Map<TopicPartition, Long> ends = new HashMap<>();
        search(questions).forEach((partition, answer) -> ends.put(partition, answer.offset()));
        return ends;
    }

    /** See {@link Consumer#offsetsForTimes}. */
    Map<TopicPartition, OffsetAndTimestamp> atTimes(Map<TopicPartition, Long> timestampsMs) {
        timestampsMs.forEach((partition, timestamp) -> {
            if (timestamp < 0) {
                throw new IllegalArgumentException("timestamp " + timestamp + " of " + partition);
            }
        });
        Map<TopicPartition, OffsetAndTimestamp> found = new HashMap<>();
        search(timestampsMs).forEach((partition, answer) -> {
            if (answer.offset() >= 0) {
                Optional<Integer> epoch =
                        answer.leaderEpoch() < 0 ? Optional.empty() : Optional.of(answer.leaderEpoch());
                found.put(partition, new OffsetAndTimestamp(answer.offset(), answer.timestampMs(), epoch));
            }
        });
        return found;
    }

    private Map<TopicPartition, Answer> search(Map<TopicPartition, Long> questions) {
        parts.checkMayWait();
        return waits.await(OffsetSearch.begin(
                parts.cluster,
                parts.config.isolation(),
                questions,
                parts.config.apiTimeout().toNanos()));
    }
}
