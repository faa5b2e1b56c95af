package io.braid.perf.routing;

import io.braid.client.routing.RoutingTable;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * When a client's routing table first showed each leader epoch of a topic's partitions. Written by the client's thread; read when the
 * client is closed.
 */
final class Sightings implements Consumer<RoutingTable> {
    private final String topic;
    private final int[] epochs;
    private final List<List<Sighting>> seen = new ArrayList<>();

    private record Sighting(int leaderEpoch, long atMs) {}

    Sightings(String topic, int partitions) {
        this.topic = topic;
        this.epochs = new int[partitions];
        for (int i = 0; i < partitions; i++) {
            epochs[i] = -1;
            seen.add(new ArrayList<>());
        }
    }

    @Override
    public synchronized void accept(RoutingTable table) {
        long nowMs = System.currentTimeMillis();
        table.topic(topic).ifPresent(route -> {
            for (int partition = 0; partition < epochs.length; partition++) {
                int epoch = table.leaderEpoch(route, partition);
                if (epoch > epochs[partition] && table.leader(route, partition) >= 0) {
                    see(partition, epoch, nowMs);
                }
            }
        });
    }

    synchronized void see(int partition, int leaderEpoch, long atMs) {
        epochs[partition] = leaderEpoch;
        seen.get(partition).add(new Sighting(leaderEpoch, atMs));
    }

    /** When the table had this leader or a later one; empty if never. */
    synchronized OptionalLong sawMs(LeaderChange change) {
        return seen.get(change.partition()).stream()
                .filter(sighting -> sighting.leaderEpoch() >= change.leaderEpoch())
                .mapToLong(Sighting::atMs)
                .findFirst();
    }
}
