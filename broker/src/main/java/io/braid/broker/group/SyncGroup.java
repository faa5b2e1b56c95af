package io.braid.broker.group;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * SyncGroup: a member asks for its assignment, and the leader brings everyone's. With the leader's the generation is
 * written, and all who wait are answered.
 */
final class SyncGroup extends GroupCall<SyncGroupRequestData, SyncGroupResponseData> {
    /** Largest record of a group, members' metadata and assignments together; a segment takes no more in one batch. */
    static final int MAX_GROUP_BYTES = 8 << 20;

    private final RequestInfo from;

    SyncGroup(SyncGroupRequestData request, RequestInfo from, Reply<SyncGroupResponseData> reply) {
        super(request.groupId(), request, reply);
        this.from = from;
    }

    @Override
    public void decide(Turn turn) {
        Optional<Group> known = turn.group(groupId());
        if (groupId().isEmpty()) {
            fail(turn, Errors.INVALID_GROUP_ID);
        } else if (known.isEmpty()) {
            fail(turn, Errors.UNKNOWN_MEMBER_ID);
        } else if (known.get() instanceof ConsumerGroup other) {
            other.classicSync(turn, request(), from, reply());
        } else if (known.get() instanceof ClassicGroup group) {
            sync(turn, group);
        }
    }

    private void sync(Turn turn, ClassicGroup group) {
        Errors error = check(group);
        if (error != Errors.NONE) {
            fail(turn, error);
            return;
        }
        ClassicMember member = group.member(request().memberId()).orElseThrow();
        group.heard(member, turn.nowMs());
        group.rebalance().onSynced(member);
        if (group.state() == ClassicState.STABLE) {
            turn.answer(reply(), synced(group, member));
            return;
        }
        member.syncing(reply());
        if (group.leader().equals(member.memberId())) {
            finish(turn, group);
        }
    }

    private Errors check(ClassicGroup group) {
        Errors member = group.checkMember(request().memberId(), request().groupInstanceId());
        if (member != Errors.NONE) {
            return member;
        }
        if (request().generationId() != group.generation()) {
            return Errors.ILLEGAL_GENERATION;
        }
        if (differs(request().protocolType(), group.protocolType())
                || differs(request().protocolName(), group.protocol())) {
            return Errors.INCONSISTENT_GROUP_PROTOCOL;
        }
        return group.state() == ClassicState.PREPARING ? Errors.REBALANCE_IN_PROGRESS : Errors.NONE;
    }

    /** Whether a version that says it (5 on, KIP-559) says something else. */
    private static boolean differs(String said, String is) {
        return said != null && !said.equals(is);
    }

    private void finish(Turn turn, ClassicGroup group) {
        Map<String, byte[]> given = new HashMap<>();
        for (SyncGroupRequestAssignment assignment : request().assignments()) {
            given.put(assignment.memberId(), assignment.assignment());
        }
        long bytes = 0;
        for (ClassicMember member : group.members()) {
            member.assignment(given.getOrDefault(member.memberId(), ClassicMember.NOTHING));
            bytes += member.assignment().length
                    + member.metadata(group.protocol()).orElse(ClassicMember.NOTHING).length;
        }
        if (bytes > MAX_GROUP_BYTES) {
            for (ClassicMember member : group.members()) {
                group.rebalance().answerWaiting(turn, member, Errors.UNKNOWN_SERVER_ERROR);
                group.heard(member, turn.nowMs());
            }
            group.rebalance().prepare(turn);
            return;
        }
        turn.write(group.record(turn.nowMs()));
        for (ClassicMember member : group.members()) {
            if (member.isSyncing()) {
                group.heard(member, turn.nowMs());
                turn.answer(member.takeSyncing(), synced(group, member));
            }
        }
    }

    private static SyncGroupResponseData synced(ClassicGroup group, ClassicMember member) {
        return new SyncGroupResponseData()
                .setProtocolType(group.protocolType())
                .setProtocolName(group.protocol())
                .setAssignment(member.assignment());
    }

    private void fail(Turn turn, Errors error) {
        turn.answer(reply(), new SyncGroupResponseData().setErrorCode(error.code()));
    }
}
