package io.braid.broker.group.consumer;

import io.braid.image.ClusterImage;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.Assignment;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.TopicPartitions;

/** A group as ConsumerGroupDescribe shows it. */
final class Description {
    private static final byte CLASSIC_MEMBER = 0;
    private static final byte CONSUMER_MEMBER = 1;

    private Description() {}

    static DescribedGroup of(ServerAssignedGroup group, ClusterImage image) {
        DescribedGroup described = new DescribedGroup()
                .setGroupId(group.groupId())
                .setGroupState(group.stateName())
                .setGroupEpoch(group.epoch())
                .setAssignmentEpoch(group.assignmentEpoch())
                .setAssignorName(group.assignor());
        for (Member member : group.members()) {
            MemberSubscription s = member.subscription();
            described
                    .members()
                    .add(new org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.Member()
                            .setMemberId(member.memberId())
                            .setInstanceId(orNull(s.instanceId()))
                            .setRackId(orNull(s.rackId()))
                            .setMemberEpoch(member.epoch())
                            .setClientId(s.clientId())
                            .setClientHost(s.clientHost())
                            .setSubscribedTopicNames(s.topics())
                            .setSubscribedTopicRegex(orNull(s.regex()))
                            .setAssignment(assignment(member.assigned(), image))
                            .setTargetAssignment(assignment(group.target(member.memberId()), image))
                            .setMemberType(member.isClassic() ? CLASSIC_MEMBER : CONSUMER_MEMBER));
        }
        return described;
    }

    /** Topics that are gone have no name and are left out. */
    private static Assignment assignment(PartitionSet set, ClusterImage image) {
        List<TopicPartitions> topics = new ArrayList<>();
        set.forEach((id, ranges) -> image.topic(id)
                .ifPresent(topic -> topics.add(new TopicPartitions()
                        .setTopicId(id)
                        .setTopicName(topic.name())
                        .setPartitions(new PartitionList(ranges)))));
        return new Assignment().setTopicPartitions(topics);
    }

    private static String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
