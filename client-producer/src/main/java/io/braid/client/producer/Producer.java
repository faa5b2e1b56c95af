package io.braid.client.producer;

import io.braid.client.ClusterClient;
import io.braid.client.network.Backoff;
import io.braid.client.routing.RoutingTable;
import io.netty.buffer.PooledByteBufAllocator;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends records to a Braid or Kafka cluster. Thread-safe; made for being shared.
 *
 * <p>It is always idempotent and waits for all in-sync replicas: within the life of a producer a record that it reports as
 * acknowledged is in its partition exactly once, and records of a partition are in the order in which they were sent by one
 * thread, over retries, lost connections and changes of leaders.
 *
 * <p><b>Failures.</b> Whatever may pass is tried again until {@code deliveryTimeout}; what reaches the caller is final for the
 * producer:
 *
 * <table>
 * <caption>How a send can fail</caption>
 * <tr><th>exception</th><th>when</th><th>is it safe to send again?</th></tr>
 * <tr><td>{@link BufferFullException}</td><td>no memory within {@code maxBlock}</td><td>yes: nothing was sent</td></tr>
 * <tr><td>TimeoutException, "not known after"</td><td>the topic, or the partition, was not known within {@code maxBlock}</td>
 *     <td>yes</td></tr>
 * <tr><td>TimeoutException, "not acknowledged within"</td><td>{@code deliveryTimeout} is over</td><td>not known: the record may
 *     be in the partition or not; sent again it may be there twice, and after later ones</td></tr>
 * <tr><td>SerializationException</td><td>a serializer or the partitioner failed</td><td>nothing was sent, but it would fail
 *     again</td></tr>
 * <tr><td>RecordTooLargeException</td><td>the record is above {@code maxRequestBytes}, or alone above what its topic
 *     takes</td><td>nothing was appended, but it would fail again</td></tr>
 * <tr><td>TopicAuthorizationException, InvalidTopicException, AuthenticationException and their like</td><td>a broker says so</td>
 *     <td>nothing was appended, but it would fail again until that is mended</td></tr>
 * <tr><td>UnknownProducerIdException</td><td>a broker before Kafka 2.5 forgot this producer while an attempt was in doubt</td>
 *     <td>not known, as with a timeout</td></tr>
 * <tr><td>InterruptException</td><td>the thread was interrupted while it waited; its interrupt is set again</td><td>yes</td></tr>
 * <tr><td>IllegalStateException</td><td>the producer was closed: before the send, thrown; with the record under way, as its
 *     outcome</td><td>thrown: nothing was sent; as outcome: not known</td></tr>
 * </table>
 *
 * @param <K> of keys
 * @param <V> of values
 */
