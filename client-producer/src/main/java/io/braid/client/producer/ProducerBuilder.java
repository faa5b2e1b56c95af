package io.braid.client.producer;

import io.braid.client.ClientConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** Collects how a producer works; see {@link ProducerConfig} for what each setting means. Not thread-safe. */
public final class ProducerBuilder<K, V> {
    private final ClientConfig.Builder client;
    private final Serializer<K> keySerializer;
    private final Serializer<V> valueSerializer;
    private final List<ProducerInterceptor<K, V>> interceptors = new ArrayList<>();
    private Partitioner partitioner = Partitioner.byKey();
    private MeterRegistry registry = new CompositeMeterRegistry(); // which, without others in it, counts nothing
    private int batchBytes = 64 << 10;
    private int maxRequestBytes = 1 << 20;
    private long bufferBytes = 32 << 20;
    private Duration linger = Duration.ofMillis(5);
    private boolean adaptiveLinger = true;
    private CompressionCodec compression = CompressionCodec.NONE;
    private Duration maxBlock = Duration.ofMinutes(1);
    private Duration deliveryTimeout = Duration.ofMinutes(2);
    private int maxRequestsInFlight = PartitionState.MAX_IN_FLIGHT;

    ProducerBuilder(String bootstrap, Serializer<K> keySerializer, Serializer<V> valueSerializer) {
        this.client = ClientConfig.builder(bootstrap).clientId("braid-producer");
        this.keySerializer = Objects.requireNonNull(keySerializer, "keySerializer");
        this.valueSerializer = Objects.requireNonNull(valueSerializer, "valueSerializer");
    }

    /** Sets how the cluster is reached: client id, time-outs, TLS, login, the thread to use. */
    public ProducerBuilder<K, V> client(Consumer<ClientConfig.Builder> settings) {
        settings.accept(client);
        return this;
    }

    public ProducerBuilder<K, V> batchBytes(int bytes) {
        batchBytes = bytes;
        return this;
    }

    public ProducerBuilder<K, V> maxRequestBytes(int bytes) {
        maxRequestBytes = bytes;
        return this;
    }

    public ProducerBuilder<K, V> bufferBytes(long bytes) {
        bufferBytes = bytes;
        return this;
    }

    /** Batches that are not full wait so long for more, always. Zero sends at once. */
    public ProducerBuilder<K, V> linger(Duration time) {
        linger = time;
        adaptiveLinger = false;
        return this;
    }

    /** Batches wait only while another request to the same broker is on its way, and at most so long. The default: 5 ms. */
    public ProducerBuilder<K, V> adaptiveLinger(Duration most) {
        linger = most;
        adaptiveLinger = true;
        return this;
    }

    public ProducerBuilder<K, V> compression(CompressionCodec codec) {
        compression = codec;
        return this;
    }

    /** How long a send may wait for memory or a topic; {@link Duration#ZERO} fails at once. */
    public ProducerBuilder<K, V> maxBlock(Duration limit) {
        maxBlock = limit;
        return this;
    }

    public ProducerBuilder<K, V> deliveryTimeout(Duration limit) {
        deliveryTimeout = limit;
        return this;
    }

    public ProducerBuilder<K, V> maxRequestsInFlight(int count) {
        maxRequestsInFlight = count;
        return this;
    }

    public ProducerBuilder<K, V> partitioner(Partitioner chooser) {
        partitioner = Objects.requireNonNull(chooser, "partitioner");
        return this;
    }

    /** Called in the order in which they were added. */
    public ProducerBuilder<K, V> interceptor(ProducerInterceptor<K, V> interceptor) {
        interceptors.add(Objects.requireNonNull(interceptor, "interceptor"));
        return this;
    }

    /** Where the producer's meters go: {@code braid.producer.*}, tagged with the client id. */
    public ProducerBuilder<K, V> metrics(MeterRegistry meters) {
        registry = Objects.requireNonNull(meters, "metrics");
        return this;
    }

    /**
     * A producer that begins to connect, and returns at once: that a cluster cannot be reached shows in sends.
     *
     * @throws IllegalArgumentException naming the setting that is out of its range
     */
    public Producer<K, V> build() {
        return new Producer<>(this);
    }

    ProducerConfig config() {
        return new ProducerConfig(
                client.build(),
                batchBytes,
                maxRequestBytes,
                bufferBytes,
                linger,
                adaptiveLinger,
                compression,
                maxBlock,
                deliveryTimeout,
                maxRequestsInFlight);
    }

    Serializer<K> keySerializer() {
        return keySerializer;
    }

    Serializer<V> valueSerializer() {
        return valueSerializer;
    }

    Partitioner partitioner() {
        return partitioner;
    }

    List<ProducerInterceptor<K, V>> interceptors() {
        return interceptors;
    }

    MeterRegistry registry() {
        return registry;
    }
}
