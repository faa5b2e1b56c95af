package io.braid.broker.fetch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The partitions that a client fetches on one connection (KIP-227), or those of a single request without a session.
 *
 * <p>A round looks at the ready partitions only: those the client has just named, those that may have more than the last
 * answer held, and those that a shard has signalled since. So its cost follows what has data, not what is subscribed.
 *
 * <p>Owned by the connection's event loop, but for {@link #signal}, which shard threads call.
 */
final class FetchSession {
    /** Id of a request that has no session. */
    static final int NO_SESSION = 0;

    private static final long NOBODY_WAITS = Long.MAX_VALUE;

    private final int id;
    private final Executor eventLoop;
    private final Map<FetchKey, FetchPartition> partitions = new LinkedHashMap<>();
    private final ArrayDeque<FetchPartition> ready = new ArrayDeque<>();

    // Shared with shard threads.
    private final Queue<FetchPartition> signalled = new ConcurrentLinkedQueue<>();
    private final AtomicLong newBytes = new AtomicLong();
    private volatile long wakeAtBytes = NOBODY_WAITS;

    private int epoch;
    private Runnable waiting;

    FetchSession(int id, Executor eventLoop) {
        this.id = id;
        this.eventLoop = eventLoop;
    }

    int id() {
        return id;
    }

    /** Epoch that the next request must carry. */
    int nextEpoch() {
        return epoch;
    }

    void advanceEpoch() {
        epoch = epoch == Integer.MAX_VALUE ? 1 : epoch + 1;
    }

    /** The partition with this key, added if the session does not have it; it is looked at in the next round. */
    FetchPartition ask(FetchKey key) {
        FetchPartition partition = partitions.computeIfAbsent(key, k -> new FetchPartition(this, k));
        markReady(partition);
        return partition;
    }

    /** Drops a partition; null when the session does not have it. */
    FetchPartition forget(FetchKey key) {
        FetchPartition gone = partitions.remove(key);
        if (gone != null && gone.inReadyList()) {
            ready.remove(gone);
            gone.inReadyList(false);
        }
        return gone;
    }

    Collection<FetchPartition> partitions() {
        return partitions.values();
    }

    /** Puts a partition at the end of those to be looked at next. */
    void markReady(FetchPartition partition) {
        if (!partition.inReadyList()) {
            partition.inReadyList(true);
            ready.add(partition);
        }
    }

    /** Takes all ready partitions, in the order in which they became ready. */
    List<FetchPartition> takeReady() {
        newBytes.set(0);
        FetchPartition partition;
        while ((partition = signalled.poll()) != null) {
            if (partitions.get(partition.key()) == partition) {
                markReady(partition);
            }
        }
        List<FetchPartition> taken = new ArrayList<>(ready);
        ready.clear();
        for (FetchPartition p : taken) {
            p.inReadyList(false);
        }
        return taken;
    }

    /** Waits for {@code bytes} of new data; {@code onEnough} runs once on the event loop. */
    void await(long bytes, Runnable onEnough) {
        waiting = onEnough;
        wakeAtBytes = Math.max(1, bytes);
        if (newBytes.get() >= wakeAtBytes) {
            wake();
        }
    }

    void stopWaiting() {
        waiting = null;
        wakeAtBytes = NOBODY_WAITS;
    }

    /**
     * A partition has news. Shard thread.
     *
     * @param partition null when it is signalled already
     */
    void signal(FetchPartition partition, int bytes) {
        if (partition != null) {
            signalled.add(partition);
        }
        long total = newBytes.addAndGet(bytes);
        long wanted = wakeAtBytes;
        if (total >= wanted && total - bytes < wanted) {
            eventLoop.execute(this::wake);
        }
    }

    private void wake() {
        Runnable run = waiting;
        if (run != null && newBytes.get() >= wakeAtBytes) {
            stopWaiting();
            run.run();
        }
    }
}
