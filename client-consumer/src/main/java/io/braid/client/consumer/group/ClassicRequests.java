package io.braid.client.consumer.group;

import io.braid.client.consumer.PartitionSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Makes the requests of a member of the classic protocol. Answers to JoinGroup and SyncGroup may take as long as the slowest member
 * takes to join, for which {@link GroupConfig#maxPollInterval} is the limit. Owned by its membership.
 */
final class ClassicRequests {
    private static final String PROTOCOL_TYPE = "consumer";
    private static final int JOIN_VERSIONS = 9;
    private static final int SYNC_VERSIONS = 5;
    private static final int HEARTBEAT_VERSIONS = 4;
    private static final int LEAVE_VERSIONS = 5;
    private static final long JOIN_GRACE_MS = 5000;

    private final GroupConfig config;
    private final ClassicAssignment assignment;

    ClassicRequests(GroupConfig config, ClassicAssignment assignment) {
        this.config = config;
        this.assignment = assignment;
    }

    private long slowTimeoutMs() {
        return config.maxPollInterval().toMillis() + JOIN_GRACE_MS;
    }

    /**
     * A request to join.
     *
     * @param memberId empty when the coordinator has given none
     * @param topics that are subscribed to
     * @param owned what the member keeps, by the assignment of this generation
     */
    MemberCall join(String memberId, int generation, Set<String> topics, PartitionSet owned) {
        JoinGroupRequestData request = new JoinGroupRequestData()
                .setGroupId(config.groupId())
                .setMemberId(memberId)
                .setGroupInstanceId(config.instanceId().orElse(null))
                .setSessionTimeoutMs((int) config.sessionTimeout().toMillis())
                .setRebalanceTimeoutMs((int) config.maxPollInterval().toMillis())
                .setProtocolType(PROTOCOL_TYPE);
        for (ClassicAssignor assignor : config.classicAssignors()) {
            byte[] metadata = assignment.subscription(assignor, topics, owned, generation);
            request.protocols()
                    .add(new JoinGroupRequestProtocol()
                            .setName(assignor.protocolName())
                            .setMetadata(metadata));
        }
        return new MemberCall(ApiKeys.JOIN_GROUP, JOIN_VERSIONS, request, slowTimeoutMs());
    }

    /** @param assigned as the leader, what all members get; else nothing */
    MemberCall sync(String memberId, int generation, String protocol, List<SyncGroupRequestAssignment> assigned) {
        SyncGroupRequestData request = new SyncGroupRequestData()
                .setGroupId(config.groupId())
                .setMemberId(memberId)
                .setGenerationId(generation)
                .setGroupInstanceId(config.instanceId().orElse(null))
                .setProtocolType(PROTOCOL_TYPE)
                .setProtocolName(protocol)
                .setAssignments(assigned);
        return new MemberCall(ApiKeys.SYNC_GROUP, SYNC_VERSIONS, request, slowTimeoutMs());
    }

    MemberCall heartbeat(String memberId, int generation) {
        HeartbeatRequestData request = new HeartbeatRequestData()
                .setGroupId(config.groupId())
                .setMemberId(memberId)
                .setGenerationId(generation)
                .setGroupInstanceId(config.instanceId().orElse(null));
        return new MemberCall(ApiKeys.HEARTBEAT, HEARTBEAT_VERSIONS, request, 0);
    }

    MemberCall leave(String memberId) {
        LeaveGroupRequestData request = new LeaveGroupRequestData()
                .setGroupId(config.groupId())
                .setMembers(List.of(new LeaveGroupRequestData.MemberIdentity().setMemberId(memberId)));
        return new MemberCall(ApiKeys.LEAVE_GROUP, LEAVE_VERSIONS, request, 0);
    }
}
