package io.braid.broker.handler;

import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.controller.Limits;
import io.braid.image.BrokerImage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.Errors;

/**
 * Gives out producer ids. They come from the quorum in blocks that belong to this broker alone; the next block is
 * fetched while half of the present one is left, so that nobody waits for one unless all come at once.
 *
 * <p>Safe for any thread. The lock is held for a few instructions at a time, never while a future completes.
 */
public final class ProducerIds {

    private static final int FETCH_AHEAD = Limits.PRODUCER_ID_BLOCK / 2;
    /** Requests that wait for a block; further ones are told to come again. */
    private static final int MAX_WAITING = 10_000;

    private final int nodeId;
    private final MetadataSource metadata;
    private final Object lock = new Object();

    // Guarded by the lock.
    private final Queue<CompletableFuture<OptionalLong>> waiting = new ArrayDeque<>();
    private long next;
    private long end;
    private long nextBlock = -1;
    private boolean fetching;

    public ProducerIds(int nodeId, MetadataSource metadata) {
        this.nodeId = nodeId;
        this.metadata = metadata;
    }

    /**
     * A producer id that nobody has had before. Completes on any thread; empty when the quorum gave none, and the client
     * should try again.
     */
    public CompletableFuture<OptionalLong> next() {
        CompletableFuture<OptionalLong> result = new CompletableFuture<>();
        boolean fetch;
        synchronized (lock) {
            OptionalLong id = take();
            if (id.isPresent()) {
                result.complete(id); // nobody can wait for it yet
            } else if (waiting.size() >= MAX_WAITING) {
                result.complete(OptionalLong.empty());
            } else {
                waiting.add(result);
            }
            fetch = startsFetch();
        }
        if (fetch) {
            fetch();
        }
        return result;
    }

    private OptionalLong take() {
        if (next == end && nextBlock >= 0) {
            next = nextBlock;
            end = nextBlock + Limits.PRODUCER_ID_BLOCK;
            nextBlock = -1;
        }
        return next == end ? OptionalLong.empty() : OptionalLong.of(next++);
    }

    private boolean startsFetch() {
        boolean starts = !fetching && nextBlock < 0 && end - next <= FETCH_AHEAD;
        fetching |= starts;
        return starts;
    }

    private void fetch() {
        long brokerEpoch =
                metadata.image().broker(nodeId).map(BrokerImage::epoch).orElse(-1L);
        var unused = metadata.submit(new Command.AllocateProducerIds(nodeId, brokerEpoch))
                .whenComplete((result, thrown) -> {
                    CommandResult fetched = thrown == null
                            ? result
                            : CommandResult.failed(Errors.COORDINATOR_LOAD_IN_PROGRESS, thrown.toString());
                    onFetched(fetched);
                });
    }

    private void onFetched(CommandResult result) {
        List<Runnable> answers = new ArrayList<>();
        boolean fetch = false;
        synchronized (lock) {
            fetching = false;
            if (result.ok()) {
                nextBlock = result.value();
            }
            while (!waiting.isEmpty()) {
                OptionalLong id = take();
                if (id.isEmpty() && result.ok()) {
                    break; // more came than a block has: the next one is for them
                }
                CompletableFuture<OptionalLong> waiter = waiting.remove();
                answers.add(() -> waiter.complete(id));
            }
            fetch = result.ok() && startsFetch();
        }
        answers.forEach(Runnable::run);
        if (fetch) {
            fetch();
        }
    }
}
