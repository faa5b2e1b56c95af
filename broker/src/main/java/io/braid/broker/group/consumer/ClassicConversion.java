package io.braid.broker.group.consumer;

import io.braid.broker.group.ClassicGroup;
import io.braid.broker.group.ClassicGroupChanged;
import io.braid.broker.group.ClassicMember;
import io.braid.broker.group.ClassicMember.Protocol;
import io.braid.broker.group.Turn;
import io.braid.broker.group.consumer.ConsumerRecord.EpochChanged;
import io.braid.broker.group.consumer.ConsumerRecord.Reconciled;
import io.braid.broker.group.consumer.ConsumerRecord.Subscribed;
import io.braid.broker.group.consumer.ConsumerRecord.Targeted;
import io.braid.broker.group.consumer.ConsumerRecord.TargetsComplete;
import io.braid.broker.group.consumer.MemberSubscription.Classic;
import io.braid.image.ClusterImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Groups that change their protocol while members live (KIP-848, "online migration"). Upwards when the first member of
 * the consumer protocol joins: the generation becomes the epoch, and members go on with what they have. Downwards when the
 * last one leaves: the others join again.
 */
final class ClassicConversion {
    private static final String CONSUMER = "consumer";

    private ClassicConversion() {}

    /** Why a classic group with members is not converted; "" if nothing is in the way. */
    static String whyNotUpgraded(ClassicGroup group, ConsumerGroupConfig config) {
        if (!config.migration().upgrades()) {
            return "Group " + group.groupId() + " is a classic group, and group.consumer.migration.policy keeps it so.";
        }
        if (!group.protocolType().equals(CONSUMER)) {
            return "Group " + group.groupId() + " is not a group of consumers.";
        }
        if (group.members().size() >= config.maxSize()) {
            return "Group " + group.groupId() + " has more members than group.consumer.max.size allows.";
        }
        for (ClassicMember member : group.members()) {
            if (ClassicBytes.subscription(stated(group, member), ClusterImage.EMPTY)
                    .isEmpty()) {
                return "Member " + member.memberId() + " of group " + group.groupId()
                        + " has a subscription that is not that of a consumer.";
            }
        }
        return "";
    }

    /** Makes a consumer group of a classic one; {@link #whyNotUpgraded} said "". */
    static void upgrade(Turn turn, ClassicGroup classic) {
        String groupId = classic.groupId();
        int epoch = Math.max(ServerAssignedGroup.FIRST_EPOCH, classic.generation());
        PartitionSet given = PartitionSet.EMPTY;
        for (ClassicMember old : classic.members()) {
            given = given.plus(ClassicBytes.assignment(old.assignment(), turn.image()));
        }
        List<Member> members = new ArrayList<>();
        PartitionSet taken = PartitionSet.EMPTY;
        for (ClassicMember old : classic.members()) {
            Member member = member(turn, classic, old, epoch, given, taken);
            taken = taken.plus(member.assigned()).plus(member.pendingRevocation());
            members.add(member);
        }
        classic.convertTo(turn);
        turn.write(new EpochChanged(groupId, epoch, 0, turn.nowMs()));
        for (Member member : members) {
            turn.write(new Subscribed(groupId, member.memberId(), member.subscription()));
            turn.write(Reconciled.of(groupId, member));
            turn.write(new Targeted(groupId, member.memberId(), member.assigned()));
        }
        turn.write(new TargetsComplete(groupId, epoch));
        ServerAssignedGroup group = (ServerAssignedGroup) turn.group(groupId).orElseThrow();
        group.onLoaded(turn.nowMs());
    }

    /**
     * A member with what its generation gave it, and what it had when it joined that and does not have to keep: it may not
     * have heard of its loss yet. What a client's assignor gave twice stays with the first.
     */
    private static Member member(
            Turn turn, ClassicGroup classic, ClassicMember old, int epoch, PartitionSet given, PartitionSet taken) {
        ClassicBytes.Subscription stated =
                ClassicBytes.subscription(stated(classic, old), turn.image()).orElseThrow();
        PartitionSet assigned =
                ClassicBytes.assignment(old.assignment(), turn.image()).minus(taken);
        PartitionSet losing = stated.owned().minus(given).minus(taken);
        MemberSubscription said = new MemberSubscription(
                old.instanceId(),
                stated.rackId(),
                old.clientId(),
                old.clientHost(),
                old.rebalanceTimeoutMs(),
                stated.topics(),
                "",
                "",
                Optional.of(new Classic(old.sessionTimeoutMs(), first(old.protocols(), classic.protocol()))));
        MemberState state = losing.isEmpty() ? MemberState.STABLE : MemberState.UNREVOKED_PARTITIONS;
        return new Member(old.memberId(), said, epoch, epoch, state, assigned, losing);
    }

    /** Makes a classic group of a consumer group that has members of the classic protocol only. */
    static void downgrade(GroupTurn on) {
        ServerAssignedGroup group = on.group();
        Turn turn = on.turn();
        List<Member> members = List.copyOf(group.members());
        String protocol = sharedProtocol(members);
        int known = members.stream().mapToInt(Member::epoch).max().orElseThrow();
        int generation = known > 0 ? known : group.epoch();
        List<ClassicGroupChanged.Member> rows = new ArrayList<>();
        for (Member member : members) {
            MemberSubscription s = member.subscription();
            byte[] metadata = s.classic().orElseThrow().protocols().stream()
                    .filter(p -> p.name().equals(protocol))
                    .findFirst()
                    .orElseThrow()
                    .metadata();
            rows.add(new ClassicGroupChanged.Member(
                    member.memberId(),
                    s.instanceId(),
                    s.clientId(),
                    s.clientHost(),
                    s.rebalanceTimeoutMs(),
                    s.classic().orElseThrow().sessionTimeoutMs(),
                    metadata,
                    ClassicBytes.assignment(member.assigned(), metadata, turn.image())));
        }
        String leader = members.get(0).memberId();
        group.remove(turn);
        // Members in the highest epoch are told by their next heartbeat to join again, the others by its error.
        turn.write(
                new ClassicGroupChanged(group.groupId(), generation, CONSUMER, protocol, leader, turn.nowMs(), rows));
        if (turn.group(group.groupId()).orElseThrow() instanceof ClassicGroup classic) {
            classic.rebalance(turn);
        }
    }

    /** The bytes a member stated with the protocol of its generation, or with its first. */
    private static byte[] stated(ClassicGroup group, ClassicMember member) {
        return member.metadata(group.protocol())
                .orElseGet(() -> member.protocols().get(0).metadata());
    }

    /** The protocols with the chosen one in front: its name is what the member has heard. */
    private static List<Protocol> first(List<Protocol> protocols, String chosen) {
        List<Protocol> ordered = new ArrayList<>();
        protocols.stream().filter(p -> p.name().equals(chosen)).forEach(ordered::add);
        protocols.stream().filter(p -> !p.name().equals(chosen)).forEach(ordered::add);
        return ordered;
    }

    private static String sharedProtocol(List<Member> members) {
        return members.get(0).subscription().classic().orElseThrow().protocols().stream()
                .map(Protocol::name)
                .filter(name -> members.stream()
                        .allMatch(m -> m.subscription().classic().orElseThrow().protocols().stream()
                                .anyMatch(p -> p.name().equals(name))))
                .findFirst()
                .orElseThrow();
    }
}
