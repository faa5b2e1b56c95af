package io.braid.broker.group;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * JoinGroup: a member comes in, or comes back for the next generation. Answered when the rebalance is done, unless the
 * member need not take part.
 */
final class JoinGroup extends GroupCall<JoinGroupRequestData, JoinGroupResponseData> {
    /** From here on a new member is given its id before it joins (KIP-394). */
    private static final int MEMBER_ID_FIRST = 4;

    /** How long a new member waits at most for its first generation, as in Kafka. */
    private static final int NEW_MEMBER_SESSION_MS = 5 * 60_000;

    private final RequestInfo from;
    private final GroupConfig config;

    JoinGroup(JoinGroupRequestData request, RequestInfo from, GroupConfig config, Reply<JoinGroupResponseData> reply) {
        super(request.groupId(), request, reply);
        this.from = from;
        this.config = config;
    }

    @Override
    public void decide(Turn turn) {
        Optional<Group> known = turn.group(groupId());
        if (groupId().isEmpty()) {
            fail(turn, Errors.INVALID_GROUP_ID);
        } else if (request().sessionTimeoutMs() < config.minSessionTimeoutMs()
                || request().sessionTimeoutMs() > config.maxSessionTimeoutMs()) {
            fail(turn, Errors.INVALID_SESSION_TIMEOUT);
        } else if (known.isEmpty() && !request().memberId().isEmpty()) {
            fail(turn, Errors.UNKNOWN_MEMBER_ID);
        } else if (known.isPresent() && known.get() instanceof ConsumerGroup other && !other.isEmpty()) {
            other.classicJoin(turn, request(), from, reply());
        } else {
            known.filter(ConsumerGroup.class::isInstance).ifPresent(group -> group.remove(turn));
            ClassicGroup group = turn.state().classicFor(groupId());
            join(turn, group);
            group.forgetIfUnused(turn);
        }
    }

    private void join(Turn turn, ClassicGroup group) {
        String memberId = request().memberId();
        String instanceId = instanceId();
        if (!hasRoom(group)) {
            fail(turn, Errors.GROUP_MAX_SIZE_REACHED);
        } else if (!suits(group)) {
            fail(turn, Errors.INCONSISTENT_GROUP_PROTOCOL);
        } else if (memberId.isEmpty() && !instanceId.isEmpty()) {
            joinStatic(turn, group, instanceId);
        } else if (memberId.isEmpty()) {
            joinNew(turn, group);
        } else if (instanceId.isEmpty() && group.pending().remove(memberId)) {
            add(turn, group, new ClassicMember(memberId, instanceId));
        } else {
            Errors error = group.checkMember(memberId, instanceId);
            if (error == Errors.NONE) {
                rejoin(turn, group, group.member(memberId).orElseThrow());
            } else {
                fail(turn, error);
            }
        }
    }

    // ---- who comes

    private void joinNew(Turn turn, ClassicGroup group) {
        String memberId = turn.newMemberId(from.clientId());
        if (from.version() < MEMBER_ID_FIRST) {
            add(turn, group, new ClassicMember(memberId, ""));
        } else if (group.pending().isFull()) {
            fail(turn, Errors.GROUP_MAX_SIZE_REACHED);
        } else {
            group.pending().add(memberId, turn.nowMs() + request().sessionTimeoutMs());
            turn.answer(reply(), ClassicAnswers.joinFailed(memberId, Errors.MEMBER_ID_REQUIRED));
        }
    }

    private void joinStatic(Turn turn, ClassicGroup group, String instanceId) {
        ClassicMember now = new ClassicMember(turn.newMemberId(instanceId), instanceId);
        Optional<ClassicMember> before = group.memberOfInstance(instanceId);
        if (before.isEmpty()) {
            add(turn, group, now);
        } else {
            replace(turn, group, before.get(), now);
        }
    }

    private void add(Turn turn, ClassicGroup group, ClassicMember member) {
        if (group.members().isEmpty()) {
            group.protocolType(request().protocolType());
        }
        describe(member);
        member.isNew(true);
        member.joining(reply());
        group.put(member);
        if (group.leader().isEmpty()) {
            group.leader(member.memberId());
        }
        group.heard(member, turn.nowMs(), NEW_MEMBER_SESSION_MS);
        group.rebalance().onAdded();
        group.rebalance().prepare(turn);
    }

