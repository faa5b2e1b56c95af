package io.braid.broker.group.consumer;

import java.util.function.UnaryOperator;

/**
 * Brings a member nearer to its target, one step at a time (KIP-848, "reconciliation"): first it gives up what is not in
 * the target, and says so; then it moves to the epoch of the target and gets what nobody else has; the rest it gets as
 * others give it up. Pure.
 */
final class Reconciler {

    private Reconciler() {}

    /**
     * Takes a member one step.
     *
     * @param targetEpoch the epoch that {@code target} was made for
     * @param owned what the member says it has, or null if it said nothing
     * @param free leaves of a set what no member has
     * @param force look even if the member is stable in the epoch: its subscription changed
     * @return the member after the step; the same object if there is none
     */
    static Member step(
            Member member,
            int targetEpoch,
            PartitionSet target,
            PartitionSet owned,
            UnaryOperator<PartitionSet> free,
            boolean force) {
        boolean waits =
                switch (member.state()) {
                    case STABLE -> member.epoch() == targetEpoch && !force;
                    case UNREVOKED_PARTITIONS -> mayHave(owned, member.pendingRevocation());
                    case UNRELEASED_PARTITIONS -> false;
                };
        return waits ? member : towards(member, targetEpoch, target, owned, free);
    }

    private static Member towards(
            Member member, int targetEpoch, PartitionSet target, PartitionSet owned, UnaryOperator<PartitionSet> free) {
        PartitionSet keep = member.assigned().intersect(target);
        PartitionSet revoke = member.assigned().minus(target);
        if (!revoke.isEmpty() && mayHave(owned, revoke)) {
            return new Member(
                    member.memberId(),
                    member.subscription(),
                    member.epoch(),
                    member.previousEpoch(),
                    MemberState.UNREVOKED_PARTITIONS,
                    keep,
                    revoke);
        }
        // What it just gave up counts as held until its release is recorded; it is not wanted unless the target
        // changed in between, and then it waits one heartbeat longer.
        PartitionSet wanted = target.minus(keep);
        PartitionSet given = wanted.isEmpty() ? wanted : free.apply(wanted);
        boolean complete = given.equals(wanted);
        PartitionSet assigned = keep.plus(given);
        MemberState state = complete ? MemberState.STABLE : MemberState.UNRELEASED_PARTITIONS;
        if (member.epoch() == targetEpoch
                && member.state() == state
                && member.pendingRevocation().isEmpty()
                && assigned.equals(member.assigned())) {
            return member;
        }
        return new Member(
                member.memberId(),
                member.subscription(),
                targetEpoch,
                member.epoch(),
                state,
                assigned,
                PartitionSet.EMPTY);
    }

    private static boolean mayHave(PartitionSet owned, PartitionSet partitions) {
        return owned == null || owned.intersects(partitions);
    }
}
