package io.braid.quorum;

import io.braid.controller.CommandCodec;
import io.braid.controller.CommandResult;
import io.braid.controller.MalformedException;
import io.braid.controller.Proposal;
import io.braid.image.ClusterImage;
import io.braid.image.MetadataRecord;
import io.braid.protocol.network.ConnectionState;
import io.braid.quorum.message.AlterQuorumRequest;
import io.braid.quorum.message.BrokerHeartbeatRequest;
import io.braid.quorum.message.FetchMetadataRequest;
import io.braid.quorum.message.QuorumStatusRequest;
import io.braid.quorum.message.RegisterBrokerRequest;
import io.braid.quorum.message.RegisterBrokerResponse;
import io.braid.quorum.message.SubmitCommandRequest;
import io.braid.quorum.message.SubmitCommandResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is asked of a controller, apart from how the requests get here, and what it does while it leads. Thread-safe:
 * requests enter from any thread, and the parts belong to one thread, the controller thread, which never blocks:
 * {@link BrokerSessions} registration and heartbeats, {@link MetadataPolls} metadata by long poll, {@link QuorumRequests}
 * the quorum itself, {@link LeaderDuties} what nobody asks for. Commands go to the {@link QuorumNode}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what is chained here ends in a future of its own, or nowhere
public final class ControllerService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControllerService.class);
    private static final long TICK_MS = 50;
    /** A tick that comes this much late means that the controller itself stood still. */
    private static final long STALL_NS = 500_000_000L;

    private final QuorumNode node;
    private final ScheduledThreadPoolExecutor thread;
    private final ScheduledThreadPoolExecutor background;
    private final QuorumListener fromQuorum = new FromQuorum();
    private final LeaderHints hints;
    private final MetadataPolls polls;
    private final BrokerSessions brokers;
    private final QuorumRequests quorum;
    private final LeaderDuties duties;
    private boolean leading;
    private long lastTickNs = System.nanoTime();

    /** A controller that does nothing of its own accord but to fence. */
    public ControllerService(QuorumNode node, LivenessConfig liveness) {
        this(node, ControllerConfig.of(liveness));
    }

    public ControllerService(QuorumNode node, ControllerConfig config) {
        this.node = node;
        this.thread = executor("braid-controller");
        this.background = executor("braid-controller-snapshots");
        Executor onThread = this::onThread;
        this.hints = new LeaderHints(node, config.controllers());
        this.polls = new MetadataPolls(hints, background);
        this.brokers = new BrokerSessions(node, config.liveness(), hints, onThread);
        this.quorum = new QuorumRequests(node, hints);
        this.duties = new LeaderDuties(node, config, onThread);
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
        return new LocalControllerChannel(this, node.self().nodeId());
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
            return brokers.heartbeat(heartbeat, connection);
        }
        if (request instanceof FetchMetadataRequest fetch) {
            return polls.fetch(fetch, local, System.nanoTime());
        }
        if (request instanceof SubmitCommandRequest submit) {
            return submit(submit);
        }
        if (request instanceof RegisterBrokerRequest register) {
            Optional<Proposal> proposal = decode(register.proposal());
            return proposal.isEmpty()
                    ? done(new RegisterBrokerResponse(Errors.INVALID_REQUEST, "no registration", hints.leader(), -1, 0))
                    : brokers.register(proposal.get(), register.clusterId(), connection);
        }
        if (request instanceof QuorumStatusRequest) {
            return done(quorum.status(brokers.observers(System.nanoTime())));
        }
        if (request instanceof AlterQuorumRequest alter) {
            return quorum.alter(alter);
        }
        return CompletableFuture.failedFuture(
                new IllegalArgumentException("no request for a controller: " + request.apiKey()));
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
        return new SubmitCommandResponse(way, way == Errors.NONE ? "" : result.message(), hints.leader(), result);
    }

    private static Optional<Proposal> decode(byte[] bytes) {
        try {
            return Optional.of(CommandCodec.decode(bytes));
        } catch (MalformedException e) {
            LOG.warn("refused a command that cannot be read: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private void tick() {
        try {
            long now = System.nanoTime();
            long late = now - lastTickNs - TimeUnit.MILLISECONDS.toNanos(TICK_MS);
            lastTickNs = now;
            if (late > STALL_NS) {
                LOG.warn("the controller stood still ms={}; sessions of brokers are extended", late / 1_000_000);
                brokers.extendAll(late);
            }
            polls.tick(now);
            // At the end of the queue, so that heartbeats that are here already count.
            if (brokers.anyExpired(now)) {
                thread.execute(brokers::expire);
            }
            if (leading) {
                duties.tick(now);
            }
        } catch (RuntimeException e) {
            LOG.error("controller tick failed", e);
        }
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
        onThread(() -> polls.failAll(new IllegalStateException("the controller is closed")));
        thread.shutdown();
        background.shutdown();
    }

    /** Brings what happens on Raft's threads to the controller thread. */
    private final class FromQuorum implements QuorumListener {
        @Override
        public void onApplied(ClusterImage before, ClusterImage after, List<MetadataRecord> records) {
            onThread(() -> polls.onApplied(before, after, records, System.nanoTime()));
        }

        @Override
        public void onReplaced(ClusterImage image) {
            onThread(() -> polls.onReplaced(image, System.nanoTime()));
        }

        @Override
        public void onLeading() {
            onThread(() -> {
                long now = System.nanoTime();
                leading = true;
                brokers.startLeading(now);
                duties.startLeading(now);
                LOG.info(
                        "controller leads node={} version={}",
                        node.self().nodeId(),
                        node.image().version());
            });
        }

        @Override
        public void onNotLeading() {
            onThread(() -> {
                leading = false;
                brokers.stopLeading();
            });
        }
    }
}
