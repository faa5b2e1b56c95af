package io.braid.client;

import io.braid.client.network.Backoff;
import io.braid.client.network.BrokerLink;
import io.braid.client.network.BrokerLinks;
import io.braid.client.network.EventLoops;
import io.braid.client.network.Failures;
import io.braid.client.routing.BrokerNode;
import io.braid.client.routing.RoutingTable;
import io.braid.client.routing.TopicRoute;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's view of a cluster: who leads what, and connections to the brokers. The base of producers and consumers.
 *
 * <p>Everything that changes is owned by one event loop. Methods say whether they may be called from elsewhere; listeners and
 * futures are called on the event loop, and must not block it.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what hangs on a future takes its failure
public final class ClusterClient implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ClusterClient.class);

    /** Hears of what happens to the cluster, on the event loop. */
    public interface Listener {
        /** The routing table changed. */
        void onRouting(RoutingTable table);

        /** A connection to a broker is ready for use. */
        void onReady(BrokerLink link);

        /** A connection was lost or could not be made; {@link BrokerLink#retryInNs} says when to try again. */
        void onDown(BrokerLink link, Throwable cause);
    }

    private static final long ASK_AGAIN_MS = 10;

    private final ClientConfig config;
    private final EventLoops loops;
    private final boolean ownsLoops;
    private final EventLoop eventLoop;
    private final RoutingState state = new RoutingState();
    private final BrokerLinks links;
    private final MetadataFollower follower;
    private final Random random = new Random();
    private volatile boolean closed;

    private ClusterClient(ClientConfig config) {
        this.config = config;
        this.ownsLoops = config.eventLoops().isEmpty();
        this.loops = config.eventLoops().orElseGet(EventLoops::shared);
        this.links = new BrokerLinks(config, loops, random, new LinkEvents());
        this.eventLoop = links.eventLoop();
        this.follower =
                new MetadataFollower(config, state, links::make, eventLoop, random, new MetadataFollower.DutyFactory() {
                    @Override
                    public WatchDuty watch(Runnable wake) {
                        return new WatchDuty(config, state, newBackoff(), wake, () -> anyLink(System.nanoTime()));
                    }

                    @Override
                    public RefreshDuty refresh(Runnable wake) {
                        return new RefreshDuty(config, state, newBackoff(), wake);
                    }
                });
    }

    /** Begins to connect, and returns at once: a cluster that cannot be reached shows in what is asked of it. */
    public static ClusterClient open(ClientConfig config) {
        ClusterClient client = new ClusterClient(config);
        client.eventLoop.execute(() -> {
            client.state.addListener(client.new DeadBrokers());
            client.state.addListener(client.new Outsider());
            client.follower.wake();
        });
        return client;
    }

    private Backoff newBackoff() {
        return new Backoff(config.retryBackoff(), config.retryBackoffMax(), random::nextDouble);
    }

    public ClientConfig config() {
        return config;
    }

    /** The thread that owns this client's connections and calls back. */
    public EventLoop eventLoop() {
        return eventLoop;
    }

    /** The newest table; any thread. */
    public RoutingTable routing() {
        return state.table();
    }

    /** Any thread; the listener hears of what comes after. */
    public void addListener(Listener listener) {
        eventLoop.execute(() -> state.addListener(listener));
    }

    /** Any thread; takes effect soon. */
    public void removeListener(Listener listener) {
        execute(() -> state.removeListener(listener));
    }

    /**
     * Takes a topic into use; any thread. Completes on the event loop when the topic is known, however long that takes: the
     * caller sets a limit. Fails with Kafka's TopicAuthorizationException or InvalidTopicException, with an
     * AuthenticationException, or with an IllegalStateException when the client is closed.
     */
    public CompletableFuture<TopicRoute> use(String topic) {
        Optional<TopicRoute> known = state.table().topic(topic);
        if (known.isPresent()) {
            execute(
                    () -> { // behind a release that is on its way
                        if (state.inUse().add(topic)) {
                            follower.wake();
                        }
                    });
            return CompletableFuture.completedFuture(known.get());
        }
        CompletableFuture<TopicRoute> result = new CompletableFuture<>();
        boolean taken = execute(() -> {
            state.inUse().add(topic);
            state.await(topic).whenComplete((route, failure) -> {
                if (failure == null) {
                    result.complete(route);
                } else {
                    result.completeExceptionally(failure);
                }
            });
            follower.wake();
        });
        if (!taken) {
            result.completeExceptionally(new IllegalStateException("the client is closed"));
        }
        return result;
    }

    /** Ends the use of a topic: its route is forgotten. Any thread. */
    public void release(String topic) {
        execute(() -> {
            state.inUse().remove(topic);
            follower.forget(topic);
            state.publish(state.table().only(state.inUse()));
        });
    }

    /**
     * Asks a broker how many partitions a topic has, once one is reached; empty when it does not exist as far as that broker
     * knows. Nothing is taken into use or made by it. Any thread; completes on the event loop. Fails with a TimeoutException when
     * there is no answer within {@code requestTimeout}, with an ApiException when the topic may not be seen, or with an
     * IllegalStateException when the client is closed.
     */
    public CompletableFuture<OptionalInt> countPartitions(String topic) {
        CompletableFuture<OptionalInt> result = new CompletableFuture<>();
        long deadlineNs = System.nanoTime() + config.requestTimeout().toNanos();
        if (!execute(() -> countPartitions(topic, deadlineNs, result))) {
            result.completeExceptionally(new IllegalStateException("the client is closed"));
        }
        return result;
    }

    private void countPartitions(String topic, long deadlineNs, CompletableFuture<OptionalInt> result) {
        long nowNs = System.nanoTime();
        Optional<BrokerLink> link = anyLink(nowNs);
        if (closed) {
            result.completeExceptionally(new IllegalStateException("the client is closed"));
        } else if (nowNs - deadlineNs >= 0) {
            result.completeExceptionally(
                    new TimeoutException("no broker told of topic " + topic + " within " + config.requestTimeout()));
        } else if (link.isEmpty()) {
            tryLater(() -> countPartitions(topic, deadlineNs, result));
        } else {
            MetadataRequests.send(link.get(), List.of(topic), false, config.requestTimeout())
                    .thenApply(MetadataRequests::partitionCount)
                    .whenComplete((count, failure) -> {
                        Throwable cause = failure == null ? null : Failures.cause(failure);
                        if (cause == null) {
                            result.complete(count);
                        } else if (cause instanceof ApiException && !(cause instanceof RetriableException)) {
                            result.completeExceptionally(cause);
                        } else {
                            tryLater(() -> countPartitions(topic, deadlineNs, result));
                        }
                    });
        }
    }

    private void tryLater(Runnable task) {
        eventLoop.schedule(task, ASK_AGAIN_MS, TimeUnit.MILLISECONDS);
    }

    // ---- on the event loop

    /** The link to a broker of the table, which is begun if there is none; empty when the broker is not in the table. */
    public Optional<BrokerLink> link(int brokerId, long nowNs) {
        BrokerNode node = state.table().brokers().get(brokerId);
        return node == null || closed ? Optional.empty() : Optional.of(links.to(node, nowNs));
    }

    /** A ready link to any broker; when there is none one is begun, and listeners will hear of it. */
    public Optional<BrokerLink> anyLink(long nowNs) {
        List<BrokerNode> nodes = new ArrayList<>(state.table().brokers().values());
        Collections.shuffle(nodes, random);
        Optional<BrokerLink> ready = links.ready(nodes);
        if (ready.isEmpty() && !closed) {
            nodes.stream()
                    .filter(node -> !links.paused(node, nowNs))
                    .findFirst()
                    .ifPresent(node -> links.to(node, nowNs));
        }
        return ready;
    }

    /**
     * A link that nobody else uses, for requests whose answers others should not wait behind, or that should not wait behind
     * others'. It is not begun yet, is the caller's to close, and outlives the broker's place in the table.
     */
    public BrokerLink ownLink(BrokerNode to, BrokerLink.Listener listener) {
        return links.make(to, listener);
    }

    /** An error says that the table is old: it is renewed, soon. */
    public void refresh() {
        follower.refresh();
    }

    /** What an error told of a partition's leader, and of where brokers are (KIP-951). Older news change nothing. */
    public void hint(String topic, int partition, int leader, int leaderEpoch, Collection<BrokerNode> nodes) {
        state.publish(state.table().withBrokers(nodes).withLeader(topic, partition, leader, leaderEpoch));
    }

    /** An answer showed the metadata version of the broker that sent it. */
    public void seen(BrokerLink from, long metadataVersion) {
        if (metadataVersion > state.table().version()) {
            follower.seen(from, metadataVersion);
        }
    }

    /** Whether the table is kept by the metadata watch: whether this is a Braid cluster that offers it. */
    public boolean watching() {
        return follower.watching();
    }

    // ---- end

    private boolean execute(Runnable task) {
        if (closed) {
            return false;
        }
        try {
            eventLoop.execute(task);
            return true;
        } catch (RejectedExecutionException e) { // the thread was closed under us
            return false;
        }
    }

    /** Closes all connections, without waiting; what is in flight fails. Any thread; a second call does nothing. */
    @Override
    public void close() {
        boolean first = execute(() -> {
            follower.close();
            links.close();
            state.failAll(new IllegalStateException("the client is closed"));
        });
        closed = true;
        if (first && ownsLoops) {
            loops.close();
        }
    }

    /** Gives up connections to brokers that are not alive any more. */
    private final class DeadBrokers implements Listener {
        @Override
        public void onRouting(RoutingTable table) {
            links.keepOnly(table.brokers().keySet());
        }

        @Override
        public void onReady(BrokerLink link) {}

        @Override
        public void onDown(BrokerLink link, Throwable cause) {}
    }

    /** Whoever the settings name: what it does wrong must not hold up the others. */
    private final class Outsider implements Listener {
        @Override
        public void onRouting(RoutingTable table) {
            try {
                config.routingListener().accept(table);
            } catch (RuntimeException e) {
                log.warn("routing listener failed client={}", config.clientId(), e);
            }
        }

        @Override
        public void onReady(BrokerLink link) {}

        @Override
        public void onDown(BrokerLink link, Throwable cause) {}
    }

    private final class LinkEvents implements BrokerLink.Listener {
        @Override
        public void onReady(BrokerLink link) {
            follower.wake();
            state.listeners().forEach(listener -> listener.onReady(link));
        }

        @Override
        public void onDown(BrokerLink link, Throwable cause) {
            follower.refresh();
            state.listeners().forEach(listener -> listener.onDown(link, cause));
        }
    }
}
