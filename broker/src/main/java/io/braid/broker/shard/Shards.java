package io.braid.broker.shard;

import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import io.braid.log.LogConfig;
import io.braid.log.RetentionPolicy;
import io.braid.log.SharedLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shards of this broker and the threads that run them.
 *
 * <p>Request handlers submit work here from any thread; each piece runs on the thread of its shard. The cluster image is
 * applied by one thread at a time ({@link #apply}): it opens logs, hands leadership to hosts and ends deleted topics.
 */
public final class Shards implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Shards.class);

    private final int brokerId;
    private final LogDirectories directories;
    private final LogConfig config;
    private final ShardEvents events;
    private final List<ShardThread> threads = new ArrayList<>();
    private final FlushThread flushThread = new FlushThread("braid-flush");
    private final ExecutorService background;
    private final Map<Integer, ShardHost> hosts = new ConcurrentHashMap<>();
    // Shard id -> leader epoch under which the host takes writes; absent when it does not.
    private final Map<Integer, Integer> leading = new ConcurrentHashMap<>();

    public Shards(int brokerId, LogDirectories directories, LogConfig config, int shardThreads, ShardEvents events) {
        this.brokerId = brokerId;
        this.directories = directories;
        this.config = config;
        this.events = events;
        for (int i = 0; i < shardThreads; i++) {
            threads.add(new ShardThread("braid-shard-" + i, System::currentTimeMillis));
        }
        this.background = Executors.newFixedThreadPool(2, runnable -> {
            Thread thread = new Thread(runnable, "braid-log-background");
            thread.setDaemon(true);
            return thread;
        });
        threads.forEach(ShardThread::start);
        flushThread.start();
    }

    // ---- life cycle

    /**
     * Opens and recovers every shard that has files here, several at a time. Blocks until all are open.
     *
     * @throws IOException one of them cannot be opened at all
     */
    public void recover() throws IOException {
        List<Integer> ids = directories.shardsOnDisk();
        int parallel = Math.max(1, Math.min(ids.size(), Runtime.getRuntime().availableProcessors()));
        ExecutorService pool = Executors.newFixedThreadPool(parallel);
        try {
            var opened = ids.stream()
                    .map(id -> pool.submit(() -> {
                        host(id);
                        return id;
                    }))
                    .toList();
            for (var one : opened) {
                one.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while recovering shards", e);
        } catch (java.util.concurrent.ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } finally {
            pool.shutdown();
        }
    }

    /** Follows a new cluster image. One caller at a time; opening a log may block it. */
    public void apply(ClusterImage image) {
        for (ShardImage shard : image.shards()) {
            boolean lead = shard.leader() == brokerId;
            Integer now = leading.get(shard.id());
            if (lead && (now == null || now != shard.leaderEpoch())) {
                lead(shard);
            } else if (!lead && now != null) {
                leading.remove(shard.id());
                tell(shard.id(), (host, nowMs) -> host.resign());
            }
        }
    }

    /** Ends the data of topics that are gone in every shard that has some of it. */
    public void deleteTopics(List<Uuid> topicIds) {
        for (Integer id : hosts.keySet()) {
            tell(id, (host, nowMs) -> topicIds.forEach(topic -> host.deleteTopic(topic, nowMs)));
        }
    }

    /** Ends the data of every topic that has data here but is not in the image, as after a deletion while we were away. */
    public void deleteTopicsMissingIn(ClusterImage image) {
        for (Integer id : hosts.keySet()) {
            tell(id, (host, nowMs) -> {
                for (Uuid topic : host.topics()) {
                    if (image.topic(topic).isEmpty()) {
                        host.deleteTopic(topic, nowMs);
                    }
                }
            });
        }
    }

    /** Stops the threads and closes every log cleanly. */
    @Override
    public void close() {
        leading.clear();
        hosts.values().forEach(host -> host.thread().submit(nowMs -> host.resign()));
        threads.forEach(ShardThread::stop);
        flushThread.stop();
        background.shutdown();
        try {
            if (!background.awaitTermination(30, TimeUnit.SECONDS)) {
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

    /**
     * Looks for data past its retention in every shard, in the background, and moves the log starts that are found. A call
     * while the last one is still at work in a shard skips that shard.
     */
    public void retain(RetentionPolicy policy) {
        for (Integer id : hosts.keySet()) {
            tell(id, (host, nowMs) -> host.retain(policy, nowMs));
        }
    }

    // ---- requests

    /** True when this broker takes writes for the shard in that leader epoch. Any thread. */
    public boolean acceptsWrites(int shardId, int leaderEpoch) {
        Integer epoch = leading.get(shardId);
        return epoch != null && epoch == leaderEpoch;
    }

    /** Appends the task's batches; its {@code onDone} runs once they have their answers. Any thread. */
    public void append(int shardId, AppendTask task) {
        ShardHost host = hosts.get(shardId);
        if (host == null) {
            refuse(task, Errors.NOT_LEADER_OR_FOLLOWER, null);
        } else if (!host.thread().submit(nowMs -> host.stage(task, nowMs))) {
            refuse(task, Errors.REQUEST_TIMED_OUT, "the shard's queue is full");
        }
    }

    /**
     * Looks at partitions of one shard on its thread, then runs {@code onDone} there. Any thread.
     *
     * @param look given the host's partitions; not run when the shard is not here or its queue is full
     */
    public void look(int shardId, ShardLook look, Runnable onDone) {
        ShardHost host = hosts.get(shardId);
        boolean submitted = host != null
                && host.thread().submit(nowMs -> {
                    try {
                        look.at(host::snapshot, host::removeInterest);
                    } finally {
                        onDone.run();
                    }
                });
        if (!submitted) {
            onDone.run();
        }
    }

    /** Moves a partition's log start (DeleteRecords, retention); -1 means the high watermark. Any thread. */
    public void moveLogStart(int shardId, Uuid topicId, int partition, long newLogStart, LogStartAnswer answer) {
        boolean submitted = tell(
                shardId, (host, nowMs) -> host.moveLogStart(topicId, partition, newLogStart, nowMs, answer::answer));
        if (!submitted) {
            answer.answer(Errors.NOT_LEADER_OR_FOLLOWER, -1);
        }
    }

    /** Reads the shard's log on its thread; false when the shard is not here. Any thread. */
    public boolean inspect(int shardId, java.util.function.Consumer<SharedLog> inspection) {
        return tell(shardId, (host, nowMs) -> inspection.accept(host.log()));
    }

    /** Ids of the shards whose logs are open. Any thread. */
    public List<Integer> ids() {
        return hosts.keySet().stream().sorted().toList();
    }

    /** How many threads run the shards. */
    public int threadCount() {
        return threads.size();
    }

    /** Messages that wait for one of the threads. Any thread. */
    public int queueDepth(int thread) {
        return threads.get(thread).queueDepth();
    }

    /** Forces that wait. Any thread. */
    public int flushQueueDepth() {
        return flushThread.queueDepth();
    }

    /** Waits until every message submitted so far has run; for tests and shutdown. */
    public void drain() throws InterruptedException {
        CountDownLatch all = new CountDownLatch(threads.size());
        threads.forEach(thread -> thread.submit(nowMs -> all.countDown()));
        all.await();
    }

    /** Runs {@code sum} over every open log on its own thread and hands the total to {@code done}. Any thread. */
    public void total(java.util.function.ToLongFunction<SharedLog> sum, LongConsumer done) {
        List<ShardHost> all = List.copyOf(hosts.values());
        var left = new java.util.concurrent.atomic.AtomicInteger(all.size());
        var total = new java.util.concurrent.atomic.AtomicLong();
        if (all.isEmpty()) {
            done.accept(0);
        }
        for (ShardHost host : all) {
            host.thread().submit(nowMs -> {
                total.addAndGet(sum.applyAsLong(host.log()));
                if (left.decrementAndGet() == 0) {
                    done.accept(total.get());
                }
            });
        }
    }

    /** Takes snapshots of partitions on the shard thread. */
    @FunctionalInterface
    public interface ShardLook {
        void at(Snapshots snapshots, InterestRemoval removal);
    }

    /** The state of one partition; see {@link ShardHost#snapshot}. */
    @FunctionalInterface
    public interface Snapshots {
        PartitionSnapshot of(Uuid topicId, int partition, int clientLeaderEpoch, FetchInterest interest);
    }

    /** Forgets a fetcher's interest. */
    @FunctionalInterface
    public interface InterestRemoval {
        void remove(Uuid topicId, int partition, FetchInterest interest);
    }

    /** Hears the outcome of moving a log start: the new one, or why not. Called on any thread. */
    @FunctionalInterface
    public interface LogStartAnswer {
        void answer(Errors error, long logStartOffset);
    }

    // ---- helpers

    private interface HostAction {
        void run(ShardHost host, long nowMs);
    }

    private boolean tell(int shardId, HostAction action) {
        ShardHost host = hosts.get(shardId);
        return host != null && host.thread().submit(nowMs -> action.run(host, nowMs));
    }

    private static void refuse(AppendTask task, Errors error, String message) {
        task.appends().forEach(a -> a.fail(error, message));
        task.onDone().run();
    }

    private void lead(ShardImage shard) {
        try {
            ShardHost host = host(shard.id());
            int inSync = shard.isr().size();
            host.thread().submit(nowMs -> {
                host.becomeLeader(shard.leaderEpoch(), inSync);
                if (host.leaderEpoch() == shard.leaderEpoch()) {
                    leading.put(shard.id(), shard.leaderEpoch());
                }
            });
        } catch (IOException e) {
            LOG.error("event=shard_open_failed shard={}", shard.id(), e);
        }
    }

    private ShardHost host(int shardId) throws IOException {
        ShardHost existing = hosts.get(shardId);
        if (existing != null) {
            return existing;
        }
        SharedLog log = directories.open(shardId);
        ShardThread thread = threads.get(Math.floorMod(shardId, threads.size()));
        ShardHost host = new ShardHost(shardId, log, config, thread, flushThread, background, events);
        hosts.put(shardId, host);
        thread.submit(nowMs -> thread.add(host));
        return host;
    }
}
