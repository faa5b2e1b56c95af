package io.braid.controller;

import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.MetadataRecord;
import java.util.List;
import java.util.Optional;

/**
 * The state of the metadata state machine: the image, and which commands were applied. Immutable: {@link #apply} gives
 * the next state. The same on leader, follower and restart.
 */
public final class MetadataState {
    public static final MetadataState EMPTY = new MetadataState(ClusterImage.EMPTY, RequestTable.EMPTY);

    private final ClusterImage image;
    private final RequestTable requests;

    MetadataState(ClusterImage image, RequestTable requests) {
        this.image = image;
        this.requests = requests;
    }

    public ClusterImage image() {
        return image;
    }

    RequestTable requests() {
        return requests;
    }

    /** What applying gave. {@code records} is empty, and the image the same, if nothing changed. */
    public record Applied(MetadataState state, List<MetadataRecord> records, CommandResult result) {}

    /**
     * Applies a committed command; one that was applied before gets its old result and changes nothing.
     *
     * @param index of its Raft entry, above the image's version
     */
    public Applied apply(long index, Proposal proposal) {
        Optional<CommandResult> known = requests.answer(proposal.id());
        if (known.isPresent()) {
            return new Applied(this, List.of(), known.get());
        }
        Decision decision = Decisions.decide(proposal.command(), image, index);
        ClusterImage next = decision.records().isEmpty() ? image : image.apply(index, decision.records());
        CommandResult result = decision.result().at(next.version());
        RequestTable nextRequests = forgetOldIncarnation(proposal.command()).with(proposal.id(), result, index);
        return new Applied(new MetadataState(next, nextRequests), decision.records(), result);
    }

    /** A broker's session takes its incarnation for its client id, so the old one's results will not be asked for. */
    private RequestTable forgetOldIncarnation(Command command) {
        if (!(command instanceof Command.RegisterBroker register)) {
            return requests;
        }
        Optional<BrokerImage> old = image.broker(register.brokerId());
        return old.isEmpty() || old.get().incarnation().equals(register.incarnation())
                ? requests
                : requests.without(old.get().incarnation());
    }

    /** The result a command would have now; for commands that are to be validated only. */
    public CommandResult preview(Command command) {
        return Decisions.decide(command, image, image.version() + 1).result().at(image.version());
    }

    /** Whether all contents are equal. Costs a walk over everything. */
    @Override
    public boolean equals(Object other) {
        return other instanceof MetadataState that && image.equals(that.image) && requests.equals(that.requests);
    }

    @Override
    public int hashCode() {
        return image.hashCode();
    }
}
