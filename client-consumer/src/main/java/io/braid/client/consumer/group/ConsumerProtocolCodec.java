package io.braid.client.consumer.group;

import io.braid.client.consumer.PartitionSet;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ConsumerProtocolAssignment;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.types.SchemaException;

/**
 * What members of a classic group tell each other through the coordinator, in the bytes of Apache Kafka's consumers: a version
 * in two bytes, then the message of that version. A newer version than ours is read as ours: versions only add at the end.
 * Stateless.
 */
final class ConsumerProtocolCodec {
    private ConsumerProtocolCodec() {}

    static byte[] subscription(
            Collection<String> topics,
            Optional<ByteBuffer> userData,
            PartitionSet owned,
            int generation,
            Optional<String> rackId) {
        ConsumerProtocolSubscription message = new ConsumerProtocolSubscription()
                .setTopics(topics.stream().sorted().toList())
                .setUserData(userData.map(ByteBuffer::duplicate).orElse(null))
                .setGenerationId(generation)
                .setRackId(rackId.orElse(null));
        for (PartitionSet.Topic topic : owned.topics()) {
            message.ownedPartitions()
                    .add(new ConsumerProtocolSubscription.TopicPartition()
                            .setTopic(topic.name())
                            .setPartitions(owned.partitions(topic).boxed().toList()));
        }
        return bytes(message, ConsumerProtocolSubscription.HIGHEST_SUPPORTED_VERSION);
    }

    /** @throws SchemaException when the bytes are no subscription */
    static Subscription subscription(byte[] bytes, Optional<String> instanceId) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try {
            short version = version(buffer, ConsumerProtocolSubscription.HIGHEST_SUPPORTED_VERSION);
            ConsumerProtocolSubscription message =
                    new ConsumerProtocolSubscription(new ByteBufferAccessor(buffer), version);
            List<TopicPartition> owned = new ArrayList<>();
            message.ownedPartitions().forEach(topic -> topic.partitions()
                    .forEach(partition -> owned.add(new TopicPartition(topic.topic(), partition))));
            Subscription subscription = new Subscription(
                    message.topics(),
                    message.userData(),
                    owned,
                    message.generationId(),
                    Optional.ofNullable(message.rackId()).filter(rack -> !rack.isEmpty()));
            subscription.setGroupInstanceId(instanceId);
            return subscription;
        } catch (BufferUnderflowException e) {
            throw new SchemaException("not a subscription of the consumer protocol", e);
        }
    }

    static byte[] assignment(Assignment assignment) {
        ConsumerProtocolAssignment message = new ConsumerProtocolAssignment().setUserData(assignment.userData());
        for (TopicPartition partition : assignment.partitions()) {
            ConsumerProtocolAssignment.TopicPartition topic =
                    message.assignedPartitions().find(partition.topic());
            if (topic == null) {
                topic = new ConsumerProtocolAssignment.TopicPartition().setTopic(partition.topic());
                message.assignedPartitions().add(topic);
            }
            topic.partitions().add(partition.partition());
        }
        return bytes(message, ConsumerProtocolAssignment.HIGHEST_SUPPORTED_VERSION);
    }

    /**
     * No bytes are no partitions.
     *
     * @throws SchemaException when the bytes are no assignment
     */
    static Assignment assignment(byte[] bytes) {
        if (bytes.length == 0) {
            return new Assignment(List.of());
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try {
            short version = version(buffer, ConsumerProtocolAssignment.HIGHEST_SUPPORTED_VERSION);
            ConsumerProtocolAssignment message =
                    new ConsumerProtocolAssignment(new ByteBufferAccessor(buffer), version);
            List<TopicPartition> partitions = new ArrayList<>();
            message.assignedPartitions().forEach(topic -> topic.partitions()
                    .forEach(partition -> partitions.add(new TopicPartition(topic.topic(), partition))));
            return new Assignment(partitions, message.userData());
        } catch (BufferUnderflowException e) {
            throw new SchemaException("not an assignment of the consumer protocol", e);
        }
    }

    private static byte[] bytes(Message message, short version) {
        return MessageUtil.toVersionPrefixedBytes(version, message);
    }

    private static short version(ByteBuffer buffer, short highest) {
        short version = buffer.getShort();
        if (version < 0) {
            throw new SchemaException("version " + version + " of the consumer protocol");
        }
        return (short) Math.min(version, highest);
    }
}
