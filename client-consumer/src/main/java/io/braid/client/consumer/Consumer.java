package io.braid.client.consumer;

import io.braid.client.routing.RoutingTable;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;

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
public final class Consumer<K, V> implements AutoCloseable {
    private final ConsumerParts parts;
    private final Deserializer<K> keys;
    private final Deserializer<V> values;
    private final Interceptors<K, V> interceptors;
    private final Selection selection;
    private final PollingForm<K, V> polling;
    private final Waits waits;
    private final LogOffsets logs;
    private volatile PushForm<K, V> push; // null in the polling form

    Consumer(ConsumerBuilder<K, V> builder) {
        keys = builder.keyDeserializer();
        values = builder.valueDeserializer();
        interceptors = new Interceptors<>(builder.interceptors());
        parts = new ConsumerParts(builder, interceptors::onCommit);
        selection = new Selection(parts);
        polling = new PollingForm<>(
                parts, new Puller<>(parts.shared, parts.config, keys, values, parts::wakeLoop), interceptors);
        waits = new Waits(parts);
        logs = new LogOffsets(parts, waits);
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
        selection.assign(partitions);
    }

    /**
     * Takes part in the group for these topics, in place of what was subscribed or assigned before. Returns at once; partitions
     * come, and go, in polls.
     *
     * @throws IllegalStateException when the consumer is closed, or has no group
     */
    public void subscribe(Collection<String> topicNames) {
        Set<String> names = Set.copyOf(topicNames);
        selection.subscribe(member -> member.subscribe(names));
    }

    /** As {@link #subscribe(Collection)}, with one who hears of partitions that come and go. */
    public void subscribe(Collection<String> topicNames, RebalanceListener listener) {
        parts.rebalances.listener(listener);
        subscribe(topicNames);
    }

    /**
     * As {@link #subscribe(Collection)}, for all topics whose whole name matches, those made later included.
     *
     * @param re2jExpression in the syntax of RE2/J
     */
    public void subscribeMatching(String re2jExpression, RebalanceListener listener) {
        parts.rebalances.listener(listener);
        selection.subscribe(member -> member.subscribe(re2jExpression));
    }

    /**
     * Reads nothing any more: leaves the group's subscription, or gives up what was assigned. Returns at once; a group's partitions
     * go in the next polls, and {@link #assign} can be called when {@link #assignment} is empty.
     */
    public void unsubscribe() {
        selection.unsubscribe();
    }

    /** The partitions that are read now, by names. */
    public PartitionSet assignment() {
        return selection.assignment();
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
        parts.checkOpen();
        if (push != null) {
            throw new IllegalStateException("records go to a handler");
        }
        return polling.poll(SharedFetcher.nanos(timeout));
    }

    /** A poll that waits returns at once; if none waits, the next one does. */
    public void wakeup() {
        polling.wakeup();
    }

    /**
     * Hands the records to a handler from now on, on threads of its own; polls are not allowed any more. Whether offsets are
     * committed automatically is up to the options, not to {@code autoCommit}.
     *
     * @throws IllegalStateException when the consumer is closed, has a handler, or a thread polls
     */
    public synchronized void handle(RecordHandler<K, V> handler, HandlerOptions options) {
        parts.checkOpen();
        if (push != null) {
            throw new IllegalStateException("the consumer has a handler already");
        }
        if (!polling.claim()) {
            throw new IllegalStateException("a thread polls");
        }
        PushForm<K, V> form = new PushForm<>(parts, keys, values, interceptors, handler, options);
        parts.autoCommit.wanted(options.commit() == HandlerOptions.Commit.AUTO && parts.member.isPresent());
        push = form;
        form.start();
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
        change(fetcher -> fetcher.positions().seek(fetcher.get(partition), offset.offset(), epoch, System.nanoTime()));
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
        change(fetcher ->
                partitions.forEach(partition -> fetcher.positions().beginAt(fetcher.get(partition), reset, nowNs)));
    }

    private void change(java.util.function.Consumer<Fetcher> change) {
        parts.checkOpen();
        parts.shared.change(change);
        parts.shared.signal();
        parts.wakeLoop();
    }

