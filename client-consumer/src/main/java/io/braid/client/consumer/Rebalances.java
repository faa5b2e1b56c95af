package io.braid.client.consumer;

import io.braid.client.consumer.group.GroupMember;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the fetcher the partitions that the group gives, and takes them away: first they are held, so that nobody reads on;
 * when nobody has a chunk of theirs in hand, the application's thread commits what was read and tells the application; then the
 * group hears that they are free. The group's calls come on the event loop; {@link #checkIdle} may be called by any thread.
 */
final class Rebalances implements GroupMember.Listener {
    private static final Logger log = LoggerFactory.getLogger(Rebalances.class);

    private final SharedFetcher shared;
    private final Commits commits;
    private final AppTasks tasks;
    private final ConsumerMetrics metrics;
    private final BooleanSupplier autoCommit;
    private final Duration limit;
    private final Consumer<PartitionSet> onAdded;
    private final Runnable wakeLoop;
    private final List<Revocation> waiting = new ArrayList<>(); // guarded by itself
    private final AtomicInteger losses = new AtomicInteger();
    private volatile RebalanceListener listener = new RebalanceListener() {};
    private volatile boolean listened;
    private volatile KafkaException failure; // null while there is none
    private final AtomicBoolean told = new AtomicBoolean();

    /**
     * Partitions that are to be given up.
     *
     * @param losses how often everything had been lost before: after one more the revocation means nothing, though the same
     *     partitions may have come again
     */
    private record Revocation(
            PartitionSet set, List<AssignedPartition> partitions, int losses, CompletableFuture<Void> done) {}

    /**
     * @param autoCommit whether what was read of partitions that go is to be committed
     * @param limit of the commit before partitions go
     * @param onAdded takes topics into use and lets the fetch loop look again
     * @param wakeLoop lets the fetch loop look again
     */
    Rebalances(
            SharedFetcher shared,
            Commits commits,
            AppTasks tasks,
            ConsumerMetrics metrics,
            BooleanSupplier autoCommit,
            Duration limit,
            Consumer<PartitionSet> onAdded,
            Runnable wakeLoop) {
        this.shared = shared;
        this.commits = commits;
        this.tasks = tasks;
        this.metrics = metrics;
        this.autoCommit = autoCommit;
        this.limit = limit;
        this.onAdded = onAdded;
        this.wakeLoop = wakeLoop;
    }

    void listener(RebalanceListener told) {
        listener = told;
        listened = true;
    }

    /** Why the membership ended for good; null while it has not. */
    KafkaException failure() {
        return failure;
    }

    /** The same, once. */
    KafkaException takeFailure() {
        return failure != null && told.compareAndSet(false, true) ? failure : null;
    }

    @Override
    public CompletableFuture<Void> onRevoke(PartitionSet revoked) {
        metrics.onRebalance();
        long nowNs = System.nanoTime();
        List<AssignedPartition> partitions = shared.get(fetcher -> {
            List<AssignedPartition> found = fetcher.find(revoked);
            found.forEach(p -> fetcher.hold(p, AssignedPartition.HELD_BY_GROUP, true, nowNs));
            return found;
        });
        Revocation revocation = new Revocation(revoked, partitions, losses.get(), new CompletableFuture<>());
        synchronized (waiting) {
            waiting.add(revocation);
        }
        checkIdle();
        return revocation.done();
    }

    /** Somebody has given a chunk back: revocations that waited for it go on. */
    void checkIdle() {
        List<Revocation> idle = new ArrayList<>();
        synchronized (waiting) {
            if (waiting.isEmpty()) {
                return;
            }
            waiting.removeIf(revocation -> {
                boolean free = shared.get(
                        fetcher -> revocation.partitions().stream().allMatch(partition -> partition.taken == null));
                if (free) {
                    idle.add(revocation);
                }
                return free;
            });
        }
        idle.forEach(revocation -> tasks.add(() -> revoke(revocation)));
    }

    private void revoke(Revocation revocation) {
        if (revocation.losses() != losses.get()) {
            revocation.done().complete(null);
            return;
        }
        try {
            if (autoCommit.getAsBoolean()) {
                commit(revocation.partitions());
            }
            listener.onRevoked(revocation.set());
        } finally {
            shared.change(fetcher -> fetcher.remove(revocation.partitions(), System.nanoTime()));
            revocation.done().complete(null);
            wakeLoop.run(); // memory came free
        }
    }

    private void commit(List<AssignedPartition> partitions) {
        try {
            commits.commitRead(partitions).get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        } catch (ExecutionException | TimeoutException e) {
            log.warn("commit before partitions go failed: their last records may be read again cause={}", e.toString());
        }
    }

    @Override
    public void onAssign(PartitionSet added, PartitionSet whole) {
        if (added.isEmpty()) {
            return;
        }
        metrics.onRebalance();
        long nowNs = System.nanoTime();
        boolean tells = listened;
        List<AssignedPartition> partitions = shared.get(fetcher -> {
            fetcher.add(added, tells, nowNs);
            return tells ? fetcher.find(added) : List.of();
        });
        onAdded.accept(added);
        if (tells) {
            tasks.add(() -> tell(added, partitions));
        }
    }

    private void tell(PartitionSet added, List<AssignedPartition> partitions) {
        try {
            listener.onAssigned(added);
        } finally {
            long nowNs = System.nanoTime();
            shared.change(
                    fetcher -> partitions.forEach(p -> fetcher.hold(p, AssignedPartition.HELD_UNTOLD, false, nowNs)));
            shared.signal();
        }
    }

    @Override
    public void onLost(PartitionSet lost) {
        metrics.onRebalance();
        losses.incrementAndGet();
        shared.change(fetcher -> fetcher.remove(lost, System.nanoTime()));
        wakeLoop.run(); // memory came free
        tasks.add(() -> listener.onLost(lost));
    }

    @Override
    public void onFailed(KafkaException fatal) {
        log.warn("membership ended cause={}", fatal.toString());
        failure = fatal;
        shared.signal();
    }
}
