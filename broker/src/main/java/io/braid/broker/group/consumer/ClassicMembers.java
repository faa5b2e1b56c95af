package io.braid.broker.group.consumer;

import io.braid.broker.group.ClassicMember.Protocol;
import io.braid.broker.group.RequestInfo;
import io.braid.broker.group.consumer.ConsumerRecord.Reconciled;
import io.braid.broker.group.consumer.ConsumerRecord.Subscribed;
import io.braid.broker.group.consumer.ConsumerRecord.Targeted;
import io.braid.broker.group.consumer.MemberSubscription.Classic;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * Members of the classic protocol in a group of the consumer protocol (KIP-848, "online migration"). To them every member
 * epoch is a generation of its own: a heartbeat says REBALANCE_IN_PROGRESS when there is a step to take, JoinGroup takes
 * it, SyncGroup tells what the member has. Nobody leads, nobody waits for the others, every answer comes at once.
 */
final class ClassicMembers {
    private static final String CONSUMER = "consumer";

    /** From here on a new member is given its id before it joins (KIP-394). */
    private static final short MEMBER_ID_FIRST = 4;

    private ClassicMembers() {}

    // ---- join

    static JoinGroupResponseData join(GroupTurn on, JoinGroupRequestData request, RequestInfo from) {
        ServerAssignedGroup group = on.group();
        List<Protocol> protocols = new ArrayList<>();
        request.protocols().forEach(p -> protocols.add(new Protocol(p.name(), p.metadata())));
        String instanceId = Objects.requireNonNullElse(request.groupInstanceId(), "");
        Member present = instanceId.isEmpty() ? group.member(request.memberId()) : group.memberOfInstance(instanceId);
        Optional<ClassicBytes.Subscription> stated = protocols.isEmpty()
                ? Optional.empty()
                : ClassicBytes.subscription(
                        protocols.get(0).metadata(), on.turn().image());
        if (!request.protocolType().equals(CONSUMER)
                || stated.isEmpty()
                || !shareProtocol(group, request.memberId(), protocols)) {
            return joinFailed(request.memberId(), Errors.INCONSISTENT_GROUP_PROTOCOL);
        }
        if (protocols.stream().mapToLong(p -> p.metadata().length).sum() > HeartbeatCheck.MAX_SUBSCRIPTION_LENGTH) {
            return joinFailed(request.memberId(), Errors.INVALID_REQUEST);
        }
        if (!instanceId.isEmpty() && !request.memberId().isEmpty()) {
            Errors error = group.checkMember(request.memberId(), instanceId);
            if (error != Errors.NONE) {
                return joinFailed(request.memberId(), error);
            }
        }
        if (present == null && group.memberCount() >= group.config().maxSize()) {
            return joinFailed(request.memberId(), Errors.GROUP_MAX_SIZE_REACHED);
        }
        String memberId = request.memberId();
        if (memberId.isEmpty()) {
            memberId = on.turn().newMemberId(instanceId.isEmpty() ? from.clientId() : instanceId);
            if (instanceId.isEmpty() && from.version() >= MEMBER_ID_FIRST) {
                return joinFailed(memberId, Errors.MEMBER_ID_REQUIRED);
            }
            if (present != null) {
                present = replace(on, present, memberId);
            }
        }
        MemberSubscription said = new MemberSubscription(
                instanceId,
                stated.get().rackId(),
                from.clientId(),
                from.clientHost(),
                request.rebalanceTimeoutMs() < 0 ? request.sessionTimeoutMs() : request.rebalanceTimeoutMs(),
                stated.get().topics(),
                "",
                "",
                Optional.of(new Classic(request.sessionTimeoutMs(), protocols)));
        if (isLastConsumer(group, present)) {
            on.write(new Subscribed(group.groupId(), memberId, said));
            ClassicConversion.downgrade(on);
            return joinFailed(
                    request.memberId(), Errors.REBALANCE_IN_PROGRESS); // and it tries again, in a classic group
        }
        Member now = update(on, present, memberId, said, stated.get().owned());
        return new JoinGroupResponseData()
                .setMemberId(memberId)
                .setGenerationId(now.epoch())
                .setProtocolType(CONSUMER)
                .setProtocolName(protocols.get(0).name())
                .setLeader("");
    }

    private static Member update(
            GroupTurn on, Member present, String memberId, MemberSubscription said, PartitionSet owned) {
        ServerAssignedGroup group = on.group();
        boolean otherTopics = present == null || !said.sameTopics(present.subscription());
        String assignor = group.assignor();
        if (present == null || !said.equals(present.subscription())) {
            on.write(new Subscribed(group.groupId(), memberId, said));
        }
        on.forgetUnusedRegexes();
        int epoch = group.epoch();
        on.refresh();
        if ((otherTopics || !assignor.equals(group.assignor())) && epoch == group.epoch()) {
            on.bumpEpoch();
        }
        on.assign();
        Member now = on.reconcile(group.member(memberId), owned, otherTopics);
        long nowMs = on.turn().nowMs();
        heard(group, now, nowMs);
        group.clocks().endRebalance(memberId); // it joined; now it has as long to sync
        group.clocks().startRebalance(memberId, nowMs + said.rebalanceTimeoutMs());
        return now;
    }

    /** A static member came back, as a new process. It owns nothing, and gets what its former self had. */
    private static Member replace(GroupTurn on, Member before, String memberId) {
        ServerAssignedGroup group = on.group();
        PartitionSet target = group.target(before.memberId());
        on.forget(before);
        on.write(new Subscribed(group.groupId(), memberId, before.subscription()));
        on.write(new Targeted(group.groupId(), memberId, target));
        on.write(new Reconciled(
                group.groupId(), memberId, 0, 0, MemberState.STABLE, before.assigned(), PartitionSet.EMPTY));
        return group.member(memberId);
    }

