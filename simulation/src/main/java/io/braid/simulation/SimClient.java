package io.braid.simulation;

import io.braid.simulation.ClientMessages.Fetch;
import io.braid.simulation.ClientMessages.Fetched;
import io.braid.simulation.ClientMessages.Metadata;
import io.braid.simulation.ClientMessages.Produce;
import io.braid.simulation.ClientMessages.Produced;
import io.braid.simulation.ClientMessages.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A client on a machine of its own: a cache of who leads what, that is as old as it is, and above it producers and
 * consumers. A newer leader epoch replaces an older one in the cache, never the other way round (KIP-320).
 */
final class SimClient extends SimProcess {
    private static final long REQUEST_MS = 2_500;
    private static final long REFRESH_MS = 60;

    private final Cluster cluster;
    private final List<Integer> bootstrap;
    private final Route[] routes;
    private final List<ModelProducer> producers = new ArrayList<>();
    private final List<ModelConsumer> consumers = new ArrayList<>();
    private boolean refreshing;

    SimClient(Cluster cluster, int machine, int number) {
        super(machine, cluster.timeline, cluster.clock(machine), cluster.trace);
        this.cluster = cluster;
        this.bootstrap = cluster.brokerIds();
        int partitions = cluster.settings.partitions();
        this.routes = new Route[partitions];
        for (int partition = 0; partition < partitions; partition++) {
            routes[partition] = Route.UNKNOWN;
            if (partition % 2 == number % 2 || cluster.chance.percent(50)) {
                long producerId = 1_000L * (number + 1) + partition;
                producers.add(new ModelProducer(cluster, this, producerId, partition));
            }
            if (partition % 2 != number % 2) {
                consumers.add(new ModelConsumer(cluster, this, partition));
            }
        }
    }

    void start() {
        producers.forEach(ModelProducer::start);
        consumers.forEach(ModelConsumer::start);
    }

    List<ModelProducer> producers() {
        return producers;
    }

    List<ModelConsumer> consumers() {
        return consumers;
    }

    Route route(int partition) {
        return routes[partition];
    }

    /** Something in an answer, or a metadata answer, names a leader. */
    void learn(int partition, Route route) {
        if (route.leaderEpoch() > routes[partition].leaderEpoch()
                || (route.leaderEpoch() == routes[partition].leaderEpoch() && route.leader() >= 0)) {
            routes[partition] = route;
        }
    }

    /** Asks any broker who leads what, unless it is asking. */
    void refresh() {
        if (refreshing) {
            return;
        }
        refreshing = true;
        int to = cluster.chance.pick(bootstrap);
        cluster.network.<SimBroker, Metadata>call(
                this,
                to,
                () -> cluster.broker(to),
                (broker, answer) -> broker.metadata(answer),
                REQUEST_MS,
                metadata -> {
                    for (int i = 0; i < metadata.routes().size(); i++) {
                        learn(i, metadata.routes().get(i));
                    }
                    after(REFRESH_MS, () -> refreshing = false);
                },
                () -> after(REFRESH_MS, () -> refreshing = false));
    }

    void produce(int leader, Produce request, Consumer<Produced> onAnswer, Runnable onFailure) {
        cluster.network.<SimBroker, Produced>call(
                this,
                leader,
                () -> cluster.broker(leader),
                (broker, answer) -> broker.produce(request, answer),
                REQUEST_MS,
                onAnswer,
                onFailure);
    }

    void fetch(int leader, Fetch request, Consumer<Fetched> onAnswer, Runnable onFailure) {
        cluster.network.<SimBroker, Fetched>call(
                this,
                leader,
                () -> cluster.broker(leader),
                (broker, answer) -> broker.fetch(request, answer),
                REQUEST_MS,
                onAnswer,
                onFailure);
    }
}
