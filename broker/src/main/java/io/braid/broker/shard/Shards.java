package io.braid.broker.shard;

import io.braid.image.ClusterImage;
import io.braid.log.CompactionResult;
import io.braid.log.CompactionScan;
import io.braid.log.RetentionPolicy;
import io.braid.log.SharedLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/**
 * The shards of this broker: the door for request handlers, and for whoever opens, looks after and closes them as a whole. Replication
 * has a door of its own, {@link #replication}.
 *
 * <p>Request handlers submit work here from any thread; each piece runs on the thread of its shard. The cluster image is
 * applied by one thread at a time ({@link #apply}): it opens logs, hands leadership to hosts and ends deleted topics.
 */
public final class Shards implements AutoCloseable {
    private final LogDirectories directories;
    private final Following following;
    private final OfflineShards offline;
    private final OpenShards open;
    private final AssignedShards assigned;
    private final ShardReplication replication;

    /** @param proposer the way to the controllers; used on shard threads */
    public Shards(
            ReplicaConfig replicaConfig,
            LogDirectories directories,
            int shardThreads,
            InSyncProposer proposer,
            ShardEvents events) {
        this.directories = directories;
        int brokerId = replicaConfig.brokerId();
        this.following = new Following(brokerId);
        this.offline = new OfflineShards(brokerId, proposer);
        this.open = new OpenShards(replicaConfig, directories, shardThreads, proposer, following::acked, events);
        this.assigned = new AssignedShards(brokerId, directories, open, following, offline);
        this.replication = new ShardReplication(directories, open, assigned);
        open.start();
    }

    /** The shards as replication sees them. */
    public ShardReplication replication() {
        return replication;
    }

    // ---- life cycle

    /**
     * Opens and recovers every shard that has files here, several at a time. Blocks until all are open.
     *
     * @throws IOException one of them cannot be opened at all
     */
    public void recover() throws IOException {
        open.recover();
    }

    /**
     * Looks at the log directories and takes the shards of one that has failed offline; for one background thread, about every
     * second.
     */
    public void pollDirectories() {
        for (int id : directories.pollSpace()) {
            open.tell(id, (host, nowMs) -> host.onDirectoryFailed());
        }
        offline.tick(System.currentTimeMillis());
    }

    /** Who is told whom to follow; to be set before the first image is applied. */
    public void onFollowing(FollowListener listener) {
        following.listener(listener);
    }

    /** Follows a new cluster image. One caller at a time; opening a log may block it. */
    public void apply(ClusterImage image) {
        assigned.apply(image);
    }

    /** Ends the data of topics that are gone in every shard that has some of it. */
    public void deleteTopics(List<Uuid> topicIds) {
        open.tellAll((host, nowMs) -> topicIds.forEach(topic -> host.deletions().deleteTopic(topic, nowMs)));
    }

    /** Ends the data of every topic that has data here but is not in the image, as after a deletion while we were away. */
    public void deleteTopicsMissingIn(ClusterImage image) {
        open.tellAll((host, nowMs) -> host.deletions().deleteTopicsMissingIn(image, nowMs));
    }

    /** Stops the threads and closes every log cleanly. */
    @Override
    public void close() {
        assigned.stopWrites();
        open.close();
    }

    /**
     * Looks for data past its retention in every shard, in the background, and moves the log starts that are found. A call
     * while the last one is still at work in a shard skips that shard.
     */
    public void retain(RetentionPolicy policy) {
        open.tellAll((host, nowMs) -> host.deletions().retain(policy, nowMs));
    }

    /**
     * Asks a shard for a look for what is to be compacted, see {@link SharedLog#compactionScan}; false when the shard is not here.
     * Any thread.
     *
     * @param answer called once, on the shard's thread
     */
    public boolean compactionScan(int shardId, Consumer<Optional<CompactionScan>> answer) {
        return open.tell(shardId, (host, nowMs) -> answer.accept(host.compactionScan()));
    }

    /** Hands a shard what a look at it has done. Any thread. */
    public void onCompacted(int shardId, CompactionResult result) {
        ShardHost host = open.find(shardId);
        if (host != null) {
            host.thread().submitSurely(nowMs -> host.log().onCompacted(result));
        }
    }

    // ---- requests

    /** True when this broker takes writes for the shard in that leader epoch. Any thread. */
    public boolean acceptsWrites(int shardId, int leaderEpoch) {
        return assigned.acceptsWrites(shardId, leaderEpoch);
    }

    /** Appends the task's batches; its {@code onDone} runs once they have their answers. Any thread. */
    public void append(int shardId, AppendTask task) {
        ShardHost host = open.find(shardId);
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
        ShardHost host = open.find(shardId);
        boolean submitted = host != null
                && host.thread().submit(nowMs -> {
                    try {
                        look.at(host.reads(), host.reads());
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
        boolean submitted = open.tell(shardId, (host, nowMs) -> host.deletions()
                .moveLogStart(topicId, partition, newLogStart, nowMs, answer));
        if (!submitted) {
            answer.answer(Errors.NOT_LEADER_OR_FOLLOWER, -1);
        }
    }

    // ---- inspection

    /** Reads the shard's log on its thread; false when the shard is not here. Any thread. */
    public boolean inspect(int shardId, Consumer<SharedLog> inspection) {
        return open.tell(shardId, (host, nowMs) -> inspection.accept(host.log()));
    }

    /**
     * Runs a task on the shard's thread, with the time in ms, behind everything submitted before; false when the shard is not
     * here or its queue is full. Any thread.
     */
    public boolean run(int shardId, LongConsumer task) {
        return open.tell(shardId, (host, nowMs) -> task.accept(nowMs));
    }

    /**
     * What is here of every shard, by id; a shard whose queue is full is left out. Any thread; completes on a shard's thread,
     * or at once.
     */
    public CompletableFuture<List<ShardStatus>> statuses() {
        List<CompletableFuture<Optional<ShardStatus>>> asked = new ArrayList<>();
        for (int id : ids()) {
            CompletableFuture<Optional<ShardStatus>> one = new CompletableFuture<>();
            if (!open.tell(id, (host, nowMs) -> one.complete(Optional.of(host.status())))) {
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
        return open.ids();
    }

    /** How many threads run the shards. */
    public int threadCount() {
        return open.threadCount();
    }

    /** Messages that wait for one of the threads. Any thread. */
    public int queueDepth(int thread) {
        return open.queueDepth(thread);
    }

    /** Forces that wait. Any thread. */
    public int flushQueueDepth() {
        return open.flushQueueDepth();
    }

    /** Waits until every message submitted so far has run; for tests and shutdown. */
    public void drain() throws InterruptedException {
        open.drain();
    }

    /** Runs {@code sum} over every open log on its own thread and hands the total to {@code done}. Any thread. */
    public void total(java.util.function.ToLongFunction<SharedLog> sum, LongConsumer done) {
        List<ShardHost> all = open.all();
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

    private static void refuse(AppendTask task, Errors error, String message) {
        task.appends().forEach(a -> a.fail(error, message));
        task.onDone().run();
    }
}
