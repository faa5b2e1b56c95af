package io.braid.simulation.scale;

import io.braid.client.routing.RoutingTable;

/** A client: it has a routing table, and one watch on its way to a broker, always. */
final class Watcher {
    private final Host host;
    private final int kind;
    private final Subscription subscription;
    private final Spreading world;
    private final Follower broker;
    private RoutingTable table;

    /** @param kind clients of a kind watch the same topics */
    Watcher(Host host, int kind, Subscription subscription, Spreading world, Follower broker, RoutingTable table) {
        this.host = host;
        this.kind = kind;
        this.subscription = subscription;
        this.world = world;
        this.broker = broker;
        this.table = table;
    }

    Host host() {
        return host;
    }

    int kind() {
        return kind;
    }

    Subscription subscription() {
        return subscription;
    }

    RoutingTable table() {
        return table;
    }

    void onNews(Spreading.News news, long newsAfter) {
        Fabric fabric = world.fabric();
        fabric.work(host, Host.Worker.METADATA, fabric.costs().route().of(news.bytes()), () -> {
            table = news.table();
            world.onTold(newsAfter);
            fabric.send(host, broker.host(), world.requestBytes(this), () -> broker.onWatch(this));
        });
    }
}
