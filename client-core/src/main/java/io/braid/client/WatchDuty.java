package io.braid.client;

import io.braid.client.network.Backoff;
import io.braid.client.network.BrokerLink;
import io.braid.client.routing.RoutingNews;
import io.braid.protocol.watch.MetadataWatchRequest;
import io.braid.protocol.watch.MetadataWatchResponse;
import io.braid.protocol.watch.WatchApi;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Braid's way: one watch is always on its way and tells of changes as they happen. Owned by the event loop.
 *
 * <p>A topic that comes into use is asked for by a second watch, which makes the broker answer the first. A topic that does
 * not exist is asked for by Metadata too, on another connection, which may create it. A metadata version that an answer to
 * other traffic shows, and that the watch has not told of, is fetched from the broker that showed it.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what hangs on a future takes its failure
final class WatchDuty implements MetadataDuty {
    private static final Logger log = LoggerFactory.getLogger(WatchDuty.class);
    private static final int WAIT_MS = 10_000;
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final long LAG_GRACE_NS = 30_000_000; // the watch's own news may be on their way
    private static final long CATCH_UP_PAUSE_NS = 200_000_000;

    private final ClientConfig config;
    private final RoutingState state;
    private final Backoff backoff;
    private final Runnable wake;
    private final Supplier<Optional<BrokerLink>> any;
    private final Set<String> known = new HashSet<>(); // in the table, or known not to exist
    private final Set<String> asked = new HashSet<>(); // on their way
    private int outstanding;
    private int connection; // counts, so that answers of an earlier one are told apart
    private boolean moveOn;
    private long notBeforeNs;
    private boolean paused;
    private boolean creating;
    private long createAtNs;
    private boolean createPaused;
    private boolean refreshWanted;

    // a version seen elsewhere
    private Optional<BrokerLink> ahead = Optional.empty();
    private long aheadVersion;
    private long catchUpAtNs;
    private boolean catchingUp;
    private long caughtUpAtNs;
    private boolean caughtUpOnce;

    /** @param any a ready link to some broker, if there is one; else one is begun */
    WatchDuty(
            ClientConfig config,
            RoutingState state,
            Backoff backoff,
            Runnable wake,
            Supplier<Optional<BrokerLink>> any) {
        this.config = config;
        this.state = state;
        this.backoff = backoff;
        this.wake = wake;
        this.any = any;
    }

    @Override
    public void begin() {
        connection++;
        outstanding = 0;
        asked.clear();
        moveOn = false;
        refreshWanted = false;
    }

    /** Whether the broker is behind, or refuses, so that another should be asked. */
    boolean moveOn() {
        return moveOn;
    }

    /** What the table had of a topic is dropped. */
    void forget(String topic) {
        known.remove(topic);
        asked.remove(topic);
    }

    @Override
    public void refresh() {
        refreshWanted = true;
    }

    @Override
    public void seen(BrokerLink from, long version, long nowNs) {
        if (version > state.table().version() && (ahead.isEmpty() || version > aheadVersion)) {
            if (ahead.isEmpty()) {
                catchUpAtNs = nowNs + LAG_GRACE_NS;
                wake.run();
            }
            ahead = Optional.of(from);
            aheadVersion = version;
        }
    }

    @Override
    public long poll(BrokerLink link, long nowNs) {
        long nextNs = Math.min(create(nowNs), catchUp(nowNs));
        if (paused && notBeforeNs - nowNs > 0) {
            return Math.min(nextNs, notBeforeNs - nowNs);
        }
        paused = false;
        known.retainAll(state.inUse());
        List<String> added = new ArrayList<>();
        for (String topic : state.inUse()) {
            if (!known.contains(topic) && !asked.contains(topic)) {
                added.add(topic);
            }
        }
        if (outstanding == 0 || !added.isEmpty()) {
            send(link, added);
        }
        return nextNs;
    }

    private void send(BrokerLink link, List<String> added) {
        boolean nothing = state.table().version() == 0;
        long after = nothing ? MetadataWatchRequest.FROM_NOTHING : state.table().version();
        MetadataWatchRequest request = new MetadataWatchRequest(after, WAIT_MS, List.copyOf(known), added);
        outstanding++;
        asked.addAll(added);
        int sentOn = connection;
        link.send(WatchApi.KEY, WatchApi.VERSION, request, GRACE.plusMillis(WAIT_MS))
                .whenComplete((answer, failure) -> {
                    if (sentOn == connection) {
                        outstanding--;
                        onAnswer(request, answer, failure);
                        asked.removeAll(added);
                    }
                    wake.run();
                });
    }

