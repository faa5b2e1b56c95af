package io.braid.broker.group;

import io.braid.controller.ByteReader;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;

/**
 * The protocol of KIP-848 as the rest of the coordinator sees it: makes groups, reads their records, and takes the
 * requests that may meet no group or one of the other protocol. One for all cores of a node: stateless or thread-safe.
 */
public interface ConsumerProtocol {
    /** A group without members, for {@link GroupState#apply} of the first record of a group. */
    ConsumerGroup newGroup(String groupId);

    /**
     * Reads a record of type {@link ConsumerGroupRecord#FIRST_TYPE} or above.
     *
     * @param key what {@link ConsumerGroupRecord#writeKey} wrote
     * @param value what {@link ConsumerGroupRecord#writeValue} wrote, or null when the record removes
     */
    ConsumerGroupRecord read(byte type, String groupId, ByteReader key, ByteReader value);

    /**
     * ConsumerGroupHeartbeat. The group may not exist, may be a {@link ConsumerGroup}, or a {@link ClassicGroup} that is to
     * be converted: {@link ClassicGroup#convertTo} ends it, then the records of the new group are written.
     */
    void heartbeat(
            Turn turn,
            ConsumerGroupHeartbeatRequestData request,
            RequestInfo from,
            Reply<ConsumerGroupHeartbeatResponseData> reply);

    /** ConsumerGroupDescribe of one group: what there is, or the error why it cannot be described. */
    DescribedGroup describe(Turn turn, String groupId);
}
