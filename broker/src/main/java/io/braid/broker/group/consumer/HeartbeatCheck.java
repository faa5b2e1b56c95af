package io.braid.broker.group.consumer;

import java.util.List;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.protocol.Errors;

/** What is wrong with a ConsumerGroupHeartbeat whatever the state of its group (KIP-848, "request validation"). */
final class HeartbeatCheck {
    /** In version 0 the broker may be asked to make the member id (KIP-1082). */
    private static final short CLIENT_MAKES_MEMBER_ID = 1;

    /** Most that a member may say about itself, in characters: it is one record of the log. */
    static final int MAX_SUBSCRIPTION_LENGTH = 8 << 20;

    private HeartbeatCheck() {}

    /** A problem, or {@link Refusal#NONE}. */
    record Refusal(Errors error, String message) {
        static final Refusal NONE = new Refusal(Errors.NONE, null);
    }

    static Refusal check(ConsumerGroupHeartbeatRequestData request, short version, List<String> assignors) {
        int epoch = request.memberEpoch();
        if (request.groupId().isBlank()) {
            return invalid("GroupId can't be empty.");
        }
        if (request.memberId().isBlank() && (epoch != 0 || version >= CLIENT_MAKES_MEMBER_ID)) {
            return invalid("MemberId can't be empty.");
        }
        if (blank(request.instanceId())) {
            return invalid("InstanceId can't be empty.");
        }
        if (blank(request.rackId())) {
            return invalid("RackId can't be empty.");
        }
        if (length(request) > MAX_SUBSCRIPTION_LENGTH) {
            return invalid("The subscription is longer than " + MAX_SUBSCRIPTION_LENGTH + " characters.");
        }
        if (epoch < Member.LEFT_TO_RETURN) {
            return invalid("MemberEpoch is invalid.");
        }
        if (epoch == Member.LEFT_TO_RETURN && request.instanceId() == null) {
            return invalid("InstanceId can't be null.");
        }
        if (epoch < 0) {
            return Refusal.NONE;
        }
        if (epoch == 0 && request.rebalanceTimeoutMs() < 0) {
            return invalid("RebalanceTimeoutMs must be provided in first request.");
        }
        if (epoch == 0
                && (request.topicPartitions() == null
                        || !request.topicPartitions().isEmpty())) {
            return invalid("TopicPartitions must be empty when (re-)joining.");
        }
        if (epoch == 0 && request.subscribedTopicNames() == null && request.subscribedTopicRegex() == null) {
            return invalid("Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.");
        }
        String assignor = request.serverAssignor();
        if (assignor != null && !assignors.contains(assignor)) {
            return new Refusal(
                    Errors.UNSUPPORTED_ASSIGNOR,
                    "ServerAssignor " + assignor + " is not supported. Supported assignors: "
                            + String.join(", ", assignors) + ".");
        }
        return checkRegex(request.subscribedTopicRegex());
    }

    private static Refusal checkRegex(String regex) {
        if (regex == null || regex.isEmpty()) {
            return Refusal.NONE;
        }
        try {
            TopicPattern.compile(regex);
            return Refusal.NONE;
        } catch (IllegalArgumentException e) {
            return new Refusal(
                    Errors.INVALID_REGULAR_EXPRESSION,
                    "SubscribedTopicRegex `" + regex + "` is not a valid regular expression: " + e.getMessage() + ".");
        }
    }

    private static long length(ConsumerGroupHeartbeatRequestData request) {
        long length = length(request.memberId())
                + length(request.instanceId())
                + length(request.rackId())
                + length(request.subscribedTopicRegex());
        if (request.subscribedTopicNames() != null) {
            for (String name : request.subscribedTopicNames()) {
                length += length(name) + 1;
            }
        }
        return length;
    }

    private static long length(String text) {
        return text == null ? 0 : text.length();
    }

    private static boolean blank(String text) {
        return text != null && text.isBlank();
    }

    private static Refusal invalid(String message) {
        return new Refusal(Errors.INVALID_REQUEST, message);
    }
}