    private void onAnswer(MetadataWatchRequest request, ApiMessage answer, Throwable failure) {
        if (failure != null) {
            log.debug("metadata watch failed cause={}", failure.toString());
            return; // the connection is gone with it
        }
        MetadataWatchResponse response = (MetadataWatchResponse) answer;
        if (response.error() != Errors.NONE) {
            log.warn("metadata watch refused error={}", response.error());
            moveOn = true;
            pause();
            return;
        }
        if (response.version() < state.table().version()) {
            // Behind what was learnt elsewhere: a broker that stays so is left for another.
            moveOn = response.version() < request.afterVersion();
            pause();
            return;
        }
        backoff.reset();
        request.added().stream().filter(asked::contains).forEach(known::add); // not what was forgotten meanwhile
        apply(response);
    }

    private void pause() {
        paused = true;
        notBeforeNs = System.nanoTime() + backoff.nextNs();
    }

    private void apply(MetadataWatchResponse response) {
        state.publish(RoutingNews.apply(state.table(), response).only(state.inUse()));
        for (MetadataWatchResponse.Topic topic : response.topics()) {
            if (topic.error() == Errors.TOPIC_AUTHORIZATION_FAILED) {
                state.fail(topic.name(), topic.error().exception("not allowed topic=" + topic.name()));
            }
        }
        if (ahead.isPresent() && state.table().version() >= aheadVersion) {
            ahead = Optional.empty();
        }
    }

    // ---- topics that do not exist

    private long create(long nowNs) {
        List<String> missing = new ArrayList<>();
        for (String topic : state.waiting()) {
            if (known.contains(topic) && state.table().topic(topic).isEmpty()) {
                missing.add(topic);
            }
        }
        if (missing.isEmpty() || creating) {
            return Long.MAX_VALUE;
        }
        if (createPaused && createAtNs - nowNs > 0) {
            return createAtNs - nowNs;
        }
        Optional<BrokerLink> link = any.get();
        if (link.isEmpty()) {
            return Long.MAX_VALUE; // it wakes us when it is there
        }
        creating = true;
        createPaused = true;
        createAtNs = nowNs + config.retryBackoffMax().toNanos();
        MetadataRequests.send(link.get(), missing, config.autoCreateTopics(), config.requestTimeout())
                .whenComplete((response, failure) -> {
                    creating = false;
                    if (failure == null) {
                        MetadataRequests.failHopeless(state, response);
                    }
                    wake.run();
                });
        return Long.MAX_VALUE;
    }

    // ---- versions seen elsewhere

    private long catchUp(long nowNs) {
        if (refreshWanted) {
            refreshWanted = false;
            ahead = ahead.or(any);
            aheadVersion = Math.max(aheadVersion, state.table().version() + 1);
            catchUpAtNs = nowNs;
        }
        if (ahead.isEmpty() || catchingUp) {
            return Long.MAX_VALUE;
        }
        long dueNs = caughtUpOnce
                ? Math.max(catchUpAtNs - nowNs, caughtUpAtNs + CATCH_UP_PAUSE_NS - nowNs)
                : catchUpAtNs - nowNs;
        if (dueNs > 0) {
            return dueNs;
        }
        BrokerLink from = ahead.get();
        ahead = Optional.empty();
        if (!from.ready()
                || !from.versions().speaks(WatchApi.KEY)
                || state.table().version() == 0) {
            return Long.MAX_VALUE;
        }
        catchingUp = true;
        caughtUpOnce = true;
        caughtUpAtNs = nowNs;
        MetadataWatchRequest request =
                new MetadataWatchRequest(state.table().version(), 0, List.copyOf(known), List.of());
        from.send(WatchApi.KEY, WatchApi.VERSION, request, config.requestTimeout())
                .whenComplete((answer, failure) -> {
                    catchingUp = false;
                    if (failure == null) {
                        MetadataWatchResponse response = (MetadataWatchResponse) answer;
                        // A topic that has come since is not in this answer, whose version would hide what it missed.
                        boolean all = request.known().containsAll(known);
                        if (response.error() == Errors.NONE && !response.full() && all) {
                            apply(response);
                        }
                    }
                    wake.run();
                });
        return Long.MAX_VALUE;
    }
}
