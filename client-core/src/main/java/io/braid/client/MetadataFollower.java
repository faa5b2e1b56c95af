package io.braid.client;

import io.braid.client.network.Alarm;
import io.braid.client.network.BrokerLink;
import io.braid.client.routing.BrokerNode;
import io.braid.protocol.watch.WatchApi;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import org.apache.kafka.common.errors.AuthenticationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one connection for metadata, to whichever broker answers: those that are known, in random order, and then the
 * bootstrap addresses, again and again. Owned by the event loop.
 *
 * <p>It is a connection of its own because a watch that waits would hold up whatever stands behind it.
 */
final class MetadataFollower implements BrokerLink.Listener {
    private static final Logger log = LoggerFactory.getLogger(MetadataFollower.class);
    private static final int NO_ID = -1;

    /** Makes links that nobody else uses. */
    interface LinkFactory {
        BrokerLink make(BrokerNode to, BrokerLink.Listener listener);
    }

    private final ClientConfig config;
    private final RoutingState state;
    private final LinkFactory links;
    private final WatchDuty watch;
    private final RefreshDuty refresh;
    private final Random random;
    private final Alarm alarm;
    private final Queue<BrokerNode> candidates = new ArrayDeque<>();
    private Optional<BrokerLink> link = Optional.empty();
    private MetadataDuty duty;
    private boolean closed;

    MetadataFollower(
            ClientConfig config,
            RoutingState state,
            LinkFactory links,
            EventLoop eventLoop,
            Random random,
            DutyFactory duties) {
        this.config = config;
        this.state = state;
        this.links = links;
        this.random = random;
        this.alarm = new Alarm(eventLoop, this::poll);
        this.watch = duties.watch(this::wake);
        this.refresh = duties.refresh(this::wake);
        this.duty = refresh;
    }

    /** Makes the two ways of keeping current; each wakes the follower when something came. */
    interface DutyFactory {
        WatchDuty watch(Runnable wake);

        RefreshDuty refresh(Runnable wake);
    }

    /** Looks again soon, on the event loop; several calls make one look. */
    void wake() {
        alarm.now();
    }

    /** A topic's route is dropped: when it comes into use again, it is to be learnt anew. */
    void forget(String topic) {
        watch.forget(topic);
    }

    void refresh() {
        duty.refresh();
        wake();
    }

    void seen(BrokerLink from, long version) {
        duty.seen(from, version, System.nanoTime());
    }

    /** Whether the table is kept by the watch. */
    boolean watching() {
        return duty.equals(watch);
    }

    private void poll() {
        if (closed) {
            return;
        }
        long nowNs = System.nanoTime();
        if (watching() && watch.moveOn()) {
            link.ifPresent(BrokerLink::close);
            link = Optional.empty();
            watch.begin();
        }
        if (link.isEmpty()) {
            link = Optional.of(links.make(nextCandidate(), this));
        }
        BrokerLink current = link.get();
        if (!current.ready()) {
            current.ensure(nowNs);
            return;
        }
        long nextNs = duty.poll(current, nowNs);
        if (nextNs != Long.MAX_VALUE) {
            alarm.at(nowNs + nextNs);
        }
    }

    private BrokerNode nextCandidate() {
        if (candidates.isEmpty()) {
            List<BrokerNode> known = new ArrayList<>(state.table().brokers().values());
            Collections.shuffle(known, random);
            candidates.addAll(known);
            List<ClientConfig.HostPort> bootstrap = new ArrayList<>(config.bootstrap());
            Collections.shuffle(bootstrap, random);
            bootstrap.forEach(at -> candidates.add(new BrokerNode(NO_ID, at.host(), at.port(), "")));
        }
        return candidates.remove();
    }

    @Override
    public void onReady(BrokerLink ready) {
        candidates.clear();
        boolean offered = ready.versions().speaks(WatchApi.KEY);
        boolean usable = config.watch() && offered && state.inUse().size() <= WatchApi.MAX_TOPICS;
        duty = usable ? watch : refresh;
        duty.begin();
        log.debug("metadata connection broker={} way={}", ready.node().address(), usable ? "watch" : "refresh");
        wake();
    }

    @Override
    public void onDown(BrokerLink down, Throwable cause) {
        if (link.isEmpty() || !link.get().equals(down)) {
            return;
        }
        if (cause instanceof AuthenticationException failure) {
            log.warn("login failed broker={} cause={}", down.node().address(), failure.toString());
            state.failAll(failure);
        }
        duty.begin();
        link = Optional.empty();
        // The next address at once, unless all were tried: then after the pause of the last one.
        long pauseNs = candidates.isEmpty() ? Math.max(1, down.retryInNs(System.nanoTime())) : 1;
        alarm.at(System.nanoTime() + pauseNs);
    }

    void close() {
        closed = true;
        alarm.cancel();
        link.ifPresent(BrokerLink::close);
    }
}
