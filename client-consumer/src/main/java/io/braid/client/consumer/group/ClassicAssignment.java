package io.braid.client.consumer.group;

import io.braid.client.consumer.PartitionSet;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.GroupSubscription;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;

/**
 * Assigning by a member, with Apache Kafka's assignors: whoever leads a mixed group decides the same. They remember their own
 * assignment between generations, since sticky ones tell it to the leader. Owned by its membership; pure.
 */
final class ClassicAssignment {
    private static final Node[] NOWHERE = {}; // racks of replicas play no part

    private final GroupConfig config;
    private final Map<ClassicAssignor, ConsumerPartitionAssignor> assignors = new EnumMap<>(ClassicAssignor.class);

    ClassicAssignment(GroupConfig config) {
        this.config = config;
        forget();
    }

    /** The member starts anew: what it had means nothing any more. */
    void forget() {
        config.classicAssignors().forEach(assignor -> assignors.put(assignor, make(assignor)));
    }

    private static ConsumerPartitionAssignor make(ClassicAssignor assignor) {
        return switch (assignor) {
            case RANGE -> new RangeAssignor();
            case STICKY -> new StickyAssignor();
            case COOPERATIVE_STICKY -> new CooperativeStickyAssignor();
        };
    }

    /** Whether members keep what stays with them in a rebalance (KIP-429): if everything that the member can do allows it. */
    boolean cooperative() {
        return config.classicAssignors().stream().allMatch(assignor -> assignor == ClassicAssignor.COOPERATIVE_STICKY);
    }

    /** What the member tells the leader, for one of its assignors. */
    byte[] subscription(ClassicAssignor assignor, Set<String> topics, PartitionSet owned, int generation) {
        ByteBuffer userData = assignors.get(assignor).subscriptionUserData(topics);
        return ConsumerProtocolCodec.subscription(
                topics, Optional.ofNullable(userData), owned, generation, config.rackId());
    }

    /** What the member was told: takes note of it and gives the partitions. */
    List<TopicPartition> accept(String protocol, byte[] bytes, MemberIdentity identity) {
        Assignment assignment = ConsumerProtocolCodec.assignment(bytes);
        ConsumerGroupMetadata metadata =
                new ConsumerGroupMetadata(config.groupId(), identity.epoch(), identity.memberId(), config.instanceId());
        named(protocol).onAssignment(assignment, metadata);
        return assignment.partitions();
    }

    private ConsumerPartitionAssignor named(String protocol) {
        return assignors.values().stream()
                .filter(assignor -> assignor.name().equals(protocol))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("the group chose " + protocol + ", which was not offered"));
    }

    /** The topics that members of a group subscribe to. */
    static Set<String> topics(List<JoinGroupResponseMember> members) {
        Set<String> topics = new TreeSet<>();
        members.forEach(member -> topics.addAll(ConsumerProtocolCodec.subscription(member.metadata(), Optional.empty())
                .topics()));
        return topics;
    }

    /** As the leader: who gets what, as the bytes to send; topics that are not known are left out. */
    Map<String, byte[]> assign(String protocol, List<JoinGroupResponseMember> members, Map<String, KnownTopic> topics) {
        Map<String, Subscription> subscriptions = new HashMap<>();
        for (JoinGroupResponseMember member : members) {
            subscriptions.put(
                    member.memberId(),
                    ConsumerProtocolCodec.subscription(
                            member.metadata(), Optional.ofNullable(member.groupInstanceId())));
        }
        Map<String, byte[]> result = new TreeMap<>();
        named(protocol)
                .assign(cluster(topics), new GroupSubscription(subscriptions))
                .groupAssignment()
                .forEach((member, assignment) -> result.put(member, ConsumerProtocolCodec.assignment(assignment)));
        return result;
    }

    private static Cluster cluster(Map<String, KnownTopic> topics) {
        List<PartitionInfo> partitions = new ArrayList<>();
        for (KnownTopic topic : topics.values()) {
            for (int partition = 0; partition < topic.partitionCount(); partition++) {
                partitions.add(new PartitionInfo(topic.name(), partition, null, NOWHERE, NOWHERE));
            }
        }
        return new Cluster("", List.of(), partitions, Set.of(), Set.of());
    }
}
