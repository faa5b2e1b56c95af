package io.braid.quorum;

import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.controller.Proposal;
import io.braid.controller.RequestId;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;

/** Numbers the commands of one client that sends each of them once. Thread-safe. */
final class OwnCommands {
    private final Uuid client;
    private final TreeSet<Long> unanswered = new TreeSet<>();
    private long next;

    OwnCommands(Uuid client) {
        this.client = client;
    }

    CompletableFuture<CommandResult> submit(
            Command command, Function<Proposal, CompletableFuture<CommandResult>> submit) {
        RequestId id = begin();
        return submit.apply(new Proposal(id, command)).whenComplete((result, failure) -> end(id.sequence()));
    }

    private synchronized RequestId begin() {
        long sequence = next++;
        unanswered.add(sequence);
        return new RequestId(client, sequence, unanswered.first());
    }

    private synchronized void end(long sequence) {
        unanswered.remove(sequence);
    }
}
