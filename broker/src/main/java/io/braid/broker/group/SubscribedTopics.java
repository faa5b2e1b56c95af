package io.braid.broker.group;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;

/** The topics that the members of a generation subscribe to, as far as their metadata tells. Immutable. */
final class SubscribedTopics {
    static final SubscribedTopics NONE = new SubscribedTopics(Optional.of(Set.of()));

    /** What a group has whose metadata is not that of Kafka's consumers: any topic might be in use. */
    private static final SubscribedTopics UNKNOWN = new SubscribedTopics(Optional.empty());

    private final Optional<Set<String>> names;

    private SubscribedTopics(Optional<Set<String>> names) {
        this.names = names;
    }

    static SubscribedTopics of(ClassicGroup group) {
        if (group.members().isEmpty()) {
            return NONE;
        }
        if (!group.protocolType().equals(ClassicGroup.CONSUMER)) {
            return UNKNOWN;
        }
        Set<String> names = new HashSet<>();
        try {
            for (ClassicMember member : group.members()) {
                byte[] metadata = member.metadata(group.protocol()).orElse(ClassicMember.NOTHING);
                names.addAll(ConsumerProtocol.deserializeSubscription(ByteBuffer.wrap(metadata))
                        .topics());
            }
        } catch (RuntimeException e) {
            return UNKNOWN; // the bytes are the client's own business
        }
        return new SubscribedTopics(Optional.of(names));
    }

    boolean contains(String topic) {
        return names.map(known -> known.contains(topic)).orElse(true);
    }
}
