package io.braid.broker;

import io.braid.broker.handler.MetadataSource;
import io.braid.broker.metrics.CommandMetrics;
import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.image.ClusterImage;
import io.braid.quorum.BrokerSession;
import io.braid.quorum.ImageListener;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.apache.kafka.common.protocol.Errors;

/** The broker's session with the quorum as handlers see it. Thread-safe. */
final class SessionMetadata implements MetadataSource {
    private final CommandMetrics metrics;
    private final ImageWaiters waiters = new ImageWaiters(this::image);
    private final List<ImageListener> listeners = new CopyOnWriteArrayList<>();
    private volatile BrokerSession session;

    SessionMetadata(CommandMetrics metrics) {
        this.metrics = metrics;
    }

    /** Once, before the first request is served. */
    void bind(BrokerSession to) {
        session = to;
        to.onImage((before, after) -> {
            waiters.onImage(after);
            listeners.forEach(listener -> listener.onImage(before, after));
        });
    }

    @Override
    public void onImage(ImageListener listener) {
        listeners.add(listener);
    }

    @Override
    public ClusterImage image() {
        BrokerSession bound = session;
        return bound == null ? ClusterImage.EMPTY : bound.image();
    }

    @Override
    public CompletableFuture<Boolean> awaitImage(Predicate<ClusterImage> condition, long maxMs) {
        return waiters.await(condition, maxMs);
    }

    @Override
    public CompletableFuture<CommandResult> submit(Command command) {
        long started = System.nanoTime();
        return session.submit(command).whenComplete((result, thrown) -> {
            if (thrown != null || result.error() == Errors.REQUEST_TIMED_OUT) {
                metrics.onFailed();
            } else {
                metrics.onApplied(System.nanoTime() - started);
            }
        });
    }
}
