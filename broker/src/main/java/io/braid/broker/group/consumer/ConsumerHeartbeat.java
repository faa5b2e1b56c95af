package io.braid.broker.group.consumer;

import io.braid.broker.group.RequestInfo;
import io.braid.broker.group.consumer.ConsumerRecord.Reconciled;
import io.braid.broker.group.consumer.ConsumerRecord.Subscribed;
import io.braid.broker.group.consumer.ConsumerRecord.Targeted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData.Assignment;
import org.apache.kafka.common.protocol.Errors;

/**
 * ConsumerGroupHeartbeat to a group: joins, leaves, says what the member has and hears what it is to have (KIP-848). One
 * that says nothing new and hears nothing new touches neither assignments nor the log. Used for one request.
 */
final class ConsumerHeartbeat {
    /** How soon a member is to ask again that waits for others or for an assignor. */
    private static final int WAITING_INTERVAL_MS = 500;

    private final GroupTurn on;
    private final ServerAssignedGroup group;
    private final ConsumerGroupHeartbeatRequestData request;
    private final RequestInfo from;
    private final String memberId;

    private ConsumerHeartbeat(
            GroupTurn on, ConsumerGroupHeartbeatRequestData request, RequestInfo from, String memberId) {
        this.on = on;
        this.group = on.group();
        this.request = request;
        this.from = from;
        this.memberId = memberId;
    }

    /** Decides a request that passed {@link HeartbeatCheck}. */
    static ConsumerGroupHeartbeatResponseData decide(
            GroupTurn on, ConsumerGroupHeartbeatRequestData request, RequestInfo from) {
        String memberId = request.memberId().isEmpty() ? on.turn().newUuid().toString() : request.memberId();
        ConsumerHeartbeat heartbeat = new ConsumerHeartbeat(on, request, from, memberId);
        if (request.memberEpoch() < 0) {
            return heartbeat.leave();
        }
        return request.memberEpoch() == 0 ? heartbeat.join() : heartbeat.goOn();
    }

    static ConsumerGroupHeartbeatResponseData refusal(Errors error, String message) {
        return new ConsumerGroupHeartbeatResponseData()
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }

    // ---- the three kinds

    private ConsumerGroupHeartbeatResponseData join() {
        String instanceId = request.instanceId() == null ? "" : request.instanceId();
        Member present = group.member(memberId);
        Member away = instanceId.isEmpty() ? null : group.memberOfInstance(instanceId);
        if (away != null && !away.memberId().equals(memberId)) {
            if (away.epoch() != Member.LEFT_TO_RETURN && !away.isClassic()) {
                return refusal(
                        Errors.UNRELEASED_INSTANCE_ID,
                        "Static member " + memberId + " with instance id " + instanceId
                                + " cannot join the group because the instance id is owned by member "
                                + away.memberId() + ".");
            }
        } else if (present == null && group.memberCount() >= group.config().maxSize()) {
            return refusal(
                    Errors.GROUP_MAX_SIZE_REACHED,
                    "The consumer group has reached its maximum capacity of "
                            + group.config().maxSize() + " members.");
        }
        PartitionSet owned = PartitionSet.EMPTY;
        MemberSubscription said = merge(MemberSubscription.NONE);
        if (away != null && !away.memberId().equals(memberId)) {
            present = replace(away);
        } else if (present != null && present.epoch() == Member.LEFT_TO_RETURN) {
            present = back(present);
        }
        Member before = present == null ? Member.joining(memberId, MemberSubscription.NONE) : present;
        return answer(before, update(before, present == null, said, owned), true);
    }

