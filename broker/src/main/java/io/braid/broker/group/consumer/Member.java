package io.braid.broker.group.consumer;

import java.util.Objects;

/**
 * A member of a group: what it asked for and what it has. Immutable.
 *
 * @param epoch the member epoch; 0 before its first assignment, {@link #LEFT_TO_RETURN} for a static member that is away
 * @param previousEpoch the one before: a member that did not get the answer with {@code epoch} still speaks in it
 * @param assigned what it may consume
 * @param pendingRevocation what it was told to give up and may have still; nobody else gets it
 */
public record Member(
        String memberId,
        MemberSubscription subscription,
        int epoch,
        int previousEpoch,
        MemberState state,
        PartitionSet assigned,
        PartitionSet pendingRevocation) {

    /** Epoch with which a static member says that it will come back (KIP-848). */
    public static final int LEFT_TO_RETURN = -2;

    /** Epoch with which a member leaves for good. */
    public static final int LEFT = -1;

    public Member {
        Objects.requireNonNull(memberId);
        Objects.requireNonNull(subscription);
        Objects.requireNonNull(state);
        Objects.requireNonNull(assigned);
        Objects.requireNonNull(pendingRevocation);
    }

    static Member joining(String memberId, MemberSubscription subscription) {
        return new Member(memberId, subscription, 0, 0, MemberState.STABLE, PartitionSet.EMPTY, PartitionSet.EMPTY);
    }

    Member with(MemberSubscription changed) {
        return new Member(memberId, changed, epoch, previousEpoch, state, assigned, pendingRevocation);
    }

    boolean isStatic() {
        return !subscription.instanceId().isEmpty();
    }

    boolean isClassic() {
        return subscription.classic().isPresent();
    }

    /** Whether the partitions are all ones it has or had until now. */
    boolean holds(PartitionSet partitions) {
        return assigned.plus(pendingRevocation).containsAll(partitions);
    }
}
