package io.braid.quorum;

import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.controller.MalformedException;
import io.braid.image.ClusterImage;
import io.braid.quorum.message.BrokerHeartbeatRequest;
import io.braid.quorum.message.BrokerHeartbeatRequest.Wish;
import io.braid.quorum.message.BrokerHeartbeatResponse;
import io.braid.quorum.message.FetchMetadataResponse;
import io.braid.quorum.message.QuorumStatusRequest;
import io.braid.quorum.message.QuorumStatusResponse;
import io.braid.quorum.message.RegisterBrokerRequest;
import io.braid.quorum.message.RegisterBrokerResponse;
import io.braid.quorum.message.VendorResponse.Leader;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.errors.TimeoutException;
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
    private static final long CATCH_UP_GRACE_MS = 300;

    /** How long another process may seem to run under the same id: longer than a session whose end was not noticed. */
    private static final Duration DUPLICATE_PATIENCE = Duration.ofSeconds(10);

    private final SessionConfig config;
    private final int brokerId;
    private final KnownControllers controllers;
    private final QuorumNode.FatalListener fatal;
    private final SessionThread thread;
    private final ImageHolder images = new ImageHolder();
    private final SessionCommands commands;
    private final MetadataPuller puller;
    private final HeartbeatLoop heartbeats;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private volatile long brokerEpoch = -1;
    private final AtomicBoolean catchingUp = new AtomicBoolean();
    private final StaleFeed staleFeed;
    private ControllerChannel polled;
    private long pollRound;
    private boolean registering;
    private boolean away;

    private BrokerSession(SessionConfig config, KnownControllers controllers, QuorumNode.FatalListener fatal) {
        this.config = config;
        this.brokerId = config.registration().brokerId();
        this.controllers = controllers;
        this.fatal = fatal;
        this.thread = new SessionThread(config);
        this.commands = new SessionCommands(config, thread, controllers, images);
        this.puller = new MetadataPuller(
                brokerId, (int) config.requestTimeout().dividedBy(2).toMillis());
        this.polled = controllers.leader();
        this.staleFeed = new StaleFeed(config.heartbeatInterval().multipliedBy(2));
        this.heartbeats = new HeartbeatLoop(
                config,
                controllers::all,
                () -> images.image().version(),
                (from, request, answer) -> thread.execute(() -> onHeartbeat(from, request, answer)));
    }

    /** As {@link #start(SessionConfig, List, QuorumNode.FatalListener)}; what is fatal is only logged. */
    public static BrokerSession start(SessionConfig config, List<ControllerChannel> controllers) {
        return start(config, controllers, (reason, cause) -> LOG.error("{}", reason, cause));
    }

    /**
     * Starts to register; {@link #ready} tells when that is done. Stays with these controllers. Does not block.
     *
     * @param controllers the session's from now on; closed with it
     * @param fatal told when metadata cannot be read, because a newer release wrote it: the node must stop
     */
    public static BrokerSession start(
            SessionConfig config, List<ControllerChannel> controllers, QuorumNode.FatalListener fatal) {
        return start(config, new KnownControllers(controllers, Optional.empty()), fatal);
    }

    /**
     * As above, but follows the controllers: once the metadata names them it is connected to those and no others.
     *
     * @param connector for those that are not among {@code controllers}
     */
    public static BrokerSession start(
            SessionConfig config,
            List<ControllerChannel> controllers,
            ControllerConnector connector,
            QuorumNode.FatalListener fatal) {
        return start(config, new KnownControllers(controllers, Optional.of(connector)), fatal);
    }

    private static BrokerSession start(
            SessionConfig config, KnownControllers controllers, QuorumNode.FatalListener fatal) {
        BrokerSession session = new BrokerSession(config, controllers, fatal);
        session.images.addListener((before, after) -> controllers.onNamed(after.controllers()));
        session.thread.execute(session::register);
        session.thread.execute(session::poll);
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
        thread.executeOrFail(done, () -> {
            images.await(image -> isFenced(image) == fenced, done);
            heartbeats.wish(wanted);
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
        thread.executeOrFail(done, () -> images.await(image -> image.version() >= version, done));
        return done;
    }

    /** Of the current registration, or -1. */
    public long brokerEpoch() {
        return brokerEpoch;
    }

    /**
     * What the leading controller knows of the quorum; where none leads in time, what another one knows. Fails with a
     * {@link TimeoutException} if no controller answers.
     */
    public CompletableFuture<QuorumInfo> quorum() {
        CompletableFuture<QuorumInfo> info = new CompletableFuture<>();
        long deadlineNs = System.nanoTime() + config.requestTimeout().toNanos();
        thread.executeOrFail(info, () -> askForQuorum(info, deadlineNs));
        return info;
    }

    private void askForQuorum(CompletableFuture<QuorumInfo> info, long deadlineNs) {
        ControllerChannel to = controllers.leader();
        thread.ask(to, new QuorumStatusRequest(), QuorumStatusResponse.class, (answer, failure) -> {
            boolean leads = failure == null
                    && answer.info().leaderId() == answer.member().nodeId();
            boolean late = System.nanoTime() - deadlineNs >= 0;
            if (leads || (late && failure == null)) {
                info.complete(answer.info());
            } else if (late) {
                info.completeExceptionally(new TimeoutException("no controller answers", failure));
            } else {
                controllers.leaderLost(to, failure == null ? answer.leader() : Leader.UNKNOWN);
                thread.later(() -> askForQuorum(info, deadlineNs));
            }
        });
    }

    /**
     * Sends a command to the leading controller, again and again under one request id until it is answered, so that it
     * is applied at most once. The future never fails: when nobody answers within the configured time the result is
     * REQUEST_TIMED_OUT, and the command may still be applied. When it completes, on the session's thread,
     * {@link #image} shows the result.
     */
    public CompletableFuture<CommandResult> submit(Command command) {
        CommandSender.Pending pending = commands.pending(command);
        if (!thread.execute(() -> commands.submit(pending))) {
            pending.future.complete(CommandResult.failed(Errors.REQUEST_TIMED_OUT, "the session has ended"));
        }
        return pending.future;
    }

    private void register() {
        register(System.nanoTime() + config.commandTimeout().toNanos());
    }

    private void register(long deadlineNs) {
        registering = true;
        CommandSender.Pending registration = new CommandSender.Pending(config.registration(), deadlineNs);
        commands.number(registration);
        sendRegistration(registration);
    }

    private void sendRegistration(CommandSender.Pending registration) {
        ControllerChannel to = controllers.leader();
        String cluster = config.clusterId().isEmpty() ? images.image().clusterId() : config.clusterId();
        RegisterBrokerRequest request = new RegisterBrokerRequest(registration.bytes, cluster);
        thread.ask(to, request, RegisterBrokerResponse.class, (answer, failure) -> {
            if (failure == null && answer.error() == Errors.NONE) {
                registered(registration, answer);
            } else if (failure == null && refusedForGood(answer.error(), registration)) {
                commands.finished(registration);
                registering = false;
                refused(answer.message());
            } else if (failure == null && answer.error() == Errors.INVALID_REQUEST) {
                // Decided and kept under its number, so the next try needs another: the cluster was not created yet.
                commands.finished(registration);
                thread.later(() -> register(registration.deadlineNs));
            } else {
                controllers.leaderLost(to, failure == null ? answer.leader() : Leader.UNKNOWN);
                thread.later(() -> sendRegistration(registration));
            }
        });
    }

    /** At the start of a broker this is an answer; later it means that the broker has no place in the cluster any more. */
    private void refused(String message) {
        IOException refusal = new IOException("broker " + brokerId + " cannot be registered: " + message);
        if (!ready.completeExceptionally(refusal) && !ready.isCompletedExceptionally()) {
            fatal.onFatal(refusal.getMessage(), refusal);
        }
    }

    /** A duplicate may be an earlier process whose end the controller has not noticed yet. */
    private boolean refusedForGood(Errors error, CommandSender.Pending registration) {
        long leftNs = registration.deadlineNs - System.nanoTime();
        long spentNs = config.commandTimeout().toNanos() - leftNs;
        return switch (error) {
            case NOT_CONTROLLER -> false;
            case DUPLICATE_BROKER_REGISTRATION -> leftNs <= 0 || spentNs >= DUPLICATE_PATIENCE.toNanos();
            case INVALID_REQUEST -> leftNs <= 0;
            default -> true;
        };
    }

    private void registered(CommandSender.Pending registration, RegisterBrokerResponse answer) {
        commands.finished(registration);
        registering = false;
        brokerEpoch = answer.brokerEpoch();
        images.await(image -> image.version() >= answer.version(), ready);
        heartbeats.registered(brokerEpoch);
        commands.sendAll();
    }

    private void onHeartbeat(ControllerChannel from, BrokerHeartbeatRequest request, BrokerHeartbeatResponse answer) {
        boolean unknown = answer.error() == Errors.STALE_BROKER_EPOCH;
        if (unknown && request.brokerEpoch() == brokerEpoch && !registering) {
            LOG.warn("the controllers do not know this broker any more id={}; it registers again", brokerId);
            register();
        }
        if (from != polled && staleFeed.isStale(answer.version(), images.image().version(), System.nanoTime())) {
            LOG.info("metadata is fetched elsewhere since it stands still from={}", polled.target());
            pollFrom(from);
        }
    }

    private void pollFrom(ControllerChannel controller) {
        polled = controller;
        puller.reset();
        poll();
    }

    /**
     * A peer has metadata of this version. If it does not come within a moment from the controller that is asked, which may
     * have stopped, the next one is asked. Any thread; cheap when {@link #image} is as new.
     */
    public void catchUp(long version) {
        if (images.image().version() < version && catchingUp.compareAndSet(false, true)) {
            thread.later(() -> pollAnother(version), CATCH_UP_GRACE_MS);
        }
    }

    private void pollAnother(long version) {
        catchingUp.set(false);
        ControllerChannel other = controllers.after(polled);
        if (images.image().version() < version && !away && other != polled) {
            LOG.info("metadata is fetched elsewhere since it is behind a peer's from={}", polled.target());
            pollFrom(other);
        }
    }

    private void poll() {
        if (!controllers.knows(polled)) {
            puller.reset();
            polled = controllers.leader();
        }
        ControllerChannel from = polled;
        long round = ++pollRound;
        thread.ask(from, puller.nextRequest(images.image()), FetchMetadataResponse.class, (answer, failure) -> {
            if (round != pollRound) {
                return;
            }
            if (failure != null || answer.error() != Errors.NONE) {
                if (!away) {
                    LOG.info("metadata cannot be fetched from={} cause={}", from.target(), String.valueOf(failure));
                }
                away = true;
                puller.reset();
                polled = controllers.after(from);
                thread.later(() -> {
                    if (round == pollRound) {
                        poll();
                    }
                });
                return;
            }
            if (away) {
                LOG.info("metadata is fetched again from={}", from.target());
                away = false;
            }
            onNews(answer);
        });
    }

    private void onNews(FetchMetadataResponse answer) {
        try {
            images.advance(puller.onAnswer(answer, images.image()));
            poll();
        } catch (MalformedException | IllegalStateException e) {
            ready.completeExceptionally(new IOException(e.getMessage(), e));
            fatal.onFatal("metadata from the controllers cannot be used: " + e.getMessage(), e);
        }
    }

    /** Ends the session without a word to the controllers: they fence the broker when they miss it. Does not block. */
    @Override
    public void close() {
        heartbeats.close();
        thread.close(() -> {
            commands.closeAll();
            IOException ended = new IOException("the session has ended");
            images.failWaiters(ended);
            ready.completeExceptionally(ended);
            controllers.close();
        });
    }
}
