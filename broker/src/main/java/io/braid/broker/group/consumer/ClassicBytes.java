package io.braid.broker.group.consumer;

import io.braid.image.ClusterImage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerProtocolAssignment;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;

/**
 * What consumers of the classic protocol put into its opaque bytes: subscriptions and assignments, by topic name. Names
 * are translated with the image; what it does not know is left out.
 */
final class ClassicBytes {

    private ClassicBytes() {}

    /**
     * A subscription.
     *
     * @param topics ascending, each once
     * @param owned what the member has: nothing if it gives up everything before it joins, as eager assignors do
     */
    record Subscription(List<String> topics, String rackId, PartitionSet owned) {}

    /** Empty if the bytes are no subscription. */
    static Optional<Subscription> subscription(byte[] bytes, ClusterImage image) {
        try {
            ConsumerProtocolSubscription s =
                    ConsumerProtocol.deserializeConsumerProtocolSubscription(ByteBuffer.wrap(bytes));
            Map<Uuid, PartitionRanges> owned = new HashMap<>();
            s.ownedPartitions().forEach(topic -> add(owned, topic.topic(), topic.partitions(), image));
            String rack = s.rackId() == null ? "" : s.rackId();
            return Optional.of(new Subscription(List.copyOf(new TreeSet<>(s.topics())), rack, PartitionSet.of(owned)));
        } catch (RuntimeException e) {
            return Optional.empty(); // the bytes are the client's own business
        }
    }

    /** Empty for bytes that are no assignment, and for no bytes. */
    static PartitionSet assignment(byte[] bytes, ClusterImage image) {
        Map<Uuid, PartitionRanges> assigned = new HashMap<>();
        if (bytes.length == 0) {
            return PartitionSet.EMPTY;
        }
        try {
            ConsumerProtocol.deserializeConsumerProtocolAssignment(ByteBuffer.wrap(bytes))
                    .assignedPartitions()
                    .forEach(topic -> add(assigned, topic.topic(), topic.partitions(), image));
        } catch (RuntimeException e) {
            return PartitionSet.EMPTY; // the bytes are the client's own business
        }
        return PartitionSet.of(assigned);
    }

    /** The assignment in the version that the member's subscription has. */
    static byte[] assignment(PartitionSet assigned, byte[] subscription, ClusterImage image) {
        ConsumerProtocolAssignment assignment = new ConsumerProtocolAssignment();
        List<ConsumerProtocolAssignment.TopicPartition> topics = new ArrayList<>();
        assigned.forEach((id, ranges) -> image.topic(id)
                .ifPresent(topic -> topics.add(new ConsumerProtocolAssignment.TopicPartition()
                        .setTopic(topic.name())
                        .setPartitions(new PartitionList(ranges)))));
        topics.forEach(assignment.assignedPartitions()::add);
        short version = ConsumerProtocol.deserializeVersion(ByteBuffer.wrap(subscription));
        short known = (short) Math.min(version, ConsumerProtocolAssignment.HIGHEST_SUPPORTED_VERSION);
        ByteBuffer bytes = ConsumerProtocol.serializeAssignment(assignment, known);
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return copy;
    }

    private static void add(Map<Uuid, PartitionRanges> to, String name, List<Integer> partitions, ClusterImage image) {
        image.topic(name).ifPresent(topic -> {
            int[] known = partitions.stream()
                    .mapToInt(p -> p)
                    .filter(p -> p >= 0 && p < topic.partitionCount())
                    .toArray();
            to.merge(topic.id(), PartitionRanges.ofPartitions(known), PartitionRanges::plus);
        });
    }
}
