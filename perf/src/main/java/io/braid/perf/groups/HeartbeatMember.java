package io.braid.perf.groups;

import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * The only member of a group of the consumer protocol (KIP-848), as far as heartbeats go: it joins, owns at once what it is given, and
 * then says that it is there. Owned by one thread.
 */
final class HeartbeatMember {
    private static final int REBALANCE_TIMEOUT_MS = 300_000;

    private final String group;
    private final String topic;
    private final String id = UUID.randomUUID().toString();
    private int epoch;
    private List<ConsumerGroupHeartbeatRequestData.TopicPartitions> owned = List.of();
    private boolean tellAll = true;

    HeartbeatMember(String group, String topic) {
        this.group = group;
        this.topic = topic;
    }

    String group() {
        return group;
    }

    /** Whether it is a member, and has told what it owns. */
    boolean joined() {
        return epoch > 0 && !tellAll;
    }

    /** The next heartbeat: of one that changed nothing it has only the member and its epoch. */
    ConsumerGroupHeartbeatRequestData next() {
        ConsumerGroupHeartbeatRequestData request = new ConsumerGroupHeartbeatRequestData()
                .setGroupId(group)
                .setMemberId(id)
                .setMemberEpoch(epoch);
        if (tellAll) {
            request.setRebalanceTimeoutMs(REBALANCE_TIMEOUT_MS)
                    .setSubscribedTopicNames(List.of(topic))
                    .setTopicPartitions(owned);
        }
        return request;
    }

    /**
     * Takes the answer to {@link #next}.
     *
     * @return NONE, or why it is to be tried again
     * @throws IllegalStateException for an error that trying again does not mend
     */
    Errors take(ConsumerGroupHeartbeatResponseData response) {
        Errors error = Errors.forCode(response.errorCode());
        switch (error) {
            case NONE -> accept(response);
            case COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR -> {}
            case FENCED_MEMBER_EPOCH, UNKNOWN_MEMBER_ID -> {
                epoch = 0;
                owned = List.of();
                tellAll = true;
            }
            default ->
                throw new IllegalStateException("heartbeat of " + group + ": " + error + " " + response.errorMessage());
        }
        return error;
    }

    /** A heartbeat that tells all is answered with the assignment, whether that is new or not. */
    private void accept(ConsumerGroupHeartbeatResponseData response) {
        tellAll = epoch == 0;
        epoch = response.memberEpoch();
        if (response.assignment() != null) {
            List<ConsumerGroupHeartbeatRequestData.TopicPartitions> given =
                    response.assignment().topicPartitions().stream()
                            .map(one -> new ConsumerGroupHeartbeatRequestData.TopicPartitions()
                                    .setTopicId(one.topicId())
                                    .setPartitions(one.partitions()))
                            .toList();
            tellAll |= !given.equals(owned);
            owned = given;
        }
    }
}
