package io.braid.client.consumer;

import io.braid.client.ClusterClient;
import io.braid.client.network.Failures;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Keeps the topics of assigned partitions in the routing table. Thread-safe. */
@SuppressWarnings("FutureReturnValueIgnored") // what hangs on a future takes its failure
final class TopicsInUse {
    private final ClusterClient cluster;
    private final SharedFetcher shared;
    private final Runnable renewRouting;

    /** @param renewRouting lets the fetch loop look at the routing table; any thread */
    TopicsInUse(ClusterClient cluster, SharedFetcher shared, Runnable renewRouting) {
        this.cluster = cluster;
        this.shared = shared;
        this.renewRouting = renewRouting;
    }

    void use(PartitionSet partitions) {
        partitions.topicNames().forEach(this::use);
    }

    private void use(String topic) {
        cluster.use(topic).whenComplete((route, failure) -> {
            if (failure == null) {
                renewRouting.run(); // it may have been in the table before: then there is no news of it to wait for
            } else if (Failures.cause(failure) instanceof RuntimeException reason) {
                boolean assigned = shared.get(fetcher -> fetcher.onUnusableTopic(topic, reason));
                shared.signal();
                if (assigned && !cluster.eventLoop().isShuttingDown()) {
                    long pauseNs = cluster.config().retryBackoffMax().toNanos();
                    cluster.eventLoop().schedule(() -> again(topic), pauseNs, TimeUnit.NANOSECONDS);
                }
            }
        });
    }

    private void again(String topic) {
        if (shared.get(fetcher -> fetcher.assignment().topicNames().contains(topic))) {
            use(topic);
        }
    }

    /** Ends the use of topics of which nothing is left. */
    void release(PartitionSet gone, PartitionSet left) {
        Set<String> names = left.topicNames();
        gone.topicNames().stream().filter(name -> !names.contains(name)).forEach(cluster::release);
    }
}
