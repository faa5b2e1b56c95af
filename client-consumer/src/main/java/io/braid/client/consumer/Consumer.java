package io.braid.client.consumer;

import io.braid.client.ClusterClient;
import io.braid.client.consumer.OffsetRequests.Answer;
import io.braid.client.consumer.group.GroupConfig;
import io.braid.client.consumer.group.GroupMember;
import io.braid.client.network.Failures;
import io.braid.client.routing.RoutingTable;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads records of a Braid or Kafka cluster: partitions of its own choice ({@link #assign}), or those that a group gives it
 * ({@link #subscribe}); by {@link #poll}, or by a {@link RecordHandler} ({@link #handle}).
 *
 * <p>Records of a partition come in the order of their offsets, each once, over lost connections and changes of leaders; after a
 * crash those behind the last commit come again. Whatever may pass is tried again without end: a cluster that is away shows as
 * polls without records. What a partition costs between two records is its position; a poll costs what has data, not what is
 * assigned.
 *
 * <p>Thread-safe, but only one thread may poll at a time. A consumer that polls must go on polling: rebalances and automatic
 * commits happen in polls.
 *
 * <table>
 * <caption>How reading can fail: what {@link #poll} throws, and {@link RecordHandler#onError} is told</caption>
 * <tr><th>exception</th><th>when</th><th>what to do; no record is lost by it</th></tr>
 * <tr><td>NoOffsetForPartitionException</td><td>no committed offset, and the reset is {@link OffsetReset#none}</td><td>seek;
 *     until then it is thrown when there is nothing else to read</td></tr>
 * <tr><td>OffsetOutOfRangeException</td><td>the position is not in the log, or the log was cut off below it, and the reset is
 *     none</td><td>seek, likewise</td></tr>
 * <tr><td>{@link UnreadableRecordException}</td><td>a batch is damaged, or a deserializer failed</td><td>seek to its next offset
 *     to go on without, or to its offset to try again; likewise</td></tr>
 * <tr><td>TopicAuthorizationException, InvalidTopicException, AuthenticationException and their like</td><td>a broker says so</td>
 *     <td>poll again: it is asked again, and thrown again until that is mended</td></tr>
 * <tr><td>GroupAuthorizationException, FencedInstanceIdException, UnsupportedVersionException and their like</td><td>the
 *     membership has ended for good</td><td>close the consumer</td></tr>
 * <tr><td>what a {@link RebalanceListener} throws</td><td>in the polling form</td><td>poll again: the rebalance goes on as if it
 *     had not</td></tr>
 * <tr><td>InterruptException</td><td>the thread was interrupted while it waited; its interrupt is set again</td><td>poll
 *     again</td></tr>
 * <tr><td>IllegalStateException</td><td>the consumer is closed, another thread polls, or a handler has been given</td><td>a
 *     mistake of the caller's</td></tr>
 * </table>
 *
 * @param <K> of keys
 * @param <V> of values
 */
@SuppressWarnings("FutureReturnValueIgnored") // what hangs on a future takes its failure
public final class Consumer<K, V> implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Consumer.class);
    private static final long END_MS = 5_000;
    private static final long TEND_NS = 1_000_000_000;

    private final ConsumerConfig config;
    private final Deserializer<K> keys;
    private final Deserializer<V> values;
    private final Interceptors<K, V> interceptors;
    private final ClusterClient cluster;
    private final SharedFetcher shared;
    private final FetchLoop loop;
    private final TopicsInUse topics;
    private final ConsumerMetrics metrics;
    private final AppTasks tasks;
    private final Commits commits;
    private final Rebalances rebalances;
    private final Optional<GroupMember> member;
    private final AutoCommit autoCommit;
    private final Puller<K, V> puller;
    private final AtomicReference<Thread> polling = new AtomicReference<>();
    private volatile HandlerPool<K, V> pool; // null in the polling form
    private volatile ScheduledFuture<?> tending; // null when nothing is to be done from time to time
    private volatile boolean subscribed;
    private volatile boolean wokenUp;
    private volatile boolean closed;

    Consumer(ConsumerBuilder<K, V> builder) {
        config = builder.config();
        keys = builder.keyDeserializer();
        values = builder.valueDeserializer();
        interceptors = new Interceptors<>(builder.interceptors());
        metrics = new ConsumerMetrics(builder.registry(), config.client().clientId());
        Optional<GroupConfig> group = builder.group();
        shared = new SharedFetcher(new Fetcher(config.fetchSettings(group.isPresent())));
        tasks = new AppTasks(shared::signal);
        cluster = ClusterClient.open(config.client());
        commits = new Commits(cluster, shared, metrics, interceptors::onCommit, this::wakeLoop);
        loop = new FetchLoop(cluster, shared, config, metrics, commits);
        topics = new TopicsInUse(cluster, shared, loop::renewRouting);
        rebalances =
                new Rebalances(shared, commits, tasks, metrics, this::commitsByItself, config.apiTimeout(), added -> {
                    topics.use(added);
                    wakeLoop();
                });
        member = group.map(of -> new GroupMember(cluster, of, rebalances));
        member.ifPresent(commits::member);
        autoCommit = new AutoCommit(commits, config.autoCommitInterval());
        puller = new Puller<>(shared, config, keys, values, this::wakeLoop);
        metrics.gauges(
                () -> shared.get(Fetcher::bufferedBytes),
                () -> shared.get(Fetcher::retainedBytes),
                () -> assignment().size(),
                () -> shared.get(Fetcher::maxLag));
        cluster.addListener(loop);
    }

    private void wakeLoop() {
        loop.wake();
    }

    /**
     * A consumer in the making, with Kafka's defaults where there are such.
     *
     * @param bootstrap {@code host:port}, several separated by commas
     */
    public static <K, V> ConsumerBuilder<K, V> builder(
            String bootstrap, Deserializer<K> keyDeserializer, Deserializer<V> valueDeserializer) {
        return new ConsumerBuilder<>(bootstrap, keyDeserializer, valueDeserializer);
    }

    // ---- what is read

    /**
     * Reads these partitions, in place of those assigned before; those that stay keep their positions. Others begin at their
     * committed offsets, where there is a group, else by {@link OffsetReset}. Returns at once: that a partition does not exist
     * shows in that no records of it come.
     *
     * @throws IllegalStateException when the consumer is closed, or subscribed
     */
    public void assign(Collection<TopicPartition> partitions) {
        assign(PartitionSet.of(partitions));
    }

    /** As {@link #assign(Collection)}; whole topics are as small as ranges. */
    public void assign(PartitionSet partitions) {
        checkOpen();
        if (subscribed) {
            throw new IllegalStateException("the consumer is subscribed: unsubscribe first");
        }
        PartitionSet wanted = partitions.withoutIds();
        long nowNs = System.nanoTime();
        PartitionSet gone = shared.get(fetcher -> {
            PartitionSet removed = fetcher.assignment().minus(wanted);
            fetcher.remove(removed, nowNs);
            fetcher.add(wanted, false, nowNs);
            return removed;
        });
        topics.use(wanted);
        topics.release(gone, wanted);
        wakeLoop();
    }

    /**
     * Takes part in the group for these topics, in place of what was subscribed or assigned before. Returns at once; partitions
     * come, and go, in polls.
     *
     * @throws IllegalStateException when the consumer is closed, or has no group
     */
    public void subscribe(Collection<String> topicNames) {
        Set<String> names = Set.copyOf(topicNames);
        join(memberOf -> memberOf.subscribe(names));
    }

    /** As {@link #subscribe(Collection)}, with one who hears of partitions that come and go. */
    public void subscribe(Collection<String> topicNames, RebalanceListener listener) {
        rebalances.listener(listener);
        subscribe(topicNames);
    }

    /**
     * As {@link #subscribe(Collection)}, for all topics whose whole name matches, those made later included.
     *
     * @param re2jExpression in the syntax of RE2/J
     */
    public void subscribeMatching(String re2jExpression, RebalanceListener listener) {
        rebalances.listener(listener);
        join(memberOf -> memberOf.subscribe(re2jExpression));
    }

    private void join(java.util.function.Consumer<GroupMember> subscription) {
        checkOpen();
        GroupMember of = member.orElseThrow(Consumer::noGroup);
        if (!subscribed) {
            assign(PartitionSet.EMPTY);
            subscribed = true;
        }
        cluster.eventLoop().execute(() -> {
            try {
                subscription.accept(of);
                of.start();
            } catch (RuntimeException e) {
                rebalances.onFailed(new ApiException("cannot subscribe", e));
            }
        });
    }

    private static IllegalStateException noGroup() {
        return new IllegalStateException("the consumer has no group: name one by ConsumerBuilder.group");
    }

    /** Reads nothing any more: leaves the group's subscription, or gives up what was assigned. Returns at once. */
    public void unsubscribe() {
        checkOpen();
        if (subscribed) {
            cluster.eventLoop().execute(() -> member.orElseThrow().subscribe(Set.of()));
        } else {
            assign(PartitionSet.EMPTY);
        }
    }

    /** The partitions that are read now, by names. */
    public PartitionSet assignment() {
        return shared.get(Fetcher::assignment);
    }

    // ---- reading

    /**
     * Waits for records, at most {@code timeout}, and returns what there is, up to {@code maxPollRecords}; nothing when the time
     * is over, or {@link #wakeup} was called. What it returns counts as handled when poll is called again: automatic commits
     * and rebalances happen at its beginning and while it waits.
     *
     * @throws RuntimeException as the table of this class says; records that could be read are returned first
     */
    public ConsumerRecords<K, V> poll(Duration timeout) {
        checkOpen();
        if (pool != null) {
            throw new IllegalStateException("records go to a handler");
        }
        if (!polling.compareAndSet(null, Thread.currentThread())) {
            throw new IllegalStateException("another thread polls, or poll was called within poll");
        }
        try {
            return doPoll(SharedFetcher.nanos(timeout));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        } finally {
            polling.set(null);
        }
    }

    private ConsumerRecords<K, V> doPoll(long timeoutNs) throws InterruptedException {
        long startNs = System.nanoTime();
        member.ifPresent(GroupMember::alive);
        if (commitsByItself()) {
            autoCommit.poll(startNs);
        }
        while (true) {
            long seen = shared.signals();
            rebalances.checkIdle();
            tasks.run();
            ConsumerRecords<K, V> records = puller.collect();
            if (!records.isEmpty()) {
                metrics.onRecords(records.count());
                return interceptors.onConsume(records);
            }
            throwFailure();
            long leftNs = timeoutNs - (System.nanoTime() - startNs);
            if (leftNs <= 0 || wokenUp) {
                wokenUp = false;
                return records;
            }
            shared.await(seen, leftNs);
            checkOpen();
        }
    }

    private void throwFailure() {
        if (rebalances.failure() != null) {
            throw rebalances.failure();
        }
        RuntimeException failure = shared.get(Fetcher::failure);
        if (failure != null) {
            throw failure;
        }
    }

    private RuntimeException takeFailure() {
        RuntimeException failure = shared.get(Fetcher::takeFailure);
        return failure == null ? rebalances.takeFailure() : failure;
    }

    private boolean commitsByItself() {
        HandlerPool<K, V> handlers = pool;
        boolean wanted =
                handlers == null ? config.autoCommit() : handlers.options().commit() == HandlerOptions.Commit.AUTO;
        return wanted && member.isPresent();
    }

    /** A poll that waits returns at once; if none waits, the next one does. */
    public void wakeup() {
        wokenUp = true;
        shared.signal();
    }

    /**
     * Hands the records to a handler from now on, on threads of its own; polls are not allowed any more. Whether offsets are
     * committed automatically is up to the options, not to {@code autoCommit}.
     *
     * @throws IllegalStateException when the consumer is closed, has a handler, or a thread polls
     */
    public synchronized void handle(RecordHandler<K, V> handler, HandlerOptions options) {
        checkOpen();
        if (pool != null) {
            throw new IllegalStateException("the consumer has a handler already");
        }
        if (!polling.compareAndSet(null, Thread.currentThread())) {
            throw new IllegalStateException("a thread polls");
        }
        HandlerPool.Surroundings of = new HandlerPool.Surroundings(
                shared,
                config,
                tasks,
                cluster.eventLoop(),
                metrics,
                this::wakeLoop,
                rebalances::checkIdle,
                this::takeFailure);
        HandlerPool<K, V> made = new HandlerPool<>(of, keys, values, handler, options, interceptors::onConsume);
        pool = made;
        made.start();
        if (member.isPresent()) {
            long everyNs = Math.min(config.autoCommitInterval().toNanos(), TEND_NS);
            tending = cluster.eventLoop().scheduleWithFixedDelay(this::tend, everyNs, everyNs, TimeUnit.NANOSECONDS);
        }
    }

    /** In the push form, from time to time: what polls do in the other. */
    private void tend() {
        if (closed) {
            return;
        }
        member.ifPresent(GroupMember::alive);
        if (commitsByItself()) {
            autoCommit.poll(System.nanoTime());
        }
        if (rebalances.failure() != null) {
            shared.signal();
        }
    }

    /** {@link #subscribe(Collection)} and {@link #handle} in one. */
    public void subscribe(Collection<String> topicNames, RecordHandler<K, V> handler, HandlerOptions options) {
        handle(handler, options);
        subscribe(topicNames);
    }

    // ---- positions

    /**
     * Goes on with this offset; what was fetched is dropped. A poll that is under way returns nothing of the partition that was
     * before it.
     *
     * @throws IllegalStateException when the partition is not assigned
     * @throws IllegalArgumentException when the offset is negative
     */
    public void seek(TopicPartition partition, long offset) {
        seek(partition, new OffsetAndMetadata(offset));
    }

    /** As {@link #seek(TopicPartition, long)}; with a leader epoch, whether the log was cut off since is found out first. */
    public void seek(TopicPartition partition, OffsetAndMetadata offset) {
        if (offset.offset() < 0) {
            throw new IllegalArgumentException("offset " + offset.offset());
        }
        int epoch = offset.leaderEpoch().orElse(AssignedPartition.NO_EPOCH);
        change(fetcher -> fetcher.seek(fetcher.get(partition), offset.offset(), epoch, System.nanoTime()));
    }

    /** Goes on with the oldest record, found when it is first needed. Throws as {@link #seek(TopicPartition, long)}. */
    public void seekToBeginning(Collection<TopicPartition> partitions) {
        seekBy(partitions, OffsetReset.earliest());
    }

    /** Goes on with the next record that is written, likewise. */
    public void seekToEnd(Collection<TopicPartition> partitions) {
        seekBy(partitions, OffsetReset.latest());
    }

    private void seekBy(Collection<TopicPartition> partitions, OffsetReset reset) {
        long nowNs = System.nanoTime();
        change(fetcher -> partitions.forEach(partition -> fetcher.beginAt(fetcher.get(partition), reset, nowNs)));
    }

    private void change(java.util.function.Consumer<Fetcher> change) {
        checkOpen();
        shared.change(change);
        shared.signal();
        wakeLoop();
    }

    /**
     * The offset of the next record to read; waits until it is known, at most {@code apiTimeout}.
     *
     * @throws TimeoutException when it is not known by then; trying again is safe
     * @throws IllegalStateException when the partition is not assigned, or on the client's thread
     */
    public long position(TopicPartition partition) {
        checkMayWait();
        long endNs = System.nanoTime() + config.apiTimeout().toNanos();
        try {
            while (true) {
                long seen = shared.signals();
                long position = shared.get(fetcher -> fetcher.get(partition).position);
                if (position >= 0) {
                    return position;
                }
                throwFailure();
                long leftNs = endNs - System.nanoTime();
                if (leftNs <= 0) {
                    throw new TimeoutException("the position of " + partition + " is not known after "
                            + config.apiTimeout().toMillis() + " ms");
                }
                shared.await(seen, leftNs);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    /**
     * Reads these partitions no more until they are resumed; what was fetched of them is dropped, and fetched again then.
     *
     * @throws IllegalStateException when one is not assigned
     */
    public void pause(Collection<TopicPartition> partitions) {
        change(fetcher -> partitions.forEach(p -> fetcher.pause(fetcher.get(p), true, System.nanoTime())));
    }

    /** The opposite of {@link #pause}; throws as that. */
    public void resume(Collection<TopicPartition> partitions) {
        change(fetcher -> partitions.forEach(p -> fetcher.pause(fetcher.get(p), false, System.nanoTime())));
    }

    /** The partitions that are paused. */
    public PartitionSet paused() {
        return shared.get(Fetcher::paused);
    }

    /**
     * How many offsets the position is behind the end, as the last fetch told it; empty while neither is known. With
     * read_committed, behind the last stable offset.
     *
     * @throws IllegalStateException when the partition is not assigned
     */
    public OptionalLong lag(TopicPartition partition) {
        long lag = shared.get(fetcher -> fetcher.lag(fetcher.get(partition)));
        return lag < 0 ? OptionalLong.empty() : OptionalLong.of(lag);
    }

    // ---- commits

    /**
     * Commits the positions that have moved since they were last committed, and waits for it, at most {@code apiTimeout}. In the
     * polling form everything that polls have returned counts as read.
     *
     * @throws org.apache.kafka.clients.consumer.CommitFailedException when a partition is another member's by now: its records
     *     are read there again; do not commit again
     * @throws TimeoutException when it is not known whether it took effect; committing again is safe
     * @throws ApiException another reason of the broker's; committing again is safe, and pointless until that is mended
     * @throws IllegalStateException without a group, on the client's thread, or closed
     * @throws InterruptException when the thread is interrupted, which it is then again; the commit goes on
     */
    public void commit() {
        checkMayWait();
        await(commitAsync());
    }

    /** As {@link #commit()}, for these offsets: of the next record to read in each partition. */
    public void commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        checkMayWait();
        await(commitAsync(offsets));
    }

    /** As {@link #commit()} without waiting. Commits take effect in the order of the calls; completes on the client's thread. */
    public CompletableFuture<Void> commitAsync() {
        checkOpen();
        checkGroup();
        return commits.commitRead(null);
    }

    /** As {@link #commitAsync()}, for these offsets. */
    public CompletableFuture<Void> commitAsync(Map<TopicPartition, OffsetAndMetadata> offsets) {
        checkOpen();
        checkGroup();
        return commits.commit(Map.copyOf(offsets));
    }

    /**
     * What the group has committed; partitions without are missing. Waits at most {@code apiTimeout}.
     *
     * @throws TimeoutException when it is not known by then; trying again is safe, as after any ApiException
     * @throws IllegalStateException without a group, on the client's thread, or closed
     */
    public Map<TopicPartition, OffsetAndMetadata> committed(Collection<TopicPartition> partitions) {
        checkMayWait();
        checkGroup();
        return await(commits.committed(PartitionSet.of(partitions)));
    }

    // ---- what brokers know

    /**
     * How many partitions a topic has; waits until it is known, at most {@code apiTimeout}. The topic stays in use.
     *
     * @throws TimeoutException when it is not known by then: it may not exist; trying again is safe
     */
    public int partitionCount(String topic) {
        checkMayWait();
        return await(cluster.use(topic)).partitionCount();
    }

    /**
     * The offsets of the oldest records. Waits at most {@code apiTimeout}.
     *
     * @throws TimeoutException when they are not known by then; trying again is safe, as after any ApiException
     * @throws IllegalStateException on the client's thread, or closed
     */
    public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
        return ends(partitions, OffsetRequests.EARLIEST);
    }

    /** The offsets of the next records to be written, or with read_committed the last stable offsets; throws as the above. */
    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
        return ends(partitions, OffsetRequests.LATEST);
    }

    private Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions, long which) {
        Map<TopicPartition, Long> questions = new HashMap<>();
        partitions.forEach(partition -> questions.put(partition, which));
        Map<TopicPartition, Long> ends = new HashMap<>();
        search(questions).forEach((partition, answer) -> ends.put(partition, answer.offset()));
        return ends;
    }

    /**
     * The first record of each partition whose timestamp is not before the given one (milliseconds since the epoch); partitions
     * without such a record are missing. Throws as {@link #beginningOffsets}.
     *
     * @throws IllegalArgumentException when a timestamp is negative
     */
    public Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(Map<TopicPartition, Long> timestampsMs) {
        timestampsMs.forEach((partition, timestamp) -> {
            if (timestamp < 0) {
                throw new IllegalArgumentException("timestamp " + timestamp + " of " + partition);
            }
        });
        Map<TopicPartition, OffsetAndTimestamp> found = new HashMap<>();
        search(timestampsMs).forEach((partition, answer) -> {
            if (answer.offset() >= 0) {
                Optional<Integer> epoch =
                        answer.leaderEpoch() < 0 ? Optional.empty() : Optional.of(answer.leaderEpoch());
                found.put(partition, new OffsetAndTimestamp(answer.offset(), answer.timestampMs(), epoch));
            }
        });
        return found;
    }

    private Map<TopicPartition, Answer> search(Map<TopicPartition, Long> questions) {
        checkMayWait();
        return await(OffsetSearch.begin(
                cluster, config.isolation(), questions, config.apiTimeout().toNanos()));
    }

    /** The map of the cluster as the consumer has it. */
    public RoutingTable routing() {
        return cluster.routing();
    }

    private <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(config.apiTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            Throwable cause = Failures.cause(e.getCause());
            throw cause instanceof RuntimeException known ? known : new ApiException(cause);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new TimeoutException(
                    "not answered within " + config.apiTimeout().toMillis() + " ms", e);
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the consumer is closed");
        }
    }

    private void checkGroup() {
        if (member.isEmpty()) {
            throw noGroup();
        }
    }

    private void checkMayWait() {
        checkOpen();
        if (cluster.eventLoop().inEventLoop()) {
            throw new IllegalStateException("this waits, and must not be called on the client's own thread");
        }
    }

    // ---- end

    /** As {@link #close(Duration)} with {@code apiTimeout}. */
    @Override
    public void close() {
        close(config.apiTimeout());
    }

    /**
     * Ends handlers after the records in hand, commits what was read where that is automatic, leaves the group, and ends: all
     * that at most {@code limit}. A second call does nothing.
     *
     * @return whether everything was done before the limit; if not, records may be read again, and the group waits for the
     *     session timeout
     * @throws InterruptException when the thread is interrupted while it waits: the consumer is closed all the same
     * @throws IllegalStateException on the client's own thread, and in a handler, which would wait for themselves
     */
    public boolean close(Duration limit) {
        synchronized (this) {
            if (closed) {
                return true;
            }
            checkMayWait();
            if (pool != null && pool.contains(Thread.currentThread())) {
                throw new IllegalStateException("close must not be called by a handler");
            }
            closed = true;
        }
        try {
            return finish(System.nanoTime() + SharedFetcher.nanos(limit));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        } finally {
            end();
        }
    }

    private boolean finish(long endNs) throws InterruptedException {
        shared.signal();
        boolean inTime = pool == null || pool.stop(Math.max(1, endNs - System.nanoTime()));
        rebalances.checkIdle();
        if (member.isEmpty()) {
            return inTime;
        }
        if (commitsByItself()) {
            inTime &= reached(commits.commitRead(null), endNs);
        }
        if (subscribed) {
            CompletableFuture<Void> left = new CompletableFuture<>();
            cluster.eventLoop().execute(() -> member.orElseThrow().leave().whenComplete((done, failure) -> {
                left.complete(null);
                shared.signal();
            }));
            inTime &= reached(left, endNs);
        }
        return inTime;
    }

    /** Waits, doing what is the application thread's to do. */
    private boolean reached(CompletableFuture<Void> future, long endNs) throws InterruptedException {
        CompletableFuture<Void> told = future.whenComplete((done, failure) -> shared.signal());
        while (!told.isDone() && endNs - System.nanoTime() > 0) {
            long seen = shared.signals();
            rebalances.checkIdle();
            try {
                tasks.run();
            } catch (RuntimeException e) {
                log.warn("a rebalance listener failed", e);
            }
            if (!told.isDone()) {
                shared.await(seen, Math.min(endNs - System.nanoTime(), 100_000_000));
            }
        }
        return told.isDone() && !told.isCompletedExceptionally();
    }

    private void end() {
        if (tending != null) {
            tending.cancel(false);
        }
        CompletableFuture<Void> ended = new CompletableFuture<>();
        cluster.eventLoop().execute(() -> {
            loop.close();
            ended.complete(null);
        });
        try {
            ended.get(END_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            log.warn("the client's thread did not take the close", e);
        }
        cluster.close();
        metrics.close();
    }
}