    /**
     * The offset of the next record to read; waits until it is known, at most {@code apiTimeout}.
     *
     * @throws TimeoutException when it is not known by then; trying again is safe
     * @throws IllegalStateException when the partition is not assigned, or on the client's thread
     */
    public long position(TopicPartition partition) {
        parts.checkMayWait();
        return waits.position(partition);
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
        return parts.shared.get(Fetcher::paused);
    }

    /**
     * How many offsets the position is behind the end, as the last fetch told it; empty while neither is known. With
     * read_committed, behind the last stable offset.
     *
     * @throws IllegalStateException when the partition is not assigned
     */
    public OptionalLong lag(TopicPartition partition) {
        long lag = parts.shared.get(fetcher -> fetcher.positions().lag(fetcher.get(partition)));
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
        parts.checkMayWait();
        waits.await(commitAsync());
    }

    /** As {@link #commit()}, for these offsets: of the next record to read in each partition. */
    public void commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        parts.checkMayWait();
        waits.await(commitAsync(offsets));
    }

    /** As {@link #commit()} without waiting. Commits take effect in the order of the calls; completes on the client's thread. */
    public CompletableFuture<Void> commitAsync() {
        parts.checkOpen();
        parts.checkGroup();
        return parts.commits.commitRead(null);
    }

    /** As {@link #commitAsync()}, for these offsets. */
    public CompletableFuture<Void> commitAsync(Map<TopicPartition, OffsetAndMetadata> offsets) {
        parts.checkOpen();
        parts.checkGroup();
        return parts.commits.commit(Map.copyOf(offsets));
    }

    /**
     * What the group has committed; partitions without are missing. Waits at most {@code apiTimeout}.
     *
     * @throws TimeoutException when it is not known by then; trying again is safe, as after any ApiException
     * @throws IllegalStateException without a group, on the client's thread, or closed
     */
    public Map<TopicPartition, OffsetAndMetadata> committed(Collection<TopicPartition> partitions) {
        parts.checkMayWait();
        parts.checkGroup();
        return waits.await(parts.commits.committed(PartitionSet.of(partitions)));
    }

    // ---- what brokers know

    /**
     * How many partitions a topic has; waits until it is known, at most {@code apiTimeout}. The topic stays in use.
     *
     * @throws TimeoutException when it is not known by then: it may not exist; trying again is safe
     */
    public int partitionCount(String topic) {
        parts.checkMayWait();
        return waits.await(parts.cluster.use(topic)).partitionCount();
    }

    /**
     * The offsets of the oldest records. Waits at most {@code apiTimeout}.
     *
     * @throws TimeoutException when they are not known by then; trying again is safe, as after any ApiException
     * @throws IllegalStateException on the client's thread, or closed
     */
    public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
        return logs.ends(partitions, OffsetRequests.EARLIEST);
    }

    /** The offsets of the next records to be written, or with read_committed the last stable offsets; throws as the above. */
    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
        return logs.ends(partitions, OffsetRequests.LATEST);
    }

    /**
     * The first record of each partition whose timestamp is not before the given one (milliseconds since the epoch); partitions
     * without such a record are missing. Throws as {@link #beginningOffsets}.
     *
     * @throws IllegalArgumentException when a timestamp is negative
     */
    public Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(Map<TopicPartition, Long> timestampsMs) {
        return logs.atTimes(timestampsMs);
    }

    /** The map of the cluster as the consumer has it. */
    public RoutingTable routing() {
        return parts.cluster.routing();
    }

    // ---- end

    /** As {@link #close(Duration)} with {@code apiTimeout}. */
    @Override
    public void close() {
        close(parts.config.apiTimeout());
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
            if (parts.closed()) {
                return true;
            }
            parts.checkMayWait();
            if (push != null && push.contains(Thread.currentThread())) {
                throw new IllegalStateException("close must not be called by a handler");
            }
            parts.markClosed();
        }
        Closing closing = new Closing(parts, Optional.ofNullable(push), selection);
        try {
            return closing.finish(System.nanoTime() + SharedFetcher.nanos(limit));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        } finally {
            closing.end();
        }
    }
}
