package io.braid.broker.shard;

import io.braid.log.SharedLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shards whose logs are open on this broker, and the threads that run them: a shard keeps its thread from one log to the next.
 *
 * <p>Thread-safe, but for one shard only one thread at a time opens or closes the log.
 */
final class OpenShards {
    private static final Logger LOG = LoggerFactory.getLogger(OpenShards.class);

    private static final long CLOSE_TIMEOUT_S = 30;
    private static final long RETIRE_TIMEOUT_S = 60;

    private final LogDirectories directories;
    private final ShardHost.Surroundings surroundings;
    private final List<ShardThread> threads = new ArrayList<>();
    private final FlushThread flushThread = new FlushThread("braid-flush");
    private final ExecutorService background;
    private final Map<Integer, ShardHost> hosts = new ConcurrentHashMap<>();

    /** Something to do with a shard on its thread. */
    @FunctionalInterface
    interface HostAction {
        /**
         * Does it.
         *
         * @param nowMs wall-clock milliseconds
         */
        void run(ShardHost host, long nowMs);
    }

    /** @param acked see {@link FollowListener#acked} */
    OpenShards(
            ReplicaConfig replicaConfig,
            LogDirectories directories,
            int shardThreads,
            InSyncProposer proposer,
            Consumer<FollowerPosition> acked,
            ShardEvents events) {
        this.directories = directories;
        for (int i = 0; i < shardThreads; i++) {
            threads.add(new ShardThread("braid-shard-" + i, System::currentTimeMillis));
        }
        this.background = Executors.newFixedThreadPool(2, runnable -> {
            Thread thread = new Thread(runnable, "braid-log-background");
            thread.setDaemon(true);
            return thread;
        });
        this.surroundings = new ShardHost.Surroundings(replicaConfig, flushThread, background, proposer, acked, events);
    }

    void start() {
        threads.forEach(ShardThread::start);
        flushThread.start();
    }

    /** See {@link Shards#recover}. */
    void recover() throws IOException {
        List<Integer> ids = directories.shardsOnDisk();
        int parallel = Math.max(1, Math.min(ids.size(), Runtime.getRuntime().availableProcessors()));
        ExecutorService pool = Executors.newFixedThreadPool(parallel);
        try {
            var opened = ids.stream().map(id -> pool.submit(() -> open(id))).toList();
            for (var one : opened) {
                one.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while recovering shards", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } finally {
            pool.shutdown();
        }
    }

    /** The shard's host; opens and recovers its log if that is not open, which may block. */
    ShardHost open(int shardId) throws IOException {
        ShardHost existing = hosts.get(shardId);
        if (existing != null) {
            return existing;
        }
        SharedLog log = directories.open(shardId);
        ShardThread thread = threads.get(Math.floorMod(shardId, threads.size()));
        ShardHost host = new ShardHost(shardId, log, thread, surroundings);
        hosts.put(shardId, host);
        thread.submitSurely(nowMs -> thread.add(host));
        return host;
    }

    /** Null when the shard's log is not open. */
    ShardHost find(int shardId) {
        return hosts.get(shardId);
    }

    boolean contains(int shardId) {
        return hosts.containsKey(shardId);
    }

    /** Has the action run on the shard's thread; false when the shard is not here or its queue is full: then it does not run. */
    boolean tell(int shardId, HostAction action) {
        ShardHost host = hosts.get(shardId);
        return host != null && host.thread().submit(nowMs -> action.run(host, nowMs));
    }

    /** As {@link #tell}, for all shards; those whose queue is full are left out. */
    void tellAll(HostAction action) {
        for (Integer id : hosts.keySet()) {
            tell(id, action);
        }
    }

    /**
     * Takes a shard out, so that it answers as one that is not here, ends whatever uses its log, and closes that. Blocks; not on a
     * shard thread. When it fails, the log may still be in use: the shard stays where it is, so that nobody opens the log twice.
     */
    void retire(int shardId) throws IOException {
        ShardHost host = hosts.remove(shardId);
        if (host != null) {
            try {
                retire(host);
            } catch (IOException | RuntimeException e) {
                hosts.put(shardId, host);
                throw e;
            }
        }
    }

    private static void retire(ShardHost host) throws IOException {
        CompletableFuture<Void> retired = new CompletableFuture<>();
        host.thread().submitSurely(nowMs -> {
            host.retire();
            host.thread().remove(host);
            retired.complete(null);
        });
        try {
            retired.get(RETIRE_TIMEOUT_S, TimeUnit.SECONDS);
            host.awaitBackgroundJobs();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a shard's log was replaced", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("shard " + host.shardId() + " does not let go of its log", e);
        }
        host.close();
    }

    /** Stops the threads and closes every log cleanly. */
    void close() {
        hosts.values().forEach(host -> host.thread().submit(nowMs -> host.resign()));
        threads.forEach(ShardThread::stop);
        flushThread.stop();
        background.shutdown();
        try {
            if (!background.awaitTermination(CLOSE_TIMEOUT_S, TimeUnit.SECONDS)) {
                LOG.warn("event=background_work_abandoned");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (ShardHost host : hosts.values()) {
            try {
                host.close();
            } catch (IOException | RuntimeException e) {
                LOG.error("event=shard_close_failed shard={}", host.shardId(), e);
            }
        }
    }

    // ---- inspection

    /** In no particular order. */
    List<ShardHost> all() {
        return List.copyOf(hosts.values());
    }

    /** In ascending order. */
    List<Integer> ids() {
        return hosts.keySet().stream().sorted().toList();
    }

    int threadCount() {
        return threads.size();
    }

    /** Messages that wait for one of the threads. */
    int queueDepth(int thread) {
        return threads.get(thread).queueDepth();
    }

    /** Forces that wait. */
    int flushQueueDepth() {
        return flushThread.queueDepth();
    }

    /** Waits until every message submitted so far has run. */
    void drain() throws InterruptedException {
        CountDownLatch all = new CountDownLatch(threads.size());
        threads.forEach(thread -> thread.submitSurely(nowMs -> all.countDown()));
        all.await();
    }
}
