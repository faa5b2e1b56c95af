package io.braid.broker.group.consumer;

import io.braid.broker.group.ClassicMember;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a member said about itself. Immutable.
 *
 * @param instanceId of a static member, "" of a dynamic one
 * @param rackId "" when not given
 * @param rebalanceTimeoutMs what it may take to give partitions up
 * @param topics names, ascending, each once
 * @param regex "" for none
 * @param assignor the assignor it asks for, "" for none
 * @param classic what a member of the classic protocol said in its JoinGroup; empty for one of the consumer protocol
 */
public record MemberSubscription(
        String instanceId,
        String rackId,
        String clientId,
        String clientHost,
        int rebalanceTimeoutMs,
        List<String> topics,
        String regex,
        String assignor,
        Optional<Classic> classic) {

    public static final MemberSubscription NONE =
            new MemberSubscription("", "", "", "", 0, List.of(), "", "", Optional.empty());

    public MemberSubscription {
        Objects.requireNonNull(instanceId);
        Objects.requireNonNull(rackId);
        Objects.requireNonNull(clientId);
        Objects.requireNonNull(clientHost);
        topics = List.copyOf(topics);
        Objects.requireNonNull(regex);
        Objects.requireNonNull(assignor);
        Objects.requireNonNull(classic);
    }

    /** Whether both ask for the same topics. */
    boolean sameTopics(MemberSubscription other) {
        return topics.equals(other.topics) && regex.equals(other.regex);
    }

    /**
     * The side of a member that speaks the classic protocol.
     *
     * @param protocols its assignors in order of preference, each with the subscription it stated
     */
    public record Classic(int sessionTimeoutMs, List<ClassicMember.Protocol> protocols) {
        public Classic {
            protocols = List.copyOf(protocols);
        }
    }
}
