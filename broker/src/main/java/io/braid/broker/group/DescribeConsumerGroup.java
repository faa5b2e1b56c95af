package io.braid.broker.group;

import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;

/** ConsumerGroupDescribe for one group. */
final class DescribeConsumerGroup extends GroupCall<String, DescribedGroup> {
    private final ConsumerProtocol protocol;

    DescribeConsumerGroup(String groupId, ConsumerProtocol protocol, Reply<DescribedGroup> reply) {
        super(groupId, groupId, reply);
        this.protocol = protocol;
    }

    @Override
    public void decide(Turn turn) {
        turn.answer(reply(), protocol.describe(turn, groupId()));
    }
}
