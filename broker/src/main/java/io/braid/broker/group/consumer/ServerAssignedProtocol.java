package io.braid.broker.group.consumer;

import io.braid.broker.group.ClassicGroup;
import io.braid.broker.group.ConsumerGroup;
import io.braid.broker.group.ConsumerGroupRecord;
import io.braid.broker.group.ConsumerProtocol;
import io.braid.broker.group.Group;
import io.braid.broker.group.Reply;
import io.braid.broker.group.RequestInfo;
import io.braid.broker.group.Turn;
import io.braid.broker.group.consumer.ConsumerRecord.EpochChanged;
import io.braid.controller.ByteReader;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;

/** The protocol of KIP-848, whole. Immutable. */
public final class ServerAssignedProtocol implements ConsumerProtocol {
    private final ConsumerGroupConfig config;

    public ServerAssignedProtocol(ConsumerGroupConfig config) {
        this.config = config;
    }

    @Override
    public ConsumerGroup newGroup(String groupId) {
        return new ServerAssignedGroup(groupId, config);
    }

    @Override
    public ConsumerGroupRecord read(byte type, String groupId, ByteReader key, ByteReader value) {
        return ConsumerRecord.read(type, groupId, key, value);
    }

    @Override
    public void heartbeat(
            Turn turn,
            ConsumerGroupHeartbeatRequestData request,
            RequestInfo from,
            Reply<ConsumerGroupHeartbeatResponseData> reply) {
        turn.answer(reply, heartbeat(turn, request, from));
    }

    private ConsumerGroupHeartbeatResponseData heartbeat(
            Turn turn, ConsumerGroupHeartbeatRequestData request, RequestInfo from) {
        HeartbeatCheck.Refusal refusal = HeartbeatCheck.check(request, from.version(), config.assignors());
        if (refusal.error() != Errors.NONE) {
            return ConsumerHeartbeat.refusal(refusal.error(), refusal.message());
        }
        String groupId = request.groupId();
        Group group = turn.group(groupId).orElse(null);
        if (!(group instanceof ServerAssignedGroup)) {
            // A member of a group that is gone joins anew; GROUP_ID_NOT_FOUND would end it for good.
            if (request.memberEpoch() != 0) {
                Errors error = request.memberEpoch() > 0 ? Errors.UNKNOWN_MEMBER_ID : Errors.GROUP_ID_NOT_FOUND;
                return ConsumerHeartbeat.refusal(error, "Consumer group " + groupId + " not found.");
            }
            if (group instanceof ClassicGroup classic && !classic.isEmpty()) {
                String why = ClassicConversion.whyNotUpgraded(classic, config);
                if (!why.isEmpty()) {
                    return ConsumerHeartbeat.refusal(Errors.GROUP_ID_NOT_FOUND, why);
                }
                ClassicConversion.upgrade(turn, classic);
            } else {
                if (group instanceof ClassicGroup classic) {
                    classic.convertTo(turn);
                }
                turn.write(new EpochChanged(groupId, ServerAssignedGroup.FIRST_EPOCH, 0, turn.nowMs()));
            }
        }
        ServerAssignedGroup now = (ServerAssignedGroup) turn.group(groupId).orElseThrow();
        return ConsumerHeartbeat.decide(new GroupTurn(now, turn), request, from);
    }

    @Override
    public DescribedGroup describe(Turn turn, String groupId) {
        if (turn.group(groupId).orElse(null) instanceof ServerAssignedGroup group) {
            return Description.of(group, turn.image());
        }
        return new DescribedGroup()
                .setGroupId(groupId)
                .setErrorCode(Errors.GROUP_ID_NOT_FOUND.code())
                .setErrorMessage("Group " + groupId + " is not a consumer group.");
    }
}
