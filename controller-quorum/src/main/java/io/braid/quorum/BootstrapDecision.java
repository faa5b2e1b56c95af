package io.braid.quorum;

import io.braid.image.ControllerImage;
import io.braid.quorum.message.QuorumStatusResponse;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a controller with an empty directory does, given what its peers say. A wiped controller must not take part again as
 * if nothing had happened: it voted, and acknowledged entries, that it forgot. So a new cluster is made only with a
 * majority of blank controllers and nobody who knows better; where there is a cluster, it has to expect this controller.
 * Pure.
 *
 * @param join what to join as, if {@code kind} is JOIN
 * @param voters to start with, if {@code kind} is JOIN and this one is among them; else empty
 * @param reason in one line, for WAIT and REFUSE
 */
record BootstrapDecision(Kind kind, Optional<ControllerImage> join, List<Voter> voters, String reason) {
    enum Kind {
        /** A new cluster, together with the others that are blank. */
        FORM,
        /** The cluster expects this controller. */
        JOIN,
        /** Too little is known. */
        WAIT,
        /** The cluster does not expect this controller. */
        REFUSE
    }

    BootstrapDecision {
        Objects.requireNonNull(kind);
        Objects.requireNonNull(join);
        voters = List.copyOf(voters);
        Objects.requireNonNull(reason);
    }

    /**
     * Decides.
     *
     * @param controllers how many the configuration names, this one included
     * @param claimed the generation that this controller claimed before, if it did and got no further
     * @param answers of the others, at most one each
     */
    static BootstrapDecision decide(
            int nodeId, int controllers, OptionalInt claimed, List<QuorumStatusResponse> answers) {
        List<QuorumStatusResponse> clustered = answers.stream()
                .filter(answer -> !answer.member().clusterId().isEmpty())
                .toList();
        if (!clustered.isEmpty()) {
            return inCluster(nodeId, claimed, clustered);
        }
        if (answers.stream().anyMatch(answer -> !answer.member().blank())) {
            return waiting("another controller has not finished starting");
        }
        int blank = 1 + answers.size();
        return claimed.isEmpty() && blank > controllers / 2
                ? new BootstrapDecision(Kind.FORM, Optional.empty(), List.of(), "")
                : waiting(answers.size() + " of the " + (controllers - 1) + " other controllers answer");
    }

    private static BootstrapDecision inCluster(int nodeId, OptionalInt claimed, List<QuorumStatusResponse> answers) {
        QuorumStatusResponse newest = answers.stream()
                .max(Comparator.comparingLong(answer -> answer.member().version()))
                .orElseThrow();
        String cluster = newest.member().clusterId();
        if (answers.stream().anyMatch(a -> !a.member().clusterId().equals(cluster))) {
            return refused("the other controllers belong to different clusters");
        }
        if (newest.controllers().isEmpty()) {
            return waiting("cluster " + cluster + " has not named its controllers; one that was alone until now has to"
                    + " name itself in controller.quorum.voters");
        }
        Optional<ControllerImage> me =
                newest.controllers().stream().filter(c -> c.nodeId() == nodeId).findFirst();
        if (me.isEmpty()) {
            return notNamed(nodeId, cluster);
        }
        boolean again = claimed.isPresent() && claimed.getAsInt() == me.get().generation();
        return me.get().joined() && !again
                ? refused("controller " + nodeId + " is a member of cluster " + cluster
                        + ", but its metadata directory is empty; if its disk is lost, run: braid quorum replace "
                        + nodeId)
                : new BootstrapDecision(Kind.JOIN, me, votersWith(me.get(), newest.info()), "");
    }

    /**
     * The Raft group, if this controller is in it already: then the leader sends it entries at once, as to any voter. One that does not
     * know itself to be a voter would give up for good if it were to miss the leader before the first entry is there.
     */
    private static List<Voter> votersWith(ControllerImage me, QuorumInfo info) {
        List<Voter> voters = info.voters().stream()
                .map(v -> new Voter(v.nodeId(), v.generation(), v.host(), v.port()))
                .toList();
        return voters.stream().anyMatch(v -> v.sameMember(Voter.of(me))) ? voters : List.of();
    }

    private static BootstrapDecision notNamed(int nodeId, String cluster) {
        return refused("cluster " + cluster + " exists and has no controller " + nodeId
                + "; to make it one, run: braid quorum add " + nodeId
                + "@host:controller-port (or, for one that lost its"
                + " disk, braid quorum replace)");
    }

    private static BootstrapDecision waiting(String reason) {
        return new BootstrapDecision(Kind.WAIT, Optional.empty(), List.of(), reason);
    }

    private static BootstrapDecision refused(String reason) {
        return new BootstrapDecision(Kind.REFUSE, Optional.empty(), List.of(), reason);
    }
}
