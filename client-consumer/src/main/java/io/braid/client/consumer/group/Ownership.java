package io.braid.client.consumer.group;

import io.braid.client.consumer.PartitionSet;
import java.util.ArrayList;
import java.util.List;

/**
 * What a member owns and what it is giving up: each change is an event. At most one revocation is under way. Owned by its
 * membership.
 */
final class Ownership {
    private final List<MemberEvent> events = new ArrayList<>();
    private PartitionSet owned = PartitionSet.EMPTY;
    private PartitionSet revoking = PartitionSet.EMPTY;
    private boolean pending;
    private int revocations;

    PartitionSet owned() {
        return owned;
    }

    boolean revoking() {
        return pending;
    }

    void add(MemberEvent event) {
        events.add(event);
    }

    List<MemberEvent> takeEvents() {
        List<MemberEvent> taken = List.copyOf(events);
        events.clear();
        return taken;
    }

    /** Begins to give up partitions, of which there must be some. */
    void revoke(PartitionSet partitions) {
        if (pending || partitions.isEmpty()) {
            throw new IllegalStateException("revocation of " + partitions + " while " + revoking + " is given up");
        }
        pending = true;
        revoking = partitions;
        revocations++;
        add(new MemberEvent.Revoke(revocations, partitions));
    }

    /** Takes note of a revocation's end; false when it is not the one that is waited for. */
    boolean revoked(int revocation) {
        if (!pending || revocation != revocations) {
            return false;
        }
        pending = false;
        owned = owned.minus(revoking);
        revoking = PartitionSet.EMPTY;
        return true;
    }

    /** Takes partitions on top of what is owned; tells even if there are none. */
    void assign(PartitionSet added) {
        owned = owned.union(added);
        add(new MemberEvent.Assign(added, owned));
    }

    /** Everything is gone; a revocation under way has no meaning any more. */
    void lose() {
        PartitionSet lost = owned;
        pending = false;
        revoking = PartitionSet.EMPTY;
        owned = PartitionSet.EMPTY;
        if (!lost.isEmpty()) {
            add(new MemberEvent.Lose(lost));
        }
    }
}
