package io.braid.broker.group;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;
import org.apache.kafka.common.protocol.Errors;

/** LeaveGroup: members leave, or an administrator removes them, static ones by instance alone (KIP-345, KIP-800). */
final class LeaveGroup extends GroupCall<LeaveGroupRequestData, LeaveGroupResponseData> {
    /** From here on a request names several members. */
    private static final int BATCHED = 3;

    private final RequestInfo from;

    LeaveGroup(LeaveGroupRequestData request, RequestInfo from, Reply<LeaveGroupResponseData> reply) {
        super(request.groupId(), request, reply);
        this.from = from;
    }

    @Override
    public void decide(Turn turn) {
        if (groupId().isEmpty()) {
            turn.answer(reply(), new LeaveGroupResponseData().setErrorCode(Errors.INVALID_GROUP_ID.code()));
            return;
        }
        List<MemberIdentity> leaving = from.version() >= BATCHED
                ? request().members()
                : List.of(new MemberIdentity().setMemberId(request().memberId()));
        List<MemberResponse> results = new ArrayList<>();
        for (MemberIdentity member : leaving) {
            results.add(new MemberResponse()
                    .setMemberId(member.memberId())
                    .setGroupInstanceId(member.groupInstanceId())
                    .setErrorCode(leave(turn, turn.group(groupId()), member).code()));
        }
        LeaveGroupResponseData answer = new LeaveGroupResponseData();
        if (from.version() >= BATCHED) {
            answer.setMembers(results);
        } else {
            answer.setErrorCode(results.get(0).errorCode());
        }
        turn.answer(reply(), answer);
    }

    private Errors leave(Turn turn, Optional<Group> known, MemberIdentity member) {
        if (known.isEmpty()) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        if (known.get() instanceof ConsumerGroup other) {
            return other.classicLeave(turn, member, from);
        }
        ClassicGroup group = (ClassicGroup) known.get();
        String instanceId = Objects.requireNonNullElse(member.groupInstanceId(), "");
        if (instanceId.isEmpty() && group.pending().remove(member.memberId())) {
            group.rebalance().completeIfAllJoined(turn);
            group.forgetIfUnused(turn);
            return Errors.NONE;
        }
        Optional<ClassicMember> of =
                instanceId.isEmpty() ? group.member(member.memberId()) : group.memberOfInstance(instanceId);
        if (of.isEmpty()) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        boolean byInstanceAlone = !instanceId.isEmpty() && member.memberId().isEmpty();
        if (!byInstanceAlone && !of.get().memberId().equals(member.memberId())) {
            return Errors.FENCED_INSTANCE_ID;
        }
        group.rebalance().remove(turn, of.get());
        return Errors.NONE;
    }
}
