package io.braid.quorum;

import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.controller.Limits;
import io.braid.quorum.message.SubmitCommandRequest;
import io.braid.quorum.message.SubmitCommandResponse;
import io.braid.quorum.message.VendorResponse.Leader;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.Errors;

/** Carries a broker's commands to the leading controller until they are answered. Owned by the session's thread. */
final class SessionCommands {
    private final SessionConfig config;
    private final SessionThread thread;
    private final KnownControllers controllers;
    private final ImageHolder images;
    private final CommandSender sender;

    SessionCommands(SessionConfig config, SessionThread thread, KnownControllers controllers, ImageHolder images) {
        this.config = config;
        this.thread = thread;
        this.controllers = controllers;
        this.images = images;
        this.sender = new CommandSender(config.registration().incarnation());
    }

    /** A command that has the configured time from now on. May be called from any thread. */
    CommandSender.Pending pending(Command command) {
        return new CommandSender.Pending(
                command, System.nanoTime() + config.commandTimeout().toNanos());
    }

    void submit(CommandSender.Pending pending) {
        sender.add(pending);
        sendAll();
    }

    /** Numbers a registration, which is sent in another way; what waited before it is sent. */
    void number(CommandSender.Pending registration) {
        sender.add(registration);
        // The first command of a session: nothing is before it that could keep it from being numbered.
        for (CommandSender.Pending next; (next = sender.next()) != null; ) {
            if (next != registration) {
                send(next);
            }
        }
    }

    /** A registration was answered, or given up. */
    void finished(CommandSender.Pending registration) {
        sender.finished(registration);
    }

    /** Sends what may be sent. */
    void sendAll() {
        for (CommandSender.Pending next; (next = sender.next()) != null; ) {
            if (next.bytes.length > Limits.MAX_COMMAND_BYTES) {
                finish(
                        next,
                        CommandResult.failed(
                                Errors.INVALID_REQUEST,
                                "the command takes " + next.bytes.length + " bytes, more than "
                                        + Limits.MAX_COMMAND_BYTES));
            } else {
                send(next);
            }
        }
    }

    void closeAll() {
        sender.closeAll();
    }

    private void send(CommandSender.Pending pending) {
        if (System.nanoTime() - pending.deadlineNs >= 0) {
            finish(pending, CommandResult.failed(Errors.REQUEST_TIMED_OUT, "no controller answered in time"));
            return;
        }
        ControllerChannel to = controllers.leader();
        thread.ask(to, new SubmitCommandRequest(pending.bytes), SubmitCommandResponse.class, (answer, failure) -> {
            if (failure != null || answer.error() != Errors.NONE) {
                controllers.leaderLost(to, failure == null ? answer.leader() : Leader.UNKNOWN);
                thread.later(() -> send(pending));
            } else {
                images.await(
                        image -> image.version() >= answer.result().version(), whenShown(pending, answer.result()));
            }
        });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // it ends in the command's own future
    private CompletableFuture<Void> whenShown(CommandSender.Pending pending, CommandResult result) {
        CompletableFuture<Void> shown = new CompletableFuture<>();
        shown.thenRun(() -> finish(pending, result));
        return shown;
    }

    private void finish(CommandSender.Pending pending, CommandResult result) {
        sender.finished(pending);
        pending.future.complete(result);
        sendAll();
    }
}