    private ConsumerGroupHeartbeatResponseData goOn() {
        Member member = group.member(memberId);
        Errors error = group.checkMember(memberId, request.instanceId());
        if (error != Errors.NONE || member == null) {
            return refusal(
                    error == Errors.NONE ? Errors.UNKNOWN_MEMBER_ID : error,
                    "Member " + memberId + " is not a member of group " + group.groupId() + ".");
        }
        PartitionSet owned;
        try {
            owned = owned();
        } catch (IllegalArgumentException e) {
            return refusal(Errors.INVALID_REQUEST, "TopicPartitions has an invalid partition.");
        }
        if (!isOfEpoch(member, owned)) {
            return refusal(
                    Errors.FENCED_MEMBER_EPOCH,
                    "The consumer group member has epoch " + member.epoch() + ", not " + request.memberEpoch()
                            + ". The member must abandon all its partitions and rejoin.");
        }
        MemberSubscription said = merge(member.subscription());
        boolean full = request.rebalanceTimeoutMs() >= 0
                && (request.subscribedTopicNames() != null || request.subscribedTopicRegex() != null)
                && owned != null;
        return answer(member, update(member, false, said, owned), full);
    }

    private ConsumerGroupHeartbeatResponseData leave() {
        Errors error = group.checkMember(memberId, request.instanceId());
        Member member = group.member(memberId);
        if (error != Errors.NONE || member == null) {
            return refusal(
                    error == Errors.NONE ? Errors.UNKNOWN_MEMBER_ID : error,
                    "Member " + memberId + " is not a member of group " + group.groupId() + ".");
        }
        if (request.memberEpoch() == Member.LEFT) {
            on.remove(List.of(member));
        } else {
            on.refresh();
            on.write(new Reconciled(
                    group.groupId(),
                    memberId,
                    Member.LEFT_TO_RETURN,
                    member.epoch(),
                    MemberState.STABLE,
                    member.assigned(),
                    PartitionSet.EMPTY));
            group.clocks().endRebalance(memberId);
            group.clocks().heard(memberId, on.turn().nowMs() + group.pending().sessionTimeoutMs);
        }
        return new ConsumerGroupHeartbeatResponseData().setMemberId(memberId).setMemberEpoch(request.memberEpoch());
    }

    // ---- parts

    /** A member speaks in its epoch, or in the one before if it missed an answer and has nothing it should not have. */
    private boolean isOfEpoch(Member member, PartitionSet owned) {
        int epoch = request.memberEpoch();
        if (member.isClassic() || member.epoch() == Member.LEFT_TO_RETURN) {
            return false;
        }
        return epoch == member.epoch() || (epoch == member.previousEpoch() && owned != null && member.holds(owned));
    }

    /** The static member takes the place of its former self, with all that had (KIP-345). */
    private Member replace(Member away) {
        PartitionSet target = group.target(away.memberId());
        on.forget(away);
        on.write(new Subscribed(group.groupId(), memberId, away.subscription()));
        on.write(new Targeted(group.groupId(), memberId, target));
        Member back = Member.joining(memberId, away.subscription());
        on.write(Reconciled.of(group.groupId(), back(back, away.assigned())));
        return group.member(memberId);
    }

    private Member back(Member member) {
        on.write(Reconciled.of(group.groupId(), back(member, member.assigned())));
        return group.member(memberId);
    }

    private static Member back(Member member, PartitionSet assigned) {
        return new Member(
                member.memberId(), member.subscription(), 0, 0, MemberState.STABLE, assigned, PartitionSet.EMPTY);
    }