public final class Producer<K, V> implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Producer.class);
    private static final int MAX_CHUNK_BYTES = 256 << 10;
    private static final int MIN_CHUNK_BYTES = 16 << 10;
    private static final int CHUNKS_PER_BUFFER = 32;

    private final ProducerConfig config;
    private final Serializer<K> keySerializer;
    private final Serializer<V> valueSerializer;
    private final Partitioner partitioner;
    private final List<ProducerInterceptor<K, V>> interceptors;
    private final ClusterClient cluster;
    private final SharedAccumulator shared;
    private final Topics topics;
    private final Sender sender;
    private final ProducerMetrics metrics;
    private final Queue<Flush> flushes = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    private record Flush(long upTo, CompletableFuture<Void> done) {}

    Producer(ProducerBuilder<K, V> builder) {
        config = builder.config();
        keySerializer = builder.keySerializer();
        valueSerializer = builder.valueSerializer();
        partitioner = builder.partitioner();
        interceptors = List.copyOf(builder.interceptors());
        String clientId = config.client().clientId();
        metrics = new ProducerMetrics(builder.registry(), clientId);
        long chunk = Math.max(MIN_CHUNK_BYTES, Math.min(MAX_CHUNK_BYTES, config.bufferBytes() / CHUNKS_PER_BUFFER));
        BufferPool pool = new BufferPool(PooledByteBufAllocator.DEFAULT, config.bufferBytes(), (int) chunk);
        shared = new SharedAccumulator(new Accumulator(
                settings(config), pool, bound -> ThreadLocalRandom.current().nextInt(bound)));
        cluster = ClusterClient.open(config.client());
        topics = new Topics(cluster, shared);
        Random random = new Random();
        Backoff backoff =
                new Backoff(config.client().retryBackoff(), config.client().retryBackoffMax(), random::nextDouble);
        sender = new Sender(cluster, shared, config, new Outcomes(metrics, this::checkFlushes), metrics, backoff);
        metrics.gauges(clientId, shared::usedBytes, shared::activePartitions);
        cluster.addListener(sender);
    }

    private static AccumulatorSettings settings(ProducerConfig config) {
        return new AccumulatorSettings(
                config.batchBytes(),
                config.maxRequestBytes(),
                config.linger().toNanos(),
                config.adaptiveLinger(),
                config.deliveryTimeout().toNanos(),
                config.maxRequestsInFlight(),
                config.client().retryBackoff().toNanos(),
                config.client().retryBackoffMax().toNanos());
    }

    /**
     * A producer in the making, with Kafka's defaults where there are such.
     *
     * @param bootstrap {@code host:port}, several separated by commas
     */
    public static <K, V> ProducerBuilder<K, V> builder(
            String bootstrap, Serializer<K> keySerializer, Serializer<V> valueSerializer) {
        return new ProducerBuilder<>(bootstrap, keySerializer, valueSerializer);
    }

    /**
     * Sends a record, that is, puts it into a batch: returns as soon as that is done, which takes up to {@code maxBlock} when
     * the topic is not known yet or memory is full; on the client's own thread (in callbacks) it never waits.
     *
     * @return completes on the event loop when the record is acknowledged, or has failed as the table above says: it never
     *     throws but for the case below. What hangs on it must not block
     * @throws IllegalStateException when the producer is closed
     */
    public CompletableFuture<RecordMetadata> send(ProducerRecord<K, V> record) {
        SendFuture future = new SendFuture();
        doSend(record, future);
        return future;
    }

    /**
     * As {@link #send(ProducerRecord)}, with less garbage. A failure before the record is in a batch is told on this thread, before
     * the method returns.
     *
     * @throws IllegalStateException when the producer is closed
     */
    public void send(ProducerRecord<K, V> record, SendCallback callback) {
        doSend(record, callback);
    }

    @SuppressWarnings("ReferenceEquality") // the same record is what "nothing changed" means
    private void doSend(ProducerRecord<K, V> given, SendCallback callback) {
        if (closed) {
            throw new IllegalStateException("the producer is closed");
        }
        ProducerRecord<K, V> record = given;
        SendCallback listener = callback;
        if (!interceptors.isEmpty()) {
            record = intercept(given);
            listener = intercepted(record, callback);
        }
        try {
            append(record, listener);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            listener.onCompletion(null, new InterruptException(e));
        } catch (RuntimeException e) {
            listener.onCompletion(null, e);
        }
    }

    private void append(ProducerRecord<K, V> record, SendCallback listener) throws InterruptedException {
        long maxBlockNs = config.maxBlock().toNanos();
        int named = record.partition().orElse(-1);
        TopicState topic = topics.get(record.topic(), named, maxBlockNs);
        byte[] key = serialize(keySerializer, record.topic(), record.key());
        byte[] value = serialize(valueSerializer, record.topic(), record.value());
        int size = RecordFormat.bodySize(Integer.MAX_VALUE, Long.MAX_VALUE, key, value, record.headers())
                + BatchWriter.HEADER_BYTES;
        if (size > config.maxRequestBytes()) {
            throw new RecordTooLargeException(
                    "record of " + size + " bytes, maxRequestBytes=" + config.maxRequestBytes());
        }
        int partition = named >= 0 ? named : choose(topic, key, size);
        long timestamp = record.timestampMs().orElseGet(System::currentTimeMillis);
        Accumulator.Appended appended =
                shared.append(topic, partition, timestamp, key, value, record.headers(), listener);
        if (appended == Accumulator.Appended.NO_MEMORY) {
            appended = awaitMemory(
                    new SharedAccumulator.Append(topic, partition, timestamp, key, value, record.headers(), listener));
        }
        if (appended == Accumulator.Appended.SEND) {
            sender.wake();
        }
    }

    private Accumulator.Appended awaitMemory(SharedAccumulator.Append record) throws InterruptedException {
        long startNs = System.nanoTime();
        boolean mayWait = !cluster.eventLoop().inEventLoop();
        Accumulator.Appended appended =
                shared.append(record, mayWait ? config.maxBlock().toNanos() : 0, this::onNoMemory);
        metrics.onBlocked(System.nanoTime() - startNs);
        if (appended == Accumulator.Appended.NO_MEMORY) {
            throw new BufferFullException(
                    "no room for a record within " + config.maxBlock() + ", bufferBytes=" + config.bufferBytes());
        }
        return appended;
    }

    private void onNoMemory() {
        if (closed) {
            throw new IllegalStateException("the producer is closed");
        }
        sender.wake();
    }

    private static <T> byte[] serialize(Serializer<T> serializer, String topic, T data) {
        try {
            return serializer.serialize(topic, data);
        } catch (RuntimeException e) {
            throw new SerializationException("cannot serialize for topic " + topic, e);
        }
    }

    private int choose(TopicState topic, byte[] key, int recordBytes) {
        int count = topic.route().partitionCount();
        int chosen;
        try {
            chosen = partitioner.partition(topic.name, key, count);
        } catch (RuntimeException e) {
            throw new SerializationException("the partitioner failed for topic " + topic.name, e);
        }
        if (chosen == Partitioner.STICKY) {
            return shared.sticky(topic, recordBytes, config.batchBytes());
        }
        if (chosen < 0 || chosen >= count) {
            throw new SerializationException("the partitioner chose " + chosen + " of " + count + " partitions");
        }
        return chosen;
    }

    // ---- interceptors

    private ProducerRecord<K, V> intercept(ProducerRecord<K, V> given) {
        ProducerRecord<K, V> record = given;
        for (ProducerInterceptor<K, V> interceptor : interceptors) {
            try {
                record = interceptor.onSend(record);
            } catch (RuntimeException e) {
                log.warn("interceptor failed topic={}", given.topic(), e);
            }
        }
        return record;
    }

    private SendCallback intercepted(ProducerRecord<K, V> record, SendCallback callback) {
        return (metadata, failure) -> {
            for (ProducerInterceptor<K, V> interceptor : interceptors) {
                try {
                    interceptor.onAcknowledgement(record, metadata, failure);
                } catch (RuntimeException e) {
                    log.warn("interceptor failed topic={}", record.topic(), e);
                }
            }
            callback.onCompletion(metadata, failure);
        };
    }

    // ---- flush and close

    /**
     * Sends what was sent before this call without waiting for more. Completes on the event loop when the outcome of all of it is
     * known and its listeners were told; it never fails: each record has its own outcome.
     */
    public CompletableFuture<Void> flushAsync() {
        Flush flush = new Flush(shared.flush(), new CompletableFuture<>());
        flushes.add(flush);
        sender.wake();
        cluster.eventLoop().execute(this::checkFlushes);
        return flush.done();
    }

    /**
     * As {@link #flushAsync}, and waits for it, at most {@code deliveryTimeout} and what an answer takes.
     *
     * @throws InterruptException when the thread is interrupted, which it is then again; what was sent goes on
     * @throws IllegalStateException in a callback: it would wait for itself
     */
    public void flush() {
        if (cluster.eventLoop().inEventLoop()) {
            throw new IllegalStateException("flush must not be called on the client's own thread");
        }
        await(flushAsync(), config.deliveryTimeout().plus(config.client().requestTimeout()));
    }

    private boolean await(CompletableFuture<Void> future, Duration limit) {
        try {
            future.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (java.util.concurrent.TimeoutException e) {
            return false;
        }
    }

    private void checkFlushes() {
        for (Flush flush : List.copyOf(flushes)) {
            if (shared.flushed(flush.upTo()) && flushes.remove(flush)) {
                flush.done().complete(null);
            }
        }
    }

    /** As {@link #close(Duration)} with {@code deliveryTimeout}. */
    @Override
    public void close() {
        close(config.deliveryTimeout());
    }

    /**
     * Takes no more records, waits until those under way are acknowledged, at most {@code limit}, and ends. What is then not
     * acknowledged fails with an IllegalStateException. A second call does nothing. In a callback it does not wait.
     *
     * @return whether everything was acknowledged or had failed before the limit
     * @throws InterruptException when the thread is interrupted while it waits: the producer is closed all the same
     */
    public boolean close(Duration limit) {
        if (closed) {
            return true;
        }
        closed = true;
        boolean inEventLoop = cluster.eventLoop().inEventLoop();
        try {
            CompletableFuture<Void> flushed = flushAsync();
            return inEventLoop ? flushed.isDone() : await(flushed, limit);
        } finally {
            CompletableFuture<Void> ended = new CompletableFuture<>();
            cluster.eventLoop().execute(() -> {
                sender.close();
                checkFlushes();
                ended.complete(null);
            });
            cluster.close();
            metrics.close();
            if (!inEventLoop) {
                awaitEnd(ended);
            }
        }
    }

    private static void awaitEnd(CompletableFuture<Void> ended) {
        try {
            ended.get(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            log.warn("the client's thread did not take the close", e);
        }
    }

    // ---- what is known

    /** How many partitions a topic has, learning the topic if need be; blocks at most {@code maxBlock}.
     *
     * @throws TimeoutException when it is not known by then; trying again is safe
     * @throws InterruptException when the thread is interrupted, which it is then again
     */
    public int partitionCount(String topic) {
        try {
            return topics.get(topic, -1, config.maxBlock().toNanos()).route().partitionCount();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    /** Memory that records hold, in bytes. */
    public long bufferedBytes() {
        return shared.usedBytes();
    }

    /** The map of the cluster as the producer has it. */
    public RoutingTable routing() {
        return cluster.routing();
    }
}
