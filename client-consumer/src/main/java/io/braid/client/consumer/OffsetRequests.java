package io.braid.client.consumer;

import io.braid.client.network.BrokerLink;
import io.braid.client.network.Failures;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** ListOffsets and OffsetForLeaderEpoch to one broker. Stateless; on the event loop. */
final class OffsetRequests {
    static final long LATEST = -1;
    static final long EARLIEST = -2;

    private static final int LIST_OFFSETS_VERSIONS = 7;
    private static final int EPOCH_VERSIONS = 4;
    private static final short FIRST_EPOCH_VERSION_FOR_CONSUMERS = 3;
    private static final int CONSUMER = -1;

    private OffsetRequests() {}

    /**
     * A question of one partition.
     *
     * @param leaderEpoch of the leader that is asked, -1 when it is not known
     * @param what a timestamp, {@link #LATEST}, {@link #EARLIEST}, or the epoch whose end is asked for
     */
    record Question(int leaderEpoch, long what) {}

    /**
     * An answer for one partition.
     *
     * @param offset negative when there is none
     * @param timestampMs of the record at the offset, or -1
     * @param leaderEpoch of the record at the offset, or -1
     * @param failure null when it was answered
     */
    record Answer(long offset, long timestampMs, int leaderEpoch, RuntimeException failure) {
        static Answer failed(RuntimeException failure) {
            return new Answer(-1, -1, -1, failure);
        }
    }

    /** Completes normally with an answer for each question. */
    static CompletableFuture<Map<TopicPartition, Answer>> offsets(
            BrokerLink link, Map<TopicPartition, Question> questions, IsolationLevel isolation, Duration timeout) {
        ListOffsetsRequestData request =
                new ListOffsetsRequestData().setReplicaId(CONSUMER).setIsolationLevel(isolation.id());
        Map<String, ListOffsetsTopic> topics = new HashMap<>();
        questions.forEach((at, question) -> topics.computeIfAbsent(at.topic(), name -> {
                    ListOffsetsTopic topic = new ListOffsetsTopic().setName(name);
                    request.topics().add(topic);
                    return topic;
                })
                .partitions()
                .add(new ListOffsetsPartition()
                        .setPartitionIndex(at.partition())
                        .setCurrentLeaderEpoch(question.leaderEpoch())
                        .setTimestamp(question.what())));
        return send(link, ApiKeys.LIST_OFFSETS, LIST_OFFSETS_VERSIONS, request, timeout, questions, answer -> {
            Map<TopicPartition, Answer> found = new HashMap<>();
            ((ListOffsetsResponseData) answer).topics().forEach(topic -> topic.partitions()
                    .forEach(p -> found.put(
                            new TopicPartition(topic.name(), p.partitionIndex()),
                            answer(p.errorCode(), p.offset(), p.timestamp(), p.leaderEpoch()))));
            return found;
        });
    }

    /** Where epochs end. A broker that does not say it to consumers (before Kafka 2.3) says that nothing is cut off. */
    static CompletableFuture<Map<TopicPartition, Answer>> epochEnds(
            BrokerLink link, Map<TopicPartition, Question> questions, Duration timeout) {
        if (!link.versions().speaks(ApiKeys.OFFSET_FOR_LEADER_EPOCH.id)
                || link.versions().version(ApiKeys.OFFSET_FOR_LEADER_EPOCH, EPOCH_VERSIONS)
                        < FIRST_EPOCH_VERSION_FOR_CONSUMERS) {
            Map<TopicPartition, Answer> all = new HashMap<>();
            questions.keySet().forEach(at -> all.put(at, new Answer(Long.MAX_VALUE, -1, -1, null)));
            return CompletableFuture.completedFuture(all);
        }
        OffsetForLeaderEpochRequestData request = new OffsetForLeaderEpochRequestData().setReplicaId(CONSUMER);
        questions.forEach((at, question) -> {
            OffsetForLeaderTopic topic = request.topics().find(at.topic());
            if (topic == null) {
                topic = new OffsetForLeaderTopic().setTopic(at.topic());
                request.topics().add(topic);
            }
            topic.partitions()
                    .add(new OffsetForLeaderPartition()
                            .setPartition(at.partition())
                            .setCurrentLeaderEpoch(question.leaderEpoch())
                            .setLeaderEpoch((int) question.what()));
        });
        return send(link, ApiKeys.OFFSET_FOR_LEADER_EPOCH, EPOCH_VERSIONS, request, timeout, questions, answer -> {
            Map<TopicPartition, Answer> found = new HashMap<>();
            ((OffsetForLeaderEpochResponseData) answer).topics().forEach(topic -> topic.partitions()
                    .forEach(p -> found.put(
                            new TopicPartition(topic.topic(), p.partition()),
                            answer(p.errorCode(), p.endOffset(), -1, p.leaderEpoch()))));
            return found;
        });
    }

    private static Answer answer(short code, long offset, long timestampMs, int leaderEpoch) {
        Errors error = Errors.forCode(code);
        return error == Errors.NONE
                ? new Answer(offset, timestampMs, leaderEpoch, null)
                : Answer.failed(error.exception());
    }

    private interface Reading {
        Map<TopicPartition, Answer> read(ApiMessage answer);
    }

    private static CompletableFuture<Map<TopicPartition, Answer>> send(
            BrokerLink link,
            ApiKeys key,
            int versions,
            ApiMessage request,
            Duration timeout,
            Map<TopicPartition, Question> questions,
            Reading reading) {
        CompletableFuture<ApiMessage> sent;
        try {
            sent = link.send(key.id, link.versions().version(key, versions), request, timeout);
        } catch (RuntimeException e) {
            sent = CompletableFuture.failedFuture(e);
        }
        return sent.handle((response, thrown) -> {
            Map<TopicPartition, Answer> answers = new HashMap<>(thrown == null ? reading.read(response) : Map.of());
            RuntimeException failure = thrown == null
                    ? new ApiException("the broker's answer leaves a partition out")
                    : failure(Failures.cause(thrown));
            questions.keySet().forEach(at -> answers.putIfAbsent(at, Answer.failed(failure)));
            answers.keySet().retainAll(questions.keySet());
            return answers;
        });
    }

    static RuntimeException failure(Throwable cause) {
        if (cause instanceof java.util.concurrent.TimeoutException) {
            return new TimeoutException(cause.getMessage(), cause);
        }
        if (cause instanceof IOException) {
            return new DisconnectException(cause.getMessage(), cause);
        }
        return cause instanceof RuntimeException known ? known : new ApiException(cause);
    }
}