    /** Notes what the member said, gives the group what follows from it, and takes the member a step on. */
    private Member update(Member before, boolean isNew, MemberSubscription said, PartitionSet owned) {
        String assignor = group.assignor();
        boolean otherTopics = !said.sameTopics(before.subscription());
        if (isNew || !said.equals(before.subscription())) {
            on.write(new Subscribed(group.groupId(), memberId, said));
        }
        if (otherTopics) {
            on.forgetUnusedRegexes();
        }
        int epoch = group.epoch();
        on.refresh();
        boolean changed = isNew || otherTopics || !assignor.equals(group.assignor());
        if (changed && epoch == group.epoch()) {
            on.bumpEpoch();
        }
        if (otherTopics) {
            on.resolveRegexes();
        }
        on.assign();
        Member now = on.reconcile(group.member(memberId), owned, otherTopics);
        long nowMs = on.turn().nowMs();
        group.clocks().heard(memberId, nowMs + group.pending().sessionTimeoutMs);
        if (now.state() == MemberState.UNREVOKED_PARTITIONS) {
            if (before.state() != MemberState.UNREVOKED_PARTITIONS
                    || !before.pendingRevocation().equals(now.pendingRevocation())) {
                group.clocks().endRebalance(memberId);
            }
            group.clocks().startRebalance(memberId, nowMs + said.rebalanceTimeoutMs());
        } else if (before.state() == MemberState.UNREVOKED_PARTITIONS || before.isClassic()) {
            group.clocks().endRebalance(memberId);
        }
        return now;
    }

    private ConsumerGroupHeartbeatResponseData answer(Member before, Member now, boolean full) {
        ConsumerGroupHeartbeatResponseData response = new ConsumerGroupHeartbeatResponseData()
                .setMemberId(memberId)
                .setMemberEpoch(now.epoch())
                .setHeartbeatIntervalMs(intervalMs(now));
        if (full || !now.assigned().equals(before.assigned())) {
            Assignment assignment = new Assignment();
            now.assigned().forEach((topic, ranges) -> assignment
                    .topicPartitions()
                    .add(new ConsumerGroupHeartbeatResponseData.TopicPartitions()
                            .setTopicId(topic)
                            .setPartitions(new PartitionList(ranges))));
            response.setAssignment(assignment);
        }
        return response;
    }

    private int intervalMs(Member member) {
        int interval = group.pending().heartbeatIntervalMs;
        boolean waits = member.state() == MemberState.UNRELEASED_PARTITIONS
                || group.epoch() > group.assignmentEpoch()
                || (group.pending().resolving
                        && group.regexTopics(member.subscription().regex()) == null);
        return waits ? Math.min(interval, WAITING_INTERVAL_MS) : interval;
    }

    /** What the member says it is, as far as it says it; the same object if that is nothing new. */
    private MemberSubscription merge(MemberSubscription known) {
        boolean nothing = request.instanceId() == null
                && request.rackId() == null
                && request.rebalanceTimeoutMs() < 0
                && request.subscribedTopicNames() == null
                && request.subscribedTopicRegex() == null
                && request.serverAssignor() == null
                && known.classic().isEmpty()
                && known.clientId().equals(from.clientId())
                && known.clientHost().equals(from.clientHost());
        if (nothing) {
            return known;
        }
        return new MemberSubscription(
                either(request.instanceId(), known.instanceId()),
                either(request.rackId(), known.rackId()),
                from.clientId(),
                from.clientHost(),
                request.rebalanceTimeoutMs() < 0 ? known.rebalanceTimeoutMs() : request.rebalanceTimeoutMs(),
                request.subscribedTopicNames() == null
                        ? known.topics()
                        : List.copyOf(new TreeSet<>(request.subscribedTopicNames())),
                either(request.subscribedTopicRegex(), known.regex()),
                either(request.serverAssignor(), known.assignor()),
                Optional.empty());
    }

    private static String either(String said, String known) {
        return said == null ? known : said;
    }

    /** What the member says it has; null if it says nothing of it. */
    private PartitionSet owned() {
        if (request.topicPartitions() == null) {
            return null;
        }
        Map<Uuid, PartitionRanges> owned = new TreeMap<>();
        for (ConsumerGroupHeartbeatRequestData.TopicPartitions topic : new ArrayList<>(request.topicPartitions())) {
            int[] partitions = topic.partitions().stream().mapToInt(p -> p).toArray();
            owned.merge(topic.topicId(), PartitionRanges.ofPartitions(partitions), PartitionRanges::plus);
        }
        return PartitionSet.of(owned);
    }
}
