package io.braid.broker.shard;

import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import java.util.concurrent.CompletableFuture;

/** The way to the controllers for changes of in-sync sets. Thread-safe; must not block. */
@FunctionalInterface
public interface InSyncProposer {
    /** Proposes nothing and answers that it is not known what became of it: for a broker without controllers. */
    InSyncProposer NONE = command -> CompletableFuture.completedFuture(CommandResult.failed(
            org.apache.kafka.common.protocol.Errors.REQUEST_TIMED_OUT, "there are no controllers"));

    /**
     * Submits the command. The same command may be proposed again when the result is not known.
     *
     * @return what became of it; REQUEST_TIMED_OUT or a failed future mean that it is not known
     */
    CompletableFuture<CommandResult> propose(Command.AlterShard command);
}
