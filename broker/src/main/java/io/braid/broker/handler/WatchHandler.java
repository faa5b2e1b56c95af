package io.braid.broker.handler;

import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import io.braid.image.ClusterImage;
import io.braid.protocol.network.ConnectionState;
import io.braid.protocol.network.RequestContext;
import io.braid.protocol.watch.MetadataWatchRequest;
import io.braid.protocol.watch.MetadataWatchResponse;
import io.braid.protocol.watch.WatchApi;
import io.netty.util.concurrent.Future;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.protocol.Errors;

/**
 * MetadataWatch, Braid's own: tells clients of changes to the topics they use and to the shards these are in, as the changes
 * are applied here. One watch waits for each connection; a further one ends its wait.
 *
 * <p>Thread-safe; what waits is owned by its connection's event loop.
 */
public final class WatchHandler implements ApiHandler {
    /** Topics that all watches which wait may name together; beyond it a client is asked to try elsewhere. */
    static final int MAX_WAITING_TOPICS = 2_000_000;

    private static final int MAX_NAME_LENGTH = 249;
    /** Topics up to which an answer is made on the event loop. */
    private static final int FEW_TOPICS = 1_000;
    /** How long a client waits that has seen something newer than this broker. */
    private static final int LAG_WAIT_MS = 1_000;

    private final MetadataSource metadata;
    private final Executor background;
    private final WatchAnswers answers;
    private final WatchHistory history = new WatchHistory();
    private final Set<Watcher> waiting = ConcurrentHashMap.newKeySet();
    private final AtomicInteger waitingTopics = new AtomicInteger();
    private volatile boolean stopped;

    /** @param background makes answers that would hold up an event loop */
    public WatchHandler(MetadataSource metadata, Authorizer authorizer, Executor background) {
        this.metadata = metadata;
        this.background = background;
        this.answers = new WatchAnswers(authorizer);
        metadata.onImage(this::onImage);
    }

    /** The watch of one connection that waits, if one does. Owned by the connection's event loop. */
    private final class Watcher {
        private final ConnectionState connection;
        private Optional<RequestContext> parked = Optional.empty();
        private Future<?> deadline; // of what is parked
        private int topics;
        // what it waits for, for any thread
        private volatile Set<String> names = Set.of();
        private volatile WatchScope scope = WatchScope.of(ClusterImage.EMPTY, List.of());

        Watcher(ConnectionState connection) {
            this.connection = connection;
        }

        void park(RequestContext ctx, ClusterImage image, int waitMs) {
            MetadataWatchRequest request = request(ctx);
            names = new HashSet<>(request.known());
            scope = WatchScope.of(image, request.known());
            topics = request.known().size();
            waitingTopics.addAndGet(topics);
            parked = Optional.of(ctx);
            waiting.add(this);
            deadline = connection.eventLoop().schedule(() -> end(ctx), waitMs, TimeUnit.MILLISECONDS);
            look(); // what came between the look and the park was not told to it
        }

        /** Answers what is parked, as it is. */
        void end() {
            parked.ifPresent(this::end);
        }

        private void end(RequestContext ctx) {
            if (parked.isPresent() && parked.get().equals(ctx)) {
                unpark();
                reply(ctx);
            }
        }

        /** Answers what is parked, if there is something to say. */
        void look() {
            parked.ifPresent(ctx -> {
                if (stopped || isNews(request(ctx), state(request(ctx)))) {
                    end(ctx);
                }
            });
        }

        private void unpark() {
            deadline.cancel(false);
            waiting.remove(this);
            waitingTopics.addAndGet(-topics);
            parked = Optional.empty();
        }

        void lookSoon() {
            try {
                connection.eventLoop().execute(this::look);
            } catch (RejectedExecutionException e) { // the node stops
                waiting.remove(this);
            }
        }

        boolean concernedBy(WatchHistory.Difference difference) {
            return WatchAnswers.concerns(difference, names, scope);
        }
    }

    @Override
    public void handle(RequestContext ctx) {
        Watcher watcher = watcher(ctx.connection());
        watcher.end();
        MetadataWatchRequest request = request(ctx);
        if (!isValid(request)) {
            ctx.reply(MetadataWatchResponse.failed(Errors.INVALID_REQUEST));
            return;
        }
        WatchHistory.State state = state(request);
        ClusterImage image = state.image();
        int waitMs = Math.min(request.maxWaitMs(), WatchApi.MAX_WAIT_MS);
        boolean behind = request.afterVersion() > image.version();
        if (behind) {
            waitMs = Math.min(waitMs, LAG_WAIT_MS);
        }
        if (waitMs == 0 || !request.added().isEmpty() || stopped || isNews(request, state)) {
            reply(ctx);
        } else if (waitingTopics.get() + request.known().size() > MAX_WAITING_TOPICS) {
            ctx.reply(MetadataWatchResponse.failed(Errors.THROTTLING_QUOTA_EXCEEDED));
        } else {
            watcher.park(ctx, image, waitMs);
        }
    }

    private Watcher watcher(ConnectionState connection) {
        return connection.get(Watcher.class).orElseGet(() -> {
            Watcher made = new Watcher(connection);
            connection.put(made);
            connection.onClose(made::end);
            return made;
        });
    }

    private static MetadataWatchRequest request(RequestContext ctx) {
        return (MetadataWatchRequest) ctx.body();
    }

    private static boolean isValid(MetadataWatchRequest request) {
        return request.maxWaitMs() >= 0
                && request.afterVersion() >= MetadataWatchRequest.FROM_NOTHING
                && request.known().size() + request.added().size() <= WatchApi.MAX_TOPICS
                && request.known().stream().allMatch(WatchHandler::isName)
                && request.added().stream().allMatch(WatchHandler::isName);
    }

    private static boolean isName(String name) {
        return !name.isEmpty() && name.length() <= MAX_NAME_LENGTH;
    }

    /** Whether there is something to tell whoever sent the request. */
    private static boolean isNews(MetadataWatchRequest request, WatchHistory.State state) {
        if (request.afterVersion() > state.image().version()) {
            return false;
        }
        return state.difference().isEmpty()
                || WatchAnswers.concerns(
                        state.difference().get(),
                        new HashSet<>(request.known()),
                        WatchScope.of(state.image(), request.known()));
    }

    private WatchHistory.State state(MetadataWatchRequest request) {
        return history.since(request.afterVersion(), metadata.image());
    }

    private void reply(RequestContext ctx) {
        MetadataWatchRequest request = request(ctx);
        Runnable task = () -> {
            WatchHistory.State state = state(request);
            ctx.reply(answers.answer(Caller.of(ctx), state.image(), request, state.difference()));
        };
        if (request.known().size() + request.added().size() <= FEW_TOPICS) {
            task.run();
            return;
        }
        try {
            background.execute(task);
        } catch (RejectedExecutionException e) {
            ctx.close("too many large requests under way");
        }
    }

    private void onImage(ClusterImage before, ClusterImage after) {
        WatchHistory.Difference difference = history.add(before, after);
        for (Watcher watcher : waiting) {
            if (watcher.concernedBy(difference)) {
                watcher.lookSoon();
            }
        }
    }

    /** Watches that wait; any thread. */
    public int waiting() {
        return waiting.size();
    }

    /** Answers everything that waits, and lets nothing wait any more: the node stops. */
    public void stop() {
        stopped = true;
        waiting.forEach(Watcher::lookSoon);
    }
}
