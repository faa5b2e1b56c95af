package io.braid.broker.shard;

import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import io.braid.log.CompactionResult;
import io.braid.log.CompactionScan;
import io.braid.log.EntryRun;
import io.braid.log.RetentionPolicy;
import io.braid.log.SharedLog;
import io.braid.log.SnapshotInstall;
import io.braid.log.SnapshotManifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
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

    private static final long RETIRE_TIMEOUT_S = 60;

    private final ReplicaConfig replicaConfig;
    private final LogDirectories directories;
    private final ShardHost.Surroundings surroundings;
    private final List<ShardThread> threads = new ArrayList<>();
    private final FlushThread flushThread = new FlushThread("braid-flush");
    private final ExecutorService background;
    private final Object opening = new Object(); // held while a log is replaced, or opened for an image
    private final Map<Integer, ShardHost> hosts = new ConcurrentHashMap<>();
    // Shard id -> leader epoch under which the host takes writes; absent when it does not.
    private final Map<Integer, Integer> leading = new ConcurrentHashMap<>();
    /** What the last image said of the shards that this broker has to do with. */
    private final Map<Integer, ShardAssignment> assignments = new ConcurrentHashMap<>();

    private final OfflineShards offline;

    private volatile FollowListener followListener = new NobodyFollows();

    /** @param proposer the way to the controllers; used on shard threads */
    public Shards(
            ReplicaConfig replicaConfig,
            LogDirectories directories,
            int shardThreads,
            InSyncProposer proposer,
            ShardEvents events) {
        this.replicaConfig = replicaConfig;
        this.directories = directories;
        for (int i = 0; i < shardThreads; i++) {
            threads.add(new ShardThread("braid-shard-" + i, System::currentTimeMillis));
        }
        this.background = Executors.newFixedThreadPool(2, runnable -> {
            Thread thread = new Thread(runnable, "braid-log-background");
            thread.setDaemon(true);
            return thread;
        });
        this.offline = new OfflineShards(replicaConfig.brokerId(), proposer);
        this.surroundings = new ShardHost.Surroundings(
                replicaConfig, flushThread, background, proposer, position -> followListener.acked(position), events);
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
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } finally {
            pool.shutdown();
        }
    }

    /**
     * Looks at the log directories and takes the shards of one that has failed offline; for one background thread, about every
     * second.
     */
    public void pollDirectories() {
        for (int id : directories.pollSpace()) {
            tell(id, (host, nowMs) -> host.onDirectoryFailed());
        }
        offline.tick(System.currentTimeMillis());
    }

    /** Who is told whom to follow; to be set before the first image is applied. */
    public void onFollowing(FollowListener listener) {
        followListener = listener;
    }

    /** Follows a new cluster image. One caller at a time; opening a log may block it. */
    public void apply(ClusterImage image) {
        for (ShardImage shard : image.shards()) {
            boolean mine =
                    shard.replicas().contains(replicaConfig.brokerId()) || shard.leader() == replicaConfig.brokerId();
            if (mine || assignments.containsKey(shard.id())) {
                ShardAssignment now = ShardAssignment.of(image, shard);
                ShardAssignment before = assignments.put(shard.id(), now);
                if (before == null || !before.sameAs(now)) {
                    assign(image, before, now);
                }
            }
            if (!mine && (assignments.containsKey(shard.id()) || hosts.containsKey(shard.id()))) {
                drop(shard);
            }
        }
    }

    /** The shard has left this broker, perhaps while it was away: what is here of it is of no use to anybody. */
    private void drop(ShardImage shard) {
        int id = shard.id();
        synchronized (opening) {
            assignments.remove(id);
            leading.remove(id);
            ShardHost old = hosts.remove(id);
            try {
                if (old != null) {
                    retire(old);
                }
                directories.drop(id);
                LOG.info("event=shard_dropped shard={} replicas={} version={}", id, shard.replicas(), shard.version());
            } catch (IOException | RuntimeException e) {
                // Nobody reads what is left; the next start tries again.
                LOG.warn("event=shard_drop_failed shard={}", id, e);
            }
        }
    }

    private void assign(ClusterImage image, ShardAssignment before, ShardAssignment now) {
        int id = now.shardId();
        boolean leads = now.leader() == replicaConfig.brokerId();
        if (!leads || !Integer.valueOf(now.leaderEpoch()).equals(leading.get(id))) {
            leading.remove(id);
        }
        ShardHost host;
        try {
            synchronized (opening) {
                host = host(id);
            }
        } catch (LogDirectoryOfflineException e) {
            if (before == null) {
                LOG.error("event=shard_offline shard={} reason=\"{}\"", id, e.getMessage());
            }
            offline.onImage(now);
            return;
        } catch (IOException e) {
            LOG.error("event=shard_open_failed shard={}", id, e);
            assignments.remove(id); // the next image tries again
            return;
        }
        assignHost(host, now);
        if (leads && (before == null || before.leaderEpoch() != now.leaderEpoch())) {
            // An image that knows of the election knows of every deletion before it.
            host.thread().submitSurely(nowMs -> host.deleteTopicsMissingIn(image, nowMs));
        }
        tellFollowing(before, now);
    }

    private void assignHost(ShardHost host, ShardAssignment now) {
        host.thread().submitSurely(nowMs -> {
            host.assign(now, nowMs);
            if (host.leaderEpoch() == now.leaderEpoch()) {
                leading.put(host.shardId(), now.leaderEpoch());
            }
        });
    }

    private void tellFollowing(ShardAssignment before, ShardAssignment now) {
        boolean followed = before != null && before.followedBy(replicaConfig.brokerId());
        boolean follows = now.followedBy(replicaConfig.brokerId());
        if (follows) {
            boolean inSync = now.inSync().contains(replicaConfig.brokerId());
            boolean same = followed
                    && before.leader() == now.leader()
                    && before.leaderEpoch() == now.leaderEpoch()
                    && before.inSync().contains(replicaConfig.brokerId()) == inSync;
            if (!same) {
                followListener.follow(now.shardId(), now.leader(), now.leaderEpoch(), inSync);
            }
        } else if (followed) {
            followListener.unfollow(now.shardId());
        }
    }

    /** For a broker that has no followers' shell. */
    private static final class NobodyFollows implements FollowListener {
        @Override
        public void follow(int shardId, int leaderId, int leaderEpoch, boolean inSync) {}

        @Override
        public void unfollow(int shardId) {}
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
            tell(id, (host, nowMs) -> host.deleteTopicsMissingIn(image, nowMs));
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

    /**
     * Asks a shard for a look for what is to be compacted, see {@link SharedLog#compactionScan}; false when the shard is not here.
     * Any thread.
     *
     * @param answer called once, on the shard's thread
     */
    public boolean compactionScan(int shardId, Consumer<Optional<CompactionScan>> answer) {
        return tell(shardId, (host, nowMs) -> answer.accept(host.compactionScan()));
    }

    /** Hands a shard what a look at it has done. Any thread. */
    public void onCompacted(int shardId, CompactionResult result) {
        ShardHost host = hosts.get(shardId);
        if (host != null) {
            host.thread().submitSurely(nowMs -> host.log().onCompacted(result));
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
                        look.at(new HostSnapshots(host), host::removeInterest);
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

    // ---- replication

    /**
     * Answers a follower as soon as there are entries, an error or a divergence. Any thread.
     *
     * @param interest hears meanwhile of what is committed, first of what is committed by now. Of two fetches with one interest the later one takes the place of the one
     *     that waits, which is then never answered. Null: the answer comes at once, also without entries
     * @param reads runs the read of the entries, which blocks when they are cold
     * @param answer called at most once, on the shard thread or by {@code reads}; owns the entries; must not block
     */
    public void serveReplica(
            ReplicaFetch fetch, ReplicaInterest interest, Executor reads, Consumer<ReplicaAnswer> answer) {
        if (!tell(fetch.shardId(), (host, nowMs) -> host.serveReplica(fetch, interest, reads, answer, nowMs))) {
            ShardAssignment known = assignments.get(fetch.shardId());
            answer.accept(new ReplicaAnswer(
                    fetch.shardId(),
                    Errors.NOT_LEADER_OR_FOLLOWER,
                    known == null ? ShardImage.NO_LEADER : known.leader(),
                    known == null ? -1 : known.leaderEpoch(),
                    0,
                    0,
                    0,
                    Optional.empty(),
                    EntryRun.empty(fetch.fetchLsn())));
        }
    }

    /**
     * Takes note of what a follower has, as its fetch says; there is no answer. Any thread.
     *
     * @return false if the shard's thread is too busy to take it, or the shard is not here
     */
    public boolean acknowledge(ReplicaFetch fetch) {
        return tell(fetch.shardId(), (host, nowMs) -> host.acknowledge(fetch, nowMs));
    }

    /** A fetch that waits with this interest is given up; one that is being answered still comes. Any thread. */
    public void forget(int shardId, ReplicaInterest interest) {
        tell(shardId, (host, nowMs) -> host.forget(interest));
    }

    /** Where this broker goes on to follow the shard. Any thread; {@code position} is called once, on the shard thread. */
    public void followerPosition(int shardId, Consumer<FollowerPosition> position) {
        if (!tell(shardId, (host, nowMs) -> position.accept(host.position()))) {
            position.accept(FollowerPosition.failed(shardId, Errors.NOT_LEADER_OR_FOLLOWER));
        }
    }

    /**
     * Takes a leader's answer: truncates or appends, and notes what is committed. Any thread; answers of one shard in their order.
     * Owns the entries.
     *
     * @param position where to go on, also when the answer did not fit and was dropped; called once, on the shard thread
     */
    public void applyAnswer(ReplicaAnswer answer, Consumer<FollowerPosition> position) {
        if (!tell(answer.shardId(), (host, nowMs) -> position.accept(host.applyAnswer(answer, nowMs)))) {
            answer.entries().release();
            position.accept(FollowerPosition.failed(answer.shardId(), Errors.NOT_LEADER_OR_FOLLOWER));
        }
    }

    /**
     * Begins to copy another replica's log in the place of a shard's own, or goes on with that. The own log stays in use until
     * {@link #finishInstall}. Blocks.
     */
    public SnapshotInstall beginInstall(int shardId, SnapshotManifest manifest) throws IOException {
        return directories.install(shardId, manifest);
    }

    /**
     * Puts a complete copy in the place of the shard's log and opens it. Until then the shard answers as one that is not here;
     * afterwards it has the role that the newest image says. Blocks; not on a shard thread.
     *
     * @throws IOException the copy could not be put in place, or not be opened; the old log is in use again if it still can be
     */
    public void finishInstall(int shardId, SnapshotInstall install) throws IOException {
        synchronized (opening) {
            ShardAssignment wanted = assignments.get(shardId);
            if (wanted == null || wanted.replica(replicaConfig.brokerId()).isEmpty()) {
                throw new IOException("shard " + shardId + " has left this broker");
            }
            ShardHost old = hosts.remove(shardId);
            leading.remove(shardId);
            try {
                if (old != null) {
                    retire(old);
                }
                install.finish();
            } finally {
                ShardHost opened = host(shardId);
                ShardAssignment assignment = assignments.get(shardId);
                if (assignment != null) {
                    assignHost(opened, assignment);
                }
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

    // ---- inspection

    /** Reads the shard's log on its thread; false when the shard is not here. Any thread. */
    public boolean inspect(int shardId, Consumer<SharedLog> inspection) {
        return tell(shardId, (host, nowMs) -> inspection.accept(host.log()));
    }

    /**
     * Runs a task on the shard's thread, with the time in ms, behind everything submitted before; false when the shard is not
     * here or its queue is full. Any thread.
     */
    public boolean run(int shardId, LongConsumer task) {
        return tell(shardId, (host, nowMs) -> task.accept(nowMs));
    }

    /**
     * What is here of every shard, by id; a shard whose queue is full is left out. Any thread; completes on a shard's thread,
     * or at once.
     */
    public CompletableFuture<List<ShardStatus>> statuses() {
        List<CompletableFuture<Optional<ShardStatus>>> asked = new ArrayList<>();
        for (int id : ids()) {
            CompletableFuture<Optional<ShardStatus>> one = new CompletableFuture<>();
            if (!tell(id, (host, nowMs) -> one.complete(Optional.of(host.status())))) {
                one.complete(Optional.empty());
            }
            asked.add(one);
        }
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                .thenApply(done ->
                        asked.stream().flatMap(one -> one.join().stream()).toList());
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

    /** The state of partitions. */
    public interface Snapshots {
        /** As the leader knows it; an error when this broker does not lead the shard. */
        PartitionSnapshot of(Uuid topicId, int partition, int clientLeaderEpoch, FetchInterest interest);

        /** As the leader or a follower knows it (KIP-392). With {@code interest} the fetcher stays registered for news. */
        PartitionSnapshot readable(Uuid topicId, int partition, int clientLeaderEpoch, FetchInterest interest);
    }

    private record HostSnapshots(ShardHost host) implements Snapshots {
        @Override
        public PartitionSnapshot of(Uuid topicId, int partition, int clientLeaderEpoch, FetchInterest interest) {
            return host.snapshot(topicId, partition, clientLeaderEpoch, false, interest);
        }

        @Override
        public PartitionSnapshot readable(Uuid topicId, int partition, int clientLeaderEpoch, FetchInterest interest) {
            return host.snapshot(topicId, partition, clientLeaderEpoch, true, interest);
        }
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

    private ShardHost host(int shardId) throws IOException {
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
}