    /** Whether the member is the only one left of the consumer protocol, which ends with it. */
    private static boolean isLastConsumer(ServerAssignedGroup group, Member present) {
        return present != null
                && !present.isClassic()
                && group.config().migration().downgrades()
                && group.subscriptions().classicMembers() == group.memberCount() - 1;
    }

    /** Whether there is an assignor that all members of the classic protocol have, so that the group can go back to it. */
    private static boolean shareProtocol(ServerAssignedGroup group, String memberId, List<Protocol> protocols) {
        Set<String> shared = protocols.stream().map(Protocol::name).collect(Collectors.toSet());
        for (Member member : group.members()) {
            if (!member.memberId().equals(memberId)) {
                member.subscription()
                        .classic()
                        .ifPresent(c -> shared.retainAll(
                                c.protocols().stream().map(Protocol::name).toList()));
            }
        }
        return !shared.isEmpty();
    }

    private static JoinGroupResponseData joinFailed(String memberId, Errors error) {
        return new JoinGroupResponseData()
                .setErrorCode(error.code())
                .setMemberId(memberId)
                .setGenerationId(-1)
                .setProtocolName(null)
                .setLeader("");
    }

    // ---- sync

    static SyncGroupResponseData sync(GroupTurn on, SyncGroupRequestData request) {
        ServerAssignedGroup group = on.group();
        Errors error = check(group, request.memberId(), request.groupInstanceId(), request.generationId());
        if (error == Errors.NONE && differs(request.protocolType(), CONSUMER)) {
            error = Errors.INCONSISTENT_GROUP_PROTOCOL;
        }
        Member member = group.member(request.memberId());
        if (error == Errors.NONE
                && member.state() != MemberState.UNREVOKED_PARTITIONS
                && member.epoch() != group.assignmentEpoch()) {
            error = Errors.REBALANCE_IN_PROGRESS;
        }
        if (error != Errors.NONE) {
            return new SyncGroupResponseData().setErrorCode(error.code());
        }
        Protocol protocol = classic(member).protocols().get(0);
        if (differs(request.protocolName(), protocol.name())) {
            return new SyncGroupResponseData().setErrorCode(Errors.INCONSISTENT_GROUP_PROTOCOL.code());
        }
        heard(group, member, on.turn().nowMs());
        if (member.state() == MemberState.UNREVOKED_PARTITIONS) {
            // It hears what it may keep, gives up the rest, and joins again by itself.
            restart(on, member);
        } else {
            group.clocks().endRebalance(member.memberId());
        }
        return new SyncGroupResponseData()
                .setProtocolType(CONSUMER)
                .setProtocolName(protocol.name())
                .setAssignment(ClassicBytes.assignment(
                        member.assigned(), protocol.metadata(), on.turn().image()));
    }

    private static boolean differs(String said, String known) {
        return said != null && !said.equals(known);
    }

    // ---- heartbeat and leave

    static HeartbeatResponseData heartbeat(GroupTurn on, HeartbeatRequestData request) {
        ServerAssignedGroup group = on.group();
        Errors error = check(group, request.memberId(), request.groupInstanceId(), request.generationId());
        if (error == Errors.NONE) {
            on.refresh();
            on.assign();
            Member member = group.member(request.memberId());
            heard(group, member, on.turn().nowMs());
            if (hasToJoin(group, member)) {
                group.clocks()
                        .startRebalance(
                                member.memberId(),
                                on.turn().nowMs() + member.subscription().rebalanceTimeoutMs());
                error = Errors.REBALANCE_IN_PROGRESS;
            }
        }
        return new HeartbeatResponseData().setErrorCode(error.code());
    }

    private static boolean hasToJoin(ServerAssignedGroup group, Member member) {
        if (member.epoch() != group.assignmentEpoch() || member.state() == MemberState.UNREVOKED_PARTITIONS) {
            return true;
        }
        return member.state() == MemberState.UNRELEASED_PARTITIONS
                && !group.free(group.target(member.memberId()).minus(member.assigned()))
                        .isEmpty();
    }

    static Errors leave(GroupTurn on, MemberIdentity identity) {
        ServerAssignedGroup group = on.group();
        String instanceId = Objects.requireNonNullElse(identity.groupInstanceId(), "");
        Member member = instanceId.isEmpty() ? group.member(identity.memberId()) : group.memberOfInstance(instanceId);
        if (member == null) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        boolean byInstanceAlone = !instanceId.isEmpty() && identity.memberId().isEmpty();
        if (!byInstanceAlone && !member.memberId().equals(identity.memberId())) {
            return Errors.FENCED_INSTANCE_ID;
        }
        on.remove(List.of(member));
        return Errors.NONE;
    }

    // ---- parts

    private static Errors check(ServerAssignedGroup group, String memberId, String instanceId, int generation) {
        Errors error = group.checkMember(memberId, instanceId);
        if (error != Errors.NONE) {
            return error;
        }
        Member member = group.member(memberId);
        if (!member.isClassic()) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        return member.epoch() == generation ? Errors.NONE : Errors.ILLEGAL_GENERATION;
    }

    private static void heard(ServerAssignedGroup group, Member member, long nowMs) {
        group.clocks().heard(member.memberId(), nowMs + classic(member).sessionTimeoutMs());
    }

    private static void restart(GroupTurn on, Member member) {
        on.group().clocks().endRebalance(member.memberId());
        on.group()
                .clocks()
                .startRebalance(
                        member.memberId(),
                        on.turn().nowMs() + member.subscription().rebalanceTimeoutMs());
    }

    private static Classic classic(Member member) {
        return member.subscription().classic().orElseThrow();
    }
}
