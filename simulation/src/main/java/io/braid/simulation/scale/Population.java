package io.braid.simulation.scale;

import io.braid.client.routing.RoutingTable;
import io.braid.image.ClusterImage;
import io.braid.simulation.Chance;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Clients by kind: those of a kind watch the same topics, drawn by the seed. Immutable. */
final class Population {
    private static final int MOST_KINDS = 100;

    private final int clients;
    private final List<Subscription> kinds;

    private Population(int clients, List<Subscription> kinds) {
        this.clients = clients;
        this.kinds = kinds;
    }

    static Population of(ClusterSize size, Chance chance) {
        List<Subscription> kinds = new ArrayList<>();
        for (int kind = 0; kind < Math.min(MOST_KINDS, size.clients()); kind++) {
            Set<String> topics = new TreeSet<>();
            int wanted = Math.min(size.topicsPerClient(), size.topics());
            while (topics.size() < wanted) {
                topics.add(SizedCluster.topic(SizedCluster.FAMILY, chance.below(size.topics())));
            }
            kinds.add(new Subscription(List.copyOf(topics)));
        }
        return new Population(size.clients(), List.copyOf(kinds));
    }

    int clients() {
        return clients;
    }

    int kinds() {
        return kinds.size();
    }

    Subscription kind(int kind) {
        return kinds.get(kind);
    }

    /** What clients of each kind hold that have this image's truth. */
    List<RoutingTable> tables(ClusterImage image) {
        return kinds.stream().map(kind -> kind.tableOf(image)).toList();
    }
}
