package io.braid.client.producer;

import io.braid.client.ClusterClient;
import io.braid.client.network.Failures;
import io.braid.client.routing.TopicRoute;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.TimeoutException;

/** The topics that a producer has sent to. Thread-safe. */
final class Topics {
    private static final long LOOK_AGAIN_MS = 20;

    private final ClusterClient cluster;
    private final SharedAccumulator shared;
    private final ConcurrentMap<String, TopicState> states = new ConcurrentHashMap<>();

    Topics(ClusterClient cluster, SharedAccumulator shared) {
        this.cluster = cluster;
        this.shared = shared;
    }

    /**
     * The topic, with a partition of this number.
     *
     * @param partition that must exist, or -1
     * @param maxWaitNs how long it may take to know the topic; not waited on the event loop
     * @throws TimeoutException when it is not known in time
     * @throws ApiException when it cannot be used
     * @throws InterruptedException when the thread is interrupted
     */
    TopicState get(String name, int partition, long maxWaitNs) throws InterruptedException {
        TopicState state = states.get(name);
        if (state == null) {
            state = learn(name, maxWaitNs);
        }
        if (partition >= state.route().partitionCount()) {
            awaitPartition(state, partition, maxWaitNs);
        }
        return state;
    }

    private TopicState learn(String name, long maxWaitNs) throws InterruptedException {
        boolean mayWait = maxWaitNs > 0 && !cluster.eventLoop().inEventLoop();
        try {
            TopicRoute route = cluster.use(name).get(mayWait ? maxWaitNs : 0, TimeUnit.NANOSECONDS);
            return states.computeIfAbsent(name, n -> shared.newTopic(route));
        } catch (java.util.concurrent.TimeoutException e) {
            throw new TimeoutException(
                    "topic " + name + " not known after " + maxWaitNs / 1_000_000
                            + " ms: it may not exist, or no broker" + " of "
                            + cluster.config().bootstrap() + " answers",
                    e);
        } catch (ExecutionException e) {
            Throwable cause = Failures.cause(e.getCause());
            throw cause instanceof RuntimeException known ? known : new ApiException(cause);
        }
    }

    /** A topic may have grown, and the news be on their way. */
    private void awaitPartition(TopicState state, int partition, long maxWaitNs) throws InterruptedException {
        long startNs = System.nanoTime();
        while (partition >= state.route().partitionCount()) {
            if (System.nanoTime() - startNs >= maxWaitNs || cluster.eventLoop().inEventLoop()) {
                throw new TimeoutException("topic " + state.name + " has no partition " + partition + " after "
                        + maxWaitNs / 1_000_000 + " ms, but " + state.route().partitionCount());
            }
            cluster.eventLoop().execute(cluster::refresh);
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MS);
        }
    }
}
