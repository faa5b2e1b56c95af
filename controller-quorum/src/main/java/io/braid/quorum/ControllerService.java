package io.braid.quorum;

import io.braid.controller.Command;
import io.braid.controller.CommandCodec;
import io.braid.controller.CommandResult;
import io.braid.controller.MalformedException;
import io.braid.controller.Proposal;
import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.Endpoint;
import io.braid.image.MetadataRecord;
import io.braid.protocol.network.ConnectionState;
import io.braid.quorum.message.BrokerHeartbeatRequest;
import io.braid.quorum.message.BrokerHeartbeatRequest.Wish;
import io.braid.quorum.message.BrokerHeartbeatResponse;
import io.braid.quorum.message.FetchMetadataRequest;
import io.braid.quorum.message.FetchMetadataResponse;
import io.braid.quorum.message.RegisterBrokerRequest;
import io.braid.quorum.message.RegisterBrokerResponse;
import io.braid.quorum.message.SubmitCommandRequest;
import io.braid.quorum.message.SubmitCommandResponse;
import io.braid.quorum.message.VendorResponse.Leader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What brokers ask of a controller, apart from how the requests get here: registration, heartbeats, metadata by long
 * poll, and commands. Thread-safe: requests enter from any thread, and everything here belongs to one thread, the
 * controller thread, which never blocks.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what is chained here ends in a future of its own, or nowhere
