package io.braid.quorum;

import io.braid.controller.CommandResult;
import io.braid.controller.Proposal;

/** A proposal on its way through this controller's own Raft log. The apply thread leaves the result. */
final class Submission {
    private final Proposal proposal;
    private volatile CommandResult result;

    Submission(Proposal proposal) {
        this.proposal = proposal;
    }

    Proposal proposal() {
        return proposal;
    }

    /** Null until it was applied here. */
    CommandResult result() {
        return result;
    }

    void done(CommandResult applied) {
        result = applied;
    }
}
