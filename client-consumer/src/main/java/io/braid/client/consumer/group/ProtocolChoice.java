package io.braid.client.consumer.group;

import io.braid.client.network.ApiVersionRanges;
import io.braid.client.network.Backoff;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Which protocol a member takes: the one that was asked for; where that was left open, the consumer protocol, or the classic one
 * if the coordinator does not speak the other, or refuses it. Owned by the event loop.
 */
final class ProtocolChoice {
    private final GroupConfig config;
    private final Supplier<Backoff> backoffs;
    private final Duration topicsAge;
    private GroupProtocol wanted;

    /** @param topicsAge how often a classic member looks for topics and partitions that were added */
    ProtocolChoice(GroupConfig config, Supplier<Backoff> backoffs, Duration topicsAge) {
        this.config = config;
        this.backoffs = backoffs;
        this.topicsAge = topicsAge;
        this.wanted = config.protocol();
    }

    /**
     * A membership that has not begun.
     *
     * @param versions what the coordinator speaks
     * @throws UnsupportedVersionException when that is not what was asked for
     */
    Membership begin(ApiVersionRanges versions, Subscription subscription, long nowNs) {
        boolean spoken = versions.speaks(ApiKeys.CONSUMER_GROUP_HEARTBEAT.id);
        boolean suits = spoken
                && (subscription.expression().isEmpty()
                        || versions.version(ApiKeys.CONSUMER_GROUP_HEARTBEAT, ServerAssignedMembership.HIGHEST_VERSION)
                                >= ServerAssignedMembership.FIRST_VERSION_WITH_EXPRESSIONS);
        if (wanted == GroupProtocol.CONSUMER && !suits) {
            throw new UnsupportedVersionException("the coordinator does not speak the consumer protocol"
                    + (spoken ? " with regular expressions" : ""));
        }
        return suits && wanted != GroupProtocol.CLASSIC
                ? new ServerAssignedMembership(config, Uuid.randomUuid().toString(), backoffs.get(), nowNs)
                : new ClassicMembership(config, backoffs.get(), topicsAge.toNanos(), nowNs);
    }

    /** Whether the coordinator does not do the consumer protocol, or not for this group, and may do the other one. */
    boolean mayFallBack(Membership failed, KafkaException reason) {
        boolean refused = reason instanceof UnsupportedVersionException || reason instanceof GroupIdNotFoundException;
        return refused && failed instanceof ServerAssignedMembership && wanted == GroupProtocol.AUTO;
    }

    /** The next membership is a classic one. */
    void fallBack() {
        wanted = GroupProtocol.CLASSIC;
    }
}
