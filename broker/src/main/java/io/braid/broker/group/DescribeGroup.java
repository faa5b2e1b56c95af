package io.braid.broker.group;

import java.util.Optional;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroupMember;
import org.apache.kafka.common.protocol.Errors;

/** DescribeGroups for one group of the classic protocol, or one that has only offsets. */
final class DescribeGroup extends GroupCall<String, DescribedGroup> {
    /** From here on a group that does not exist is an error (KIP-1043); before it is dead. */
    private static final int NOT_FOUND = 6;

    private static final String DEAD = "Dead";

    private final short version;

    DescribeGroup(String groupId, short version, Reply<DescribedGroup> reply) {
        super(groupId, groupId, reply);
        this.version = version;
    }

    @Override
    public void decide(Turn turn) {
        Optional<Group> group = turn.group(groupId());
        DescribedGroup answer = new DescribedGroup().setGroupId(groupId());
        if (group.isPresent() && group.get() instanceof ClassicGroup classic) {
            describe(classic, answer);
        } else if (group.isPresent()) {
            notFound(answer, "Group " + groupId() + " is not a classic group.");
        } else if (turn.state().offsets(groupId()) != null) {
            answer.setGroupState(ClassicState.EMPTY.protocolName());
        } else {
            notFound(answer, "Group " + groupId() + " not found.");
        }
        turn.answer(reply(), answer);
    }

    private void notFound(DescribedGroup answer, String message) {
        answer.setGroupState(DEAD);
        if (version >= NOT_FOUND) {
            answer.setErrorCode(Errors.GROUP_ID_NOT_FOUND.code()).setErrorMessage(message);
        }
    }

    private static void describe(ClassicGroup group, DescribedGroup answer) {
        boolean stable = group.state() == ClassicState.STABLE;
        answer.setGroupState(group.stateName())
                .setProtocolType(group.protocolType())
                .setProtocolData(stable ? group.protocol() : "");
        for (ClassicMember member : group.members()) {
            answer.members()
                    .add(new DescribedGroupMember()
                            .setMemberId(member.memberId())
                            .setGroupInstanceId(member.isStatic() ? member.instanceId() : null)
                            .setClientId(member.clientId())
                            .setClientHost(member.clientHost())
                            .setMemberMetadata(
                                    stable
                                            ? member.metadata(group.protocol()).orElse(ClassicMember.NOTHING)
                                            : ClassicMember.NOTHING)
                            .setMemberAssignment(stable ? member.assignment() : ClassicMember.NOTHING));
        }
    }
}
