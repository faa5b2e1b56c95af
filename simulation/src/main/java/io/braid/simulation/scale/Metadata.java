package io.braid.simulation.scale;

import io.braid.controller.Command;
import io.braid.controller.CommandCodec;
import io.braid.controller.CommandResult;
import io.braid.controller.MetadataState;
import io.braid.controller.Proposal;
import io.braid.controller.RequestId;
import io.braid.image.ClusterImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/**
 * The shipped state machine, fed with commands as a controller is: each is encoded as a Raft entry, decoded, and applied.
 * What it changed is kept until it is taken. Mutable; a {@link #fork} goes its own way.
 */
final class Metadata {
    private static final Uuid CLIENT = new Uuid(8, 6);

    private MetadataState state;
    private long index;
    private long sequence;
    private List<Change> changes = new ArrayList<>();

    Metadata() {
        this(MetadataState.EMPTY, 0, 0);
    }

    private Metadata(MetadataState state, long index, long sequence) {
        this.state = state;
        this.index = index;
        this.sequence = sequence;
    }

    Metadata fork() {
        return new Metadata(state, index, sequence);
    }

    MetadataState state() {
        return state;
    }

    ClusterImage image() {
        return state.image();
    }

    /**
     * Applies the command.
     *
     * @throws IllegalStateException if it, or one of its items, is refused
     */
    CommandResult apply(Command command) {
        byte[] entry = CommandCodec.encode(next(command));
        sequence++;
        index++;
        MetadataState before = state;
        Proposal proposal = CommandCodec.decode(entry);
        MetadataState.Applied[] applied = new MetadataState.Applied[1];
        Measured cost = Measured.once(() -> applied[0] = before.apply(index, proposal));
        state = applied[0].state();
        CommandResult result = applied[0].result();
        Optional<CommandResult.Item> refused = result.items().stream()
                .filter(item -> item.error() != Errors.NONE)
                .findFirst();
        if (!result.ok() || refused.isPresent()) {
            throw new IllegalStateException(
                    command.getClass().getSimpleName() + " was refused: " + result.message() + refused);
        }
        if (!applied[0].records().isEmpty()) {
            changes.add(new Change(command, entry.length, cost, before.image(), state.image(), applied[0].records()));
        }
        return result;
    }

    private Proposal next(Command command) {
        return new Proposal(new RequestId(CLIENT, sequence, sequence), command);
    }

    /** What applying the command to the present state costs, which stays as it is. */
    Measured cost(Command command, int repetitions) {
        Proposal proposal = next(command);
        return Measured.of(repetitions, () -> state.apply(index + 1, proposal));
    }

    /** What changed since this was asked last. */
    List<Change> takeChanges() {
        List<Change> taken = changes;
        changes = new ArrayList<>();
        return taken;
    }
}
