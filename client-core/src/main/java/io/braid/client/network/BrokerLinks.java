package io.braid.client.network;

import io.braid.client.ClientConfig;
import io.braid.client.routing.BrokerNode;
import io.netty.channel.EventLoop;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** The links of one client, one for each broker that was asked for. Owned by the event loop. */
public final class BrokerLinks {
    private final ClientConfig config;
    private final Connector connector;
    private final EventLoop eventLoop;
    private final Random random;
    private final BrokerLink.Listener listener;
    private final Map<Integer, BrokerLink> links = new HashMap<>();

    /** @param listener hears of the links that {@link #to} makes */
    public BrokerLinks(ClientConfig config, EventLoops loops, Random random, BrokerLink.Listener listener) {
        this.config = config;
        this.eventLoop = loops.next();
        this.connector = new Connector(config, eventLoop);
        this.random = random;
        this.listener = listener;
    }

    public EventLoop eventLoop() {
        return eventLoop;
    }

    /** A link of the caller's own. */
    public BrokerLink make(BrokerNode to, BrokerLink.Listener ofLink) {
        Backoff backoff = new Backoff(config.reconnectBackoff(), config.reconnectBackoffMax(), random::nextDouble);
        return new BrokerLink(to, connector, backoff, ofLink);
    }

    /** The link to a broker, begun if it is not there; made anew when the broker's address changed. */
    public BrokerLink to(BrokerNode node, long nowNs) {
        BrokerLink link = links.get(node.id());
        if (link == null || !link.node().address().equals(node.address())) {
            if (link != null) {
                link.close();
            }
            link = make(node, listener);
            links.put(node.id(), link);
        }
        link.ensure(nowNs);
        return link;
    }

    /** Closes the links to brokers that are not among these: they are dead, and nothing should wait for their answers. */
    public void keepOnly(Set<Integer> brokers) {
        List<BrokerLink> gone = links.values().stream()
                .filter(link -> !brokers.contains(link.node().id()))
                .toList();
        links.keySet().retainAll(brokers);
        gone.forEach(BrokerLink::close);
    }

    /** One of these brokers' links that is ready. */
    public Optional<BrokerLink> ready(Collection<BrokerNode> nodes) {
        return nodes.stream()
                .map(node -> Optional.ofNullable(links.get(node.id())))
                .flatMap(Optional::stream)
                .filter(BrokerLink::ready)
                .findFirst();
    }

    /** Whether a broker failed so recently that it is not tried again yet. */
    public boolean paused(BrokerNode node, long nowNs) {
        BrokerLink link = links.get(node.id());
        return link != null && link.retryInNs(nowNs) > 0;
    }

    public void close() {
        links.values().forEach(BrokerLink::close);
        links.clear();
    }
}
