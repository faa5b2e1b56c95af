package io.braid.broker.group;

import io.braid.image.TopicImage;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.Errors;

/**
 * OffsetCommit, by a member, or by anyone while the group is empty. Topics come by name, or by id from version 10 on; each
 * partition has its own answer.
 */
final class CommitOffsets extends GroupCall<OffsetCommitRequestData, OffsetCommitResponseData> {
    /** From here on a group that does not exist has an error of its own (KIP-848). */
    private static final int GROUP_NOT_FOUND = 9;

    private static final int TOPIC_IDS = 10;

    private final RequestInfo from;
    private final GroupConfig config;
    private final Predicate<String> mayRead;

    /** @param mayRead whether the caller may read the topic of that name */
    CommitOffsets(
            OffsetCommitRequestData request,
            RequestInfo from,
            GroupConfig config,
            Predicate<String> mayRead,
            Reply<OffsetCommitResponseData> reply) {
        super(request.groupId(), request, reply);
        this.from = from;
        this.config = config;
        this.mayRead = mayRead;
    }

    @Override
    public void decide(Turn turn) {
        Errors groupError = checkGroup(turn);
        OffsetCommitResponseData answer = new OffsetCommitResponseData();
        for (OffsetCommitRequestTopic asked : request().topics()) {
            boolean byId = from.version() >= TOPIC_IDS;
            Optional<TopicImage> topic =
                    byId ? turn.image().topic(asked.topicId()) : turn.image().topic(asked.name());
            Errors topicError = topicError(byId, byId ? topic.map(TopicImage::name) : Optional.of(asked.name()), topic);
            OffsetCommitResponseTopic result =
                    new OffsetCommitResponseTopic().setName(asked.name()).setTopicId(asked.topicId());
            for (OffsetCommitRequestPartition partition : asked.partitions()) {
                Errors error = topicError != Errors.NONE ? topicError : partitionError(topic.get(), partition);
                error = error != Errors.NONE ? error : groupError;
                if (error == Errors.NONE) {
                    write(turn, topic.get(), partition);
                }
                result.partitions()
                        .add(new OffsetCommitResponsePartition()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(error.code()));
            }
            answer.topics().add(result);
        }
        turn.answer(reply(), answer);
    }

    private Errors checkGroup(Turn turn) {
        int generation = request().generationIdOrMemberEpoch();
        Optional<Group> group = turn.group(groupId());
        if (group.isPresent()) {
            return group.get()
                    .checkCommit(
                            request().memberId(),
                            request().groupInstanceId(),
                            generation,
                            from.version(),
                            turn.nowMs());
        }
        if (generation < 0) {
            return Errors.NONE; // of a consumer that assigns its partitions itself
        }
        return from.version() >= GROUP_NOT_FOUND ? Errors.GROUP_ID_NOT_FOUND : Errors.ILLEGAL_GENERATION;
    }

    private Errors topicError(boolean byId, Optional<String> name, Optional<TopicImage> topic) {
        if (name.isPresent() && !mayRead.test(name.get())) {
            return Errors.TOPIC_AUTHORIZATION_FAILED;
        }
        if (topic.isEmpty()) {
            return byId ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        return Errors.NONE;
    }

    private Errors partitionError(TopicImage topic, OffsetCommitRequestPartition partition) {
        if (partition.partitionIndex() < 0 || partition.partitionIndex() >= topic.partitionCount()) {
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        String metadata = partition.committedMetadata();
        // A character takes one byte at least and three at most.
        boolean tooLarge = metadata != null
                && metadata.length() > config.maxOffsetMetadataBytes() / 3
                && metadata.getBytes(StandardCharsets.UTF_8).length > config.maxOffsetMetadataBytes();
        return tooLarge ? Errors.OFFSET_METADATA_TOO_LARGE : Errors.NONE;
    }

    private void write(Turn turn, TopicImage topic, OffsetCommitRequestPartition partition) {
        long expireMs = request().retentionTimeMs() < 0
                ? CommittedOffset.NO_EXPIRY
                : turn.nowMs() + request().retentionTimeMs();
        turn.write(new OffsetCommitted(
                groupId(),
                topic.id(),
                partition.partitionIndex(),
                new CommittedOffset(
                        partition.committedOffset(),
                        partition.committedLeaderEpoch(),
                        Objects.requireNonNullElse(partition.committedMetadata(), ""),
                        turn.nowMs(),
                        expireMs)));
    }
}