public final class ControllerService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControllerService.class);
    private static final long TICK_MS = 50;
    /** A tick that comes this much late means that the controller itself stood still. */
    private static final long STALL_NS = 500_000_000L;

    private final QuorumNode node;
    private final Map<Integer, Endpoint> controllers;
    private final ScheduledThreadPoolExecutor thread;
    private final ScheduledThreadPoolExecutor background;
    private final QuorumListener fromQuorum = new FromQuorum();
    private final MetadataFeed feed = new MetadataFeed();
    private final Liveness liveness;
    private final SnapshotServer snapshots;
    private final List<Poll> polls = new ArrayList<>();
    private final Set<Long> watchedConnections = new HashSet<>();
    private final Set<Integer> fencing = new HashSet<>();
    private boolean leading;
    private long lastTickNs = System.nanoTime();

    /** A broker that waits for news. */
    private record Poll(
            FetchMetadataRequest request, boolean local, long deadlineNs, CompletableFuture<ApiMessage> answer) {}

    public ControllerService(QuorumNode node, LivenessConfig liveness) {
        this(node, liveness, Map.of());
    }

    /** @param controllers the controller listener of each voter by node id, for hints to who leads */
    public ControllerService(QuorumNode node, LivenessConfig liveness, Map<Integer, Endpoint> controllers) {
        this.node = node;
        this.controllers = Map.copyOf(controllers);
        this.liveness = new Liveness(liveness);
        this.thread = executor("braid-controller");
        this.background = executor("braid-controller-snapshots");
        this.snapshots = new SnapshotServer(background);
        thread.scheduleWithFixedDelay(this::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
        node.addListener(fromQuorum);
    }

    private static ScheduledThreadPoolExecutor executor(String name) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return executor;
    }

    /** A way to this controller from the same process: the same messages, no socket. */
    public ControllerChannel channel() {
        return new LocalControllerChannel(this);
    }

    /**
     * Answers a request of {@link io.braid.quorum.message}; the future completes on any thread and does not fail but when
     * the request is none of those, or the service is closed.
     *
     * @param local whether the caller is in this process and takes an image for an answer
     */
    CompletableFuture<ApiMessage> handle(ApiMessage request, ConnectionState connection, boolean local) {
        CompletableFuture<ApiMessage> answer = new CompletableFuture<>();
        try {
            thread.execute(() -> complete(answer, () -> dispatch(request, connection, local)));
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(new IllegalStateException("the controller is closed", e));
        }
        return answer;
    }

    private static void complete(
            CompletableFuture<ApiMessage> answer, Supplier<CompletableFuture<? extends ApiMessage>> handler) {
        try {
            handler.get().whenComplete((response, failure) -> {
                if (failure != null) {
                    answer.completeExceptionally(failure);
                } else {
                    answer.complete(response);
                }
            });
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }

    private CompletableFuture<? extends ApiMessage> dispatch(
            ApiMessage request, ConnectionState connection, boolean local) {
        if (request instanceof BrokerHeartbeatRequest heartbeat) {
            return heartbeat(heartbeat, connection);
        }
        if (request instanceof FetchMetadataRequest fetch) {
            return fetch(fetch, local);
        }
        if (request instanceof SubmitCommandRequest submit) {
            return submit(submit);
        }
        if (request instanceof RegisterBrokerRequest register) {
            return register(register, connection);
        }
        return CompletableFuture.failedFuture(
                new IllegalArgumentException("no request for a controller: " + request.apiKey()));
    }

    private CompletableFuture<RegisterBrokerResponse> register(
            RegisterBrokerRequest request, ConnectionState connection) {
        Optional<Proposal> proposal = decode(request.proposal());
        if (proposal.isEmpty() || !(proposal.get().command() instanceof Command.RegisterBroker command)) {
            return done(registerFailed(Errors.INVALID_REQUEST, "no registration"));
        }
        if (!node.leads()) {
            return done(registerFailed(Errors.NOT_CONTROLLER, "this controller does not lead"));
        }
        Optional<BrokerImage> registered = node.image().broker(command.brokerId());
        boolean same = registered.isPresent() && registered.get().incarnation().equals(command.incarnation());
        if (!same && liveness.connectedElsewhere(command.brokerId(), connection.id(), System.nanoTime())) {
            return done(registerFailed(
                    Errors.DUPLICATE_BROKER_REGISTRATION,
                    "another process runs as broker " + command.brokerId() + " and is connected"));
        }
        watch(command.brokerId(), connection);
        return node.submit(proposal.get()).thenApplyAsync(result -> registered(result, command, connection), thread);
    }

    private RegisterBrokerResponse registered(
            CommandResult result, Command.RegisterBroker command, ConnectionState connection) {
        if (result.ok()) {
            liveness.heard(command.brokerId(), result.value(), connection.id(), System.nanoTime());
            LOG.info("broker registered id={} epoch={}", command.brokerId(), result.value());
        }
        return new RegisterBrokerResponse(
                result.error(), result.message(), leader(), result.ok() ? result.value() : -1, result.version());
    }

    private RegisterBrokerResponse registerFailed(Errors error, String message) {
        return new RegisterBrokerResponse(error, message, leader(), -1, 0);
    }

    private CompletableFuture<BrokerHeartbeatResponse> heartbeat(
            BrokerHeartbeatRequest request, ConnectionState connection) {
        ClusterImage image = node.image();
        Optional<BrokerImage> found = image.broker(request.brokerId());
        boolean stale = found.isEmpty() || found.get().epoch() > request.brokerEpoch();
        if (!node.leads()) {
            if (!stale) {
                heard(request, connection);
            }
            return done(answer(Errors.NONE, image, found));
        }
        if (stale || found.get().epoch() != request.brokerEpoch()) {
            return done(answer(Errors.STALE_BROKER_EPOCH, image, found));
        }
        heard(request, connection);
        boolean fenced = found.get().fenced();
        Command change = request.wish() == Wish.SERVE && fenced
                ? new Command.UnfenceBroker(request.brokerId(), request.brokerEpoch())
                : request.wish() == Wish.LEAVE && !fenced
                        ? new Command.FenceBroker(request.brokerId(), request.brokerEpoch())
                        : null;
        if (change == null) {
            return done(answer(Errors.NONE, image, found));
        }
        return node.submit(change)
                .thenApplyAsync(
                        result -> answer(
                                result.error(), node.image(), node.image().broker(request.brokerId())),
                        thread);
    }

    private void heard(BrokerHeartbeatRequest request, ConnectionState connection) {
        watch(request.brokerId(), connection);
        if (request.wish() == Wish.LEAVE) {
            liveness.forget(request.brokerId(), request.brokerEpoch());
        } else {
            liveness.heard(request.brokerId(), request.brokerEpoch(), connection.id(), System.nanoTime());
        }
    }

    private BrokerHeartbeatResponse answer(Errors error, ClusterImage image, Optional<BrokerImage> broker) {
        boolean fenced = broker.map(BrokerImage::fenced).orElse(true);
        return new BrokerHeartbeatResponse(error, "", leader(), fenced, image.version());
    }

    /** The end of a connection that a broker was heard of on starts its short grace. */
    private void watch(int brokerId, ConnectionState connection) {
        if (watchedConnections.add(connection.id())) {
            connection.onClose(() -> onThread(() -> {
                watchedConnections.remove(connection.id());
                liveness.closed(brokerId, connection.id(), System.nanoTime());
            }));
        }
    }

    private CompletableFuture<? extends ApiMessage> submit(SubmitCommandRequest request) {
        Optional<Proposal> proposal = decode(request.proposal());
        if (proposal.isEmpty()) {
            return done(submitted(CommandResult.failed(Errors.INVALID_REQUEST, "no command")));
        }
        return node.submit(proposal.get()).thenApply(this::submitted);
    }

    private SubmitCommandResponse submitted(CommandResult result) {
        Errors way = result.error() == Errors.NOT_CONTROLLER ? Errors.NOT_CONTROLLER : Errors.NONE;
        return new SubmitCommandResponse(way, way == Errors.NONE ? "" : result.message(), leader(), result);
    }

    private static Optional<Proposal> decode(byte[] bytes) {
        try {
            return Optional.of(CommandCodec.decode(bytes));
        } catch (MalformedException e) {
            LOG.warn("refused a command that cannot be read: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private CompletableFuture<? extends ApiMessage> fetch(FetchMetadataRequest request, boolean local) {
        Poll poll = new Poll(
                request,
                local,
                System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Math.min(request.maxWaitMs(), 60_000)),
                new CompletableFuture<>());
        if (request.snapshotVersion() >= 0
                || request.afterVersion() < feed.image().version()) {
            answer(poll);
        } else {
            polls.add(poll);
        }
        return poll.answer();
    }

    private void answer(Poll poll) {
        FetchMetadataRequest request = poll.request();
        ClusterImage image = feed.image();
        if (poll.local()) {
            poll.answer().complete(FetchMetadataResponse.of(image, leader()));
            return;
        }
        Optional<List<byte[]>> batches = request.snapshotVersion() >= 0
                ? Optional.empty()
                : feed.after(request.afterVersion(), request.maxBytes());
        if (batches.isPresent()) {
            poll.answer().complete(FetchMetadataResponse.of(batches.get(), leader()));
        } else {
            complete(poll.answer(), () -> snapshots.answer(request, image, leader(), System.nanoTime()));
        }
    }

    private void answerPolls() {
        if (!polls.isEmpty()) {
            List<Poll> waiting = new ArrayList<>(polls);
            polls.clear();
            for (Poll poll : waiting) {
                if (poll.request().afterVersion() < feed.image().version()) {
                    answer(poll);
                } else {
                    polls.add(poll);
                }
            }
        }
    }

    private void tick() {
        try {
            long now = System.nanoTime();
            long late = now - lastTickNs - TimeUnit.MILLISECONDS.toNanos(TICK_MS);
            lastTickNs = now;
            if (late > STALL_NS) {
                LOG.warn("the controller stood still ms={}; sessions of brokers are extended", late / 1_000_000);
                liveness.extendAll(late);
            }
            snapshots.expire(now);
            polls.removeIf(poll -> {
                boolean over = now - poll.deadlineNs() >= 0;
                if (over) {
                    poll.answer().complete(FetchMetadataResponse.of(List.of(), leader()));
                }
                return over;
            });
            // At the end of the queue, so that heartbeats that are here already count.
            if (leading && !liveness.expired(now).isEmpty()) {
                thread.execute(this::expire);
            }
        } catch (RuntimeException e) {
            LOG.error("controller tick failed", e);
        }
    }

    private void expire() {
        for (Liveness.Expired gone : liveness.expired(System.nanoTime())) {
            Optional<BrokerImage> broker = node.image().broker(gone.brokerId());
            boolean serves = broker.isPresent()
                    && broker.get().epoch() == gone.brokerEpoch()
                    && !broker.get().fenced();
            if (!serves || !leading) {
                liveness.forget(gone.brokerId(), gone.brokerEpoch());
            } else if (fencing.add(gone.brokerId())) {
                LOG.info("broker is not heard of any more id={} epoch={}", gone.brokerId(), gone.brokerEpoch());
                node.submit(new Command.FenceBroker(gone.brokerId(), gone.brokerEpoch()))
                        .whenCompleteAsync((result, failure) -> fencing.remove(gone.brokerId()), thread);
            }
        }
    }

    private Leader leader() {
        int id = node.info().leaderId();
        Endpoint endpoint = controllers.get(id);
        return endpoint == null ? new Leader(id, "", 0) : new Leader(id, endpoint.host(), endpoint.port());
    }

    private static <T> CompletableFuture<T> done(T value) {
        return CompletableFuture.completedFuture(value);
    }

    private void onThread(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.trace("closed", e);
        }
    }

    /** Ends the service; what waits fails. The quorum's member stays. */
    @Override
    public void close() {
        node.removeListener(fromQuorum);
        onThread(() -> polls.forEach(
                poll -> poll.answer().completeExceptionally(new IllegalStateException("the controller is closed"))));
        thread.shutdown();
        background.shutdown();
    }

    /** Brings what happens on Raft's threads to the controller thread. */
    private final class FromQuorum implements QuorumListener {
        @Override
        public void onApplied(ClusterImage before, ClusterImage after, List<MetadataRecord> records) {
            onThread(() -> {
                feed.add(before, after, records);
                answerPolls();
            });
        }

        @Override
        public void onReplaced(ClusterImage image) {
            onThread(() -> {
                feed.replace(image);
                answerPolls();
            });
        }

        @Override
        public void onLeading() {
            onThread(() -> {
                leading = true;
                Map<Integer, Long> unfenced = new HashMap<>();
                for (BrokerImage broker : node.image().brokers()) {
                    if (!broker.fenced()) {
                        unfenced.put(broker.id(), broker.epoch());
                    }
                }
                liveness.startLeading(unfenced, System.nanoTime());
                LOG.info(
                        "controller leads node={} version={}",
                        node.info().leaderId(),
                        node.image().version());
            });
        }

        @Override
        public void onNotLeading() {
            onThread(() -> leading = false);
        }
    }
}
