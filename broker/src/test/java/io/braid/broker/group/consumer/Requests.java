package io.braid.broker.group.consumer;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;

/** Heartbeats as clients send them. */
public final class Requests {

    private Requests() {}

    public static ConsumerGroupHeartbeatRequestData join(String memberId, String... topics) {
        return beat(memberId, 0)
                .setRebalanceTimeoutMs(30_000)
                .setSubscribedTopicNames(List.of(topics))
                .setTopicPartitions(List.of());
    }

    /** Says nothing new. */
    public static ConsumerGroupHeartbeatRequestData beat(String memberId, int epoch) {
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId(GroupHarness.GROUP)
                .setMemberId(memberId)
                .setMemberEpoch(epoch);
    }

    public static ConsumerGroupHeartbeatRequestData owns(String memberId, int epoch, PartitionSet owned) {
        return beat(memberId, epoch).setTopicPartitions(topics(owned));
    }

    static List<TopicPartitions> topics(PartitionSet set) {
        List<TopicPartitions> topics = new ArrayList<>();
        set.forEach((id, ranges) ->
                topics.add(new TopicPartitions().setTopicId(id).setPartitions(new PartitionList(ranges))));
        return topics;
    }

    /** What the answer gives; null if it says nothing of it. */
    public static PartitionSet given(ConsumerGroupHeartbeatResponseData response) {
        if (response.assignment() == null) {
            return null;
        }
        PartitionSet set = PartitionSet.EMPTY;
        for (ConsumerGroupHeartbeatResponseData.TopicPartitions topic :
                response.assignment().topicPartitions()) {
            set = set.plus(PartitionSet.of(
                    topic.topicId(),
                    PartitionRanges.ofPartitions(
                            topic.partitions().stream().mapToInt(p -> p).toArray())));
        }
        return set;
    }
}
