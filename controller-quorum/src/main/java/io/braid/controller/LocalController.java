package io.braid.controller;

import io.braid.image.ClusterImage;
import io.braid.image.Endpoint;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;

/**
 * The metadata state machine on its own, without a quorum or a disk: for tests of what stands on it, and tools.
 * Thread-safe; a command is applied by the calling thread before {@link #submit} returns.
 */
public final class LocalController {
    private final Uuid client = new Uuid(0, 1);
    private MetadataState state = MetadataState.EMPTY;
    private long index;
    private long sequence;

    /** A cluster of one unfenced broker. */
    public static LocalController withOneBroker(int brokerId, String listener, String host, int port) {
        LocalController controller = new LocalController();
        controller.apply(new Command.CreateCluster("local", MetadataVersion.LATEST));
        controller.addBroker(brokerId, listener, host, port);
        return controller;
    }

    /** Registers and unfences a broker with one listener; returns its epoch. */
    public long addBroker(int brokerId, String listener, String host, int port) {
        long epoch = apply(new Command.RegisterBroker(
                        brokerId,
                        new Uuid(brokerId, index + 1),
                        "",
                        List.of(),
                        List.of(new Endpoint(listener, host, port)),
                        Optional.empty(),
                        MetadataVersion.supported(),
                        -1))
                .value();
        apply(new Command.UnfenceBroker(brokerId, epoch));
        return epoch;
    }

    /** Applies a command; the future is complete. */
    public CompletableFuture<CommandResult> submit(Command command) {
        return CompletableFuture.completedFuture(apply(command));
    }

    /** Applies a command. */
    public synchronized CommandResult apply(Command command) {
        Optional<CommandResult> refusal = Admission.refusal(command, state.image());
        if (refusal.isPresent()) {
            return refusal.get();
        }
        if (command.validateOnly()) {
            return state.preview(command);
        }
        MetadataState.Applied applied =
                state.apply(++index, new Proposal(new RequestId(client, sequence, sequence), command));
        sequence++;
        state = applied.state();
        return applied.result();
    }

    public synchronized ClusterImage image() {
        return state.image();
    }
}
