package io.braid.quorum;

import io.braid.controller.Command;
import io.braid.image.ControllerImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The next step that brings the Raft group in line with the controllers that the metadata names: who is gone leaves first,
 * then one after the other joins. Each step is safe to take again, so a leader that fails between two leaves nothing that
 * the next one does not finish. Pure; exactly one of the parts is present, or none when nothing is to be done.
 *
 * @param command a change to the metadata
 * @param voters what the voters are to be
 * @param handOver who is to lead instead of this controller, which is about to leave
 */
record MembershipPlan(Optional<Command> command, List<Voter> voters, Optional<Voter> handOver) {
    private static final MembershipPlan NOTHING = new MembershipPlan(Optional.empty(), List.of(), Optional.empty());

    MembershipPlan {
        voters = List.copyOf(voters);
    }

    boolean nothing() {
        return equals(NOTHING);
    }

    /**
     * What to do next.
     *
     * @param named the controllers in the metadata
     * @param configured the controllers in this one's configuration: the first leader writes them down
     * @param voters of the Raft group
     * @param heardOf those of the voters that have a part of the log, this controller included
     * @param self this controller, which leads
     */
    static MembershipPlan next(
            List<ControllerImage> named,
            List<ControllerImage> configured,
            List<Voter> voters,
            List<Voter> heardOf,
            Voter self) {
        if (voters.isEmpty() || (named.isEmpty() && configured.isEmpty())) {
            return NOTHING;
        }
        List<ControllerImage> wanted = joined(named.isEmpty() ? configured : named, heardOf);
        if (!wanted.equals(named)) {
            return new MembershipPlan(
                    Optional.of(new Command.AlterControllers(named, wanted)), List.of(), Optional.empty());
        }
        // With the addresses that they have now: those of the Raft group may be older.
        List<Voter> staying =
                wanted.stream().map(Voter::of).filter(v -> contains(voters, v)).toList();
        if (staying.size() < voters.size()) {
            if (contains(staying, self)) {
                return new MembershipPlan(Optional.empty(), staying, Optional.empty());
            }
            return new MembershipPlan(
                    Optional.empty(),
                    List.of(),
                    staying.stream().filter(v -> contains(heardOf, v)).findFirst());
        }
        for (ControllerImage controller : wanted) {
            if (controller.joined() && !contains(voters, Voter.of(controller))) {
                List<Voter> more = new ArrayList<>(staying);
                more.add(Voter.of(controller));
                return new MembershipPlan(Optional.empty(), more, Optional.empty());
            }
        }
        return NOTHING;
    }

    /** The controllers, with those marked that have a part of the log: they must not come back with an empty disk. */
    private static List<ControllerImage> joined(List<ControllerImage> controllers, List<Voter> heardOf) {
        List<ControllerImage> marked = new ArrayList<>(controllers.size());
        Set<Integer> seen = new HashSet<>();
        for (ControllerImage controller : controllers) {
            if (seen.add(controller.nodeId())) {
                marked.add(contains(heardOf, Voter.of(controller)) ? controller.asJoined() : controller);
            }
        }
        marked.sort(Comparator.comparingInt(ControllerImage::nodeId));
        return marked;
    }

    private static boolean contains(List<Voter> voters, Voter voter) {
        return voters.stream().anyMatch(v -> v.sameMember(voter));
    }
}