    /**
     * A static member came back, as a new process: it has the place of the old one. In a stable group nobody else notices
     * (KIP-345), and a leader is told to leave the assignment as it is (KIP-814).
     */
    private void replace(Turn turn, ClassicGroup group, ClassicMember before, ClassicMember now) {
        boolean led = group.leader().equals(before.memberId());
        group.rebalance().answerWaiting(turn, before, Errors.FENCED_INSTANCE_ID);
        describe(now);
        now.assignment(before.assignment());
        group.rebalance().replaced(before, now);
        group.replace(before, now);
        group.heard(now, turn.nowMs());
        if (group.state() == ClassicState.STABLE
                && group.rebalance().selectProtocol().equals(group.protocol())) {
            turn.write(group.record(turn.nowMs()));
            turn.answer(reply(), replaced(group, now, led ? before.memberId() : group.leader(), led));
        } else {
            now.joining(reply());
            group.rebalance().prepare(turn);
        }
    }

    private JoinGroupResponseData replaced(ClassicGroup group, ClassicMember now, String leaderBefore, boolean leads) {
        JoinGroupResponseData answer = group.rebalance().joined(now);
        return from.version() >= 9
                ? answer.setSkipAssignment(leads)
                : answer.setMembers(List.of()).setLeader(leaderBefore); // who does not lead does not assign
    }

    private void rejoin(Turn turn, ClassicGroup group, ClassicMember member) {
        boolean same =
                member.protocols().equals(ClassicMember.protocolsOf(request().protocols()));
        boolean answerable = (group.state() == ClassicState.COMPLETING && same)
                || (group.state() == ClassicState.STABLE
                        && same
                        && !group.leader().equals(member.memberId()));
        if (answerable) {
            // It lost the answer, or asks again without need.
            group.heard(member, turn.nowMs());
            turn.answer(reply(), group.rebalance().joined(member));
            return;
        }
        describe(member);
        if (member.isJoining()) {
            turn.answer(
                    member.takeJoining(), ClassicAnswers.joinFailed(member.memberId(), Errors.REBALANCE_IN_PROGRESS));
        }
        member.joining(reply());
        group.rebalance().prepare(turn);
    }

    // ---- whether it may

    private boolean hasRoom(ClassicGroup group) {
        Optional<ClassicMember> known =
                group.member(request().memberId()).or(() -> group.memberOfInstance(instanceId()));
        if (group.state() == ClassicState.PREPARING) {
            // Who has not come back yet holds no place: it may be dead.
            return known.filter(ClassicMember::isJoining).isPresent()
                    || group.members().stream().filter(ClassicMember::isJoining).count() < config.maxSize();
        }
        return known.isPresent() || group.members().size() < config.maxSize();
    }

    /** Whether there is a protocol that the member and everyone else supports. */
    private boolean suits(ClassicGroup group) {
        if (request().protocolType().isEmpty() || request().protocols().isEmpty()) {
            return false;
        }
        List<ClassicMember> others = group.members().stream()
                .filter(member -> !member.memberId().equals(request().memberId())
                        && (instanceId().isEmpty() || !member.instanceId().equals(instanceId())))
                .toList();
        if (others.isEmpty()) {
            return group.members().isEmpty()
                    || group.protocolType().equals(request().protocolType());
        }
        return group.protocolType().equals(request().protocolType())
                && request().protocols().stream()
                        .map(JoinGroupRequestProtocol::name)
                        .anyMatch(name -> others.stream()
                                .allMatch(member -> member.metadata(name).isPresent()));
    }

    private void describe(ClassicMember member) {
        int rebalanceMs = request().rebalanceTimeoutMs();
        member.client(from.clientId(), from.clientHost());
        member.timeouts(
                rebalanceMs < 0 ? request().sessionTimeoutMs() : rebalanceMs,
                request().sessionTimeoutMs());
        member.protocols(ClassicMember.protocolsOf(request().protocols()));
    }

    private String instanceId() {
        return Objects.requireNonNullElse(request().groupInstanceId(), "");
    }

    private void fail(Turn turn, Errors error) {
        turn.answer(reply(), ClassicAnswers.joinFailed(request().memberId(), error));
    }
}
