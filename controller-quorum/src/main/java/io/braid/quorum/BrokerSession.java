package io.braid.quorum;

import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.controller.Limits;
import io.braid.controller.MalformedException;
import io.braid.image.ClusterImage;
import io.braid.quorum.message.BrokerHeartbeatRequest;
import io.braid.quorum.message.BrokerHeartbeatRequest.Wish;
import io.braid.quorum.message.BrokerHeartbeatResponse;
import io.braid.quorum.message.FetchMetadataResponse;
import io.braid.quorum.message.RegisterBrokerRequest;
import io.braid.quorum.message.RegisterBrokerResponse;
import io.braid.quorum.message.SubmitCommandRequest;
import io.braid.quorum.message.SubmitCommandResponse;
import io.braid.quorum.message.VendorResponse.Leader;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker's session with the controllers: it registers, sends heartbeats, keeps the image up to date and carries
 * commands. While no controller answers it keeps its last image and tries again. Thread-safe; its state belongs to one
 * thread, the session's, which never blocks.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what is chained here ends in a future of its own, or nowhere
public final class BrokerSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerSession.class);

    private final SessionConfig config;
    private final int brokerId;
    private final List<ControllerChannel> controllers;
    private final QuorumNode.FatalListener fatal;
    private final ScheduledThreadPoolExecutor thread;
    private final ImageHolder images = new ImageHolder();
    private final CommandSender commands;
    private final MetadataPuller puller;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private volatile long brokerEpoch = -1;
    private volatile boolean closed;
    private int leader;
    private int polled;
    private Wish wish = Wish.STAY_FENCED;
    private boolean registering;
    private boolean away;
    private long heartbeatRound;

    private BrokerSession(SessionConfig config, List<ControllerChannel> controllers, QuorumNode.FatalListener fatal) {
        if (controllers.isEmpty()) {
            throw new IllegalArgumentException("no controllers");
        }
        this.config = config;
        this.brokerId = config.registration().brokerId();
        this.controllers = List.copyOf(controllers);
        this.fatal = fatal;
        this.commands = new CommandSender(config.registration().incarnation());
        this.puller = new MetadataPuller(
                brokerId, (int) config.requestTimeout().dividedBy(2).toMillis());
        this.thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread owner = new Thread(task, "braid-session-" + brokerId);
            owner.setDaemon(true);
            return owner;
        });
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        thread.setRemoveOnCancelPolicy(true);
    }

    /** As {@link #start(SessionConfig, List, QuorumNode.FatalListener)}; what is fatal is only logged. */
    public static BrokerSession start(SessionConfig config, List<ControllerChannel> controllers) {
        return start(config, controllers, (reason, cause) -> LOG.error("{}", reason, cause));
    }

    /**
     * Starts to register; {@link #ready} tells when that is done. Does not block.
     *
     * @param controllers the session's from now on; closed with it
     * @param fatal told when metadata cannot be read, because a newer release wrote it: the node must stop
     */
    public static BrokerSession start(
            SessionConfig config, List<ControllerChannel> controllers, QuorumNode.FatalListener fatal) {
        BrokerSession session = new BrokerSession(config, controllers, fatal);
        session.onThread(session::register);
        session.onThread(session::poll);
        return session;
    }

    /**
     * Complete when the broker is registered (still fenced) and {@link #image} shows it; fails with an IOException if the
     * registration was refused for good, which its message says in one line.
     */
    public CompletableFuture<Void> ready() {
        return ready;
    }

    /** Tells the controllers that this broker may lead; complete when {@link #image} shows it unfenced. */
    public CompletableFuture<Void> unfence() {
        return wish(Wish.SERVE, false);
    }

    /** Controlled shutdown: complete when this broker leads nothing any more, and is fenced. */
    public CompletableFuture<Void> leave() {
        return wish(Wish.LEAVE, true);
    }

    private CompletableFuture<Void> wish(Wish wanted, boolean fenced) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        orFail(done, () -> {
            wish = wanted;
            images.await(image -> isFenced(image) == fenced, done);
            sendHeartbeats();
        });
        return done;
    }

    private boolean isFenced(ClusterImage image) {
        return image.broker(brokerId)
                .filter(broker -> broker.epoch() == brokerEpoch)
                .map(broker -> broker.fenced())
                .orElse(true);
    }

    /** The newest image this broker has. */
    public ClusterImage image() {
        return images.image();
    }

    /**
     * Adds a listener. It is told of images in order on the session's thread, first of one that is at least as new as what
     * {@link #image} gives when this returns.
     */
    public void onImage(ImageListener listener) {
        images.addListener(listener);
    }

    /** Complete when {@link #image} is at least that new; completes on the session's thread, or at once. */
    public CompletableFuture<Void> awaitVersion(long version) {
        if (images.image().version() >= version) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        orFail(done, () -> images.await(image -> image.version() >= version, done));
        return done;
    }

    /** Of the current registration, or -1. */
    public long brokerEpoch() {
        return brokerEpoch;
    }

    /**
     * Sends a command to the leading controller, again and again under one request id until it is answered, so that it
     * is applied at most once. The future never fails: when nobody answers within the configured time the result is
     * REQUEST_TIMED_OUT, and the command may still be applied. When it completes, on the session's thread,
     * {@link #image} shows the result.
     */
    public CompletableFuture<CommandResult> submit(Command command) {
        CommandSender.Pending pending = new CommandSender.Pending(
                command, System.nanoTime() + config.commandTimeout().toNanos());
        if (!onThread(() -> {
            commands.add(pending);
            sendCommands();
        })) {
            pending.future.complete(CommandResult.failed(Errors.REQUEST_TIMED_OUT, "the session has ended"));
        }
        return pending.future;
    }

    private void sendCommands() {
        for (CommandSender.Pending next; (next = commands.next()) != null; ) {
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

    private void send(CommandSender.Pending pending) {
        if (System.nanoTime() - pending.deadlineNs >= 0) {
            finish(pending, CommandResult.failed(Errors.REQUEST_TIMED_OUT, "no controller answered in time"));
            return;
        }
        int to = leader;
        ask(to, new SubmitCommandRequest(pending.bytes), SubmitCommandResponse.class, (answer, failure) -> {
            if (failure != null || answer.error() != Errors.NONE) {
                leaderLost(to, failure == null ? answer.leader() : Leader.UNKNOWN);
                later(() -> send(pending));
            } else {
                images.await(
                        image -> image.version() >= answer.result().version(), whenShown(pending, answer.result()));
            }
        });
    }

    private CompletableFuture<Void> whenShown(CommandSender.Pending pending, CommandResult result) {
        CompletableFuture<Void> shown = new CompletableFuture<>();
        shown.thenRun(() -> finish(pending, result));
        return shown;
    }

    private void finish(CommandSender.Pending pending, CommandResult result) {
        commands.finished(pending);
        pending.future.complete(result);
        sendCommands();
    }

    private void register() {
        register(System.nanoTime() + config.commandTimeout().toNanos());
    }

    private void register(long deadlineNs) {
        registering = true;
        CommandSender.Pending registration = new CommandSender.Pending(config.registration(), deadlineNs);
        commands.add(registration);
        // The first command of a session: nothing is before it that could keep it from being numbered.
        for (CommandSender.Pending next; (next = commands.next()) != null; ) {
            if (next == registration) {
                sendRegistration(next);
            } else {
                send(next);
            }
        }
    }

    private void sendRegistration(CommandSender.Pending registration) {
        int to = leader;
        ask(to, new RegisterBrokerRequest(registration.bytes), RegisterBrokerResponse.class, (answer, failure) -> {
            if (failure == null && answer.error() == Errors.NONE) {
                registered(registration, answer);
            } else if (failure == null && refusedForGood(answer.error(), registration)) {
                commands.finished(registration);
                registering = false;
                ready.completeExceptionally(
                        new IOException("broker " + brokerId + " cannot be registered: " + answer.message()));
            } else if (failure == null && answer.error() == Errors.INVALID_REQUEST) {
                // Decided and kept under its number, so the next try needs another: the cluster was not created yet.
                commands.finished(registration);
                later(() -> register(registration.deadlineNs));
            } else {
                leaderLost(to, failure == null ? answer.leader() : Leader.UNKNOWN);
                later(() -> sendRegistration(registration));
            }
        });
    }

    /** A duplicate may be an earlier process whose end the controller has not noticed yet. */
    private static boolean refusedForGood(Errors error, CommandSender.Pending registration) {
        boolean late = System.nanoTime() - registration.deadlineNs >= 0;
        return switch (error) {
            case NOT_CONTROLLER -> false;
            case DUPLICATE_BROKER_REGISTRATION, INVALID_REQUEST -> late;
            default -> true;
        };
    }

    private void registered(CommandSender.Pending registration, RegisterBrokerResponse answer) {
        commands.finished(registration);
        registering = false;
        brokerEpoch = answer.brokerEpoch();
        images.await(image -> image.version() >= answer.version(), ready);
        long round = ++heartbeatRound;
        heartbeatEvery(round);
        sendCommands();
    }

    private void heartbeatEvery(long round) {
        if (round == heartbeatRound) {
            sendHeartbeats();
            schedule(() -> heartbeatEvery(round), config.heartbeatInterval().toMillis());
        }
    }

    private void sendHeartbeats() {
        if (brokerEpoch < 0) {
            return;
        }
        BrokerHeartbeatRequest heartbeat =
                new BrokerHeartbeatRequest(brokerId, brokerEpoch, images.image().version(), wish);
        for (int i = 0; i < controllers.size(); i++) {
            int to = i;
            ask(to, heartbeat, BrokerHeartbeatResponse.class, (answer, failure) -> {
                boolean unknown = failure == null && answer.error() == Errors.STALE_BROKER_EPOCH;
                if (unknown && heartbeat.brokerEpoch() == brokerEpoch && !registering) {
                    LOG.warn("the controllers do not know this broker any more id={}; it registers again", brokerId);
                    register();
                }
            });
        }
    }

    private void poll() {
        int from = polled;
        ask(from, puller.nextRequest(images.image()), FetchMetadataResponse.class, (answer, failure) -> {
            if (failure != null || answer.error() != Errors.NONE) {
                if (!away) {
                    LOG.info(
                            "metadata cannot be fetched from={} cause={}",
                            controllers.get(from).target(),
                            failure);
                }
                away = true;
                puller.reset();
                polled = (from + 1) % controllers.size();
                later(this::poll);
                return;
            }
            if (away) {
                LOG.info(
                        "metadata is fetched again from={}",
                        controllers.get(from).target());
                away = false;
            }
            try {
                images.advance(puller.onAnswer(answer, images.image()));
                poll();
            } catch (MalformedException | IllegalStateException e) {
                ready.completeExceptionally(new IOException(e.getMessage(), e));
                fatal.onFatal("metadata from the controllers cannot be used: " + e.getMessage(), e);
            }
        });
    }

    /** Turns to the controller that is said to lead, or to the next one. */
    private void leaderLost(int was, Leader hint) {
        if (was != leader) {
            return;
        }
        String target = hint.host() + ":" + hint.port();
        for (int i = 0; i < controllers.size(); i++) {
            if (controllers.get(i).target().equals(target)) {
                leader = i;
                return;
            }
        }
        leader = (was + 1) % controllers.size();
    }

    /** Sends a request; the answer, or what went wrong, comes back on the session's thread. */
    private <T extends ApiMessage> void ask(
            int controller, ApiMessage request, Class<T> answer, BiConsumer<T, Throwable> then) {
        controllers
                .get(controller)
                .send(request, config.requestTimeout())
                .whenComplete((response, failure) -> onThread(() -> {
                    if (failure == null && answer.isInstance(response)) {
                        then.accept(answer.cast(response), null);
                    } else {
                        then.accept(null, failure != null ? failure : new IOException("an answer of another kind"));
                    }
                }));
    }

    private void later(Runnable task) {
        schedule(task, config.retryBackoff().toMillis());
    }

    private void schedule(Runnable task, long delayMs) {
        try {
            thread.schedule(() -> guarded(task), delayMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.trace("closed", e);
        }
    }

    private void orFail(CompletableFuture<?> future, Runnable task) {
        if (!onThread(task)) {
            future.completeExceptionally(new IOException("the session has ended"));
        }
    }

    private boolean onThread(Runnable task) {
        try {
            thread.execute(() -> guarded(task));
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private void guarded(Runnable task) {
        try {
            if (!closed) {
                task.run();
            }
        } catch (RuntimeException e) {
            LOG.error("broker session failed at a task", e);
        }
    }

    /** Ends the session without a word to the controllers: they fence the broker when they miss it. Does not block. */
    @Override
    public void close() {
        try {
            thread.execute(() -> {
                closed = true;
                commands.closeAll();
                IOException ended = new IOException("the session has ended");
                images.failWaiters(ended);
                ready.completeExceptionally(ended);
                controllers.forEach(ControllerChannel::close);
            });
        } catch (RejectedExecutionException e) {
            LOG.trace("closed before", e);
        }
        thread.shutdown();
    }
}
