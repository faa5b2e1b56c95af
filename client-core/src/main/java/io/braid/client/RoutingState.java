package io.braid.client;

import io.braid.client.routing.RoutingTable;
import io.braid.client.routing.TopicRoute;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest routing table, who hears of it, and who waits for a topic. Changed on the event loop only; the table and the
 * topics in use may be read by any thread.
 */
final class RoutingState {
    private static final Logger log = LoggerFactory.getLogger(RoutingState.class);

    private final Set<String> inUse = ConcurrentHashMap.newKeySet();
    private final Map<String, CompletableFuture<TopicRoute>> waiting = new HashMap<>();
    private final List<ClusterClient.Listener> listeners = new ArrayList<>();
    private volatile RoutingTable table = RoutingTable.EMPTY;

    RoutingTable table() {
        return table;
    }

    Set<String> inUse() {
        return inUse;
    }

    void addListener(ClusterClient.Listener listener) {
        listeners.add(listener);
    }

    void removeListener(ClusterClient.Listener listener) {
        listeners.remove(listener);
    }

    List<ClusterClient.Listener> listeners() {
        return listeners;
    }

    /** Completes when the topic is in the table; fails when it is known that it will not be. */
    CompletableFuture<TopicRoute> await(String topic) {
        return table.topic(topic)
                .map(CompletableFuture::completedFuture)
                .orElseGet(() -> waiting.computeIfAbsent(topic, name -> new CompletableFuture<>()));
    }

    @SuppressWarnings("ReferenceEquality") // the same object is what "nothing changed" means
    void publish(RoutingTable next) {
        if (next == table) {
            return;
        }
        table = next;
        for (String topic : List.copyOf(waiting.keySet())) {
            next.topic(topic).ifPresent(route -> waiting.remove(topic).complete(route));
        }
        for (ClusterClient.Listener listener : List.copyOf(listeners)) {
            listener.onRouting(next);
        }
    }

    /** The topic cannot be used, for a reason that waiting does not mend. */
    void fail(String topic, RuntimeException reason) {
        CompletableFuture<TopicRoute> waiter = waiting.remove(topic);
        if (waiter != null) {
            log.warn("topic cannot be used topic={} reason={}", topic, reason.toString());
            inUse.remove(topic);
            waiter.completeExceptionally(reason);
        }
    }

    void failAll(RuntimeException reason) {
        List<CompletableFuture<TopicRoute>> all = List.copyOf(waiting.values());
        waiting.clear();
        all.forEach(waiter -> waiter.completeExceptionally(reason));
    }

    Set<String> waiting() {
        return waiting.keySet();
    }
}
