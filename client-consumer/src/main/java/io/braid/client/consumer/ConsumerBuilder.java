package io.braid.client.consumer;

import io.braid.client.ClientConfig;
import io.braid.client.consumer.group.GroupConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.IsolationLevel;

/** Collects how a consumer works; see {@link ConsumerConfig} for what each setting means. Not thread-safe. */
public final class ConsumerBuilder<K, V> {
    private final ClientConfig.Builder client;
    private final Deserializer<K> keyDeserializer;
    private final Deserializer<V> valueDeserializer;
    private final List<ConsumerInterceptor<K, V>> interceptors = new ArrayList<>();
    private MeterRegistry registry = new CompositeMeterRegistry(); // which, without others in it, counts nothing
    private Optional<GroupConfig.Builder> group = Optional.empty();
    private int fetchMinBytes = 1;
    private Duration fetchMaxWait = Duration.ofMillis(500);
    private int fetchMaxBytes = 4 << 20;
    private int partitionMaxBytes = 1 << 20;
    private long prefetchBytes = 32 << 20;
    private int maxPollRecords = 500;
    private IsolationLevel isolation = IsolationLevel.READ_UNCOMMITTED;
    private OffsetReset reset = OffsetReset.latest();
    private boolean checkCrc = true;
    private String rack = "";
    private boolean autoCommit = true;
    private Duration autoCommitInterval = Duration.ofSeconds(5);
    private Duration apiTimeout = Duration.ofSeconds(60);

    ConsumerBuilder(String bootstrap, Deserializer<K> keyDeserializer, Deserializer<V> valueDeserializer) {
        this.client = ClientConfig.builder(bootstrap).clientId("braid-consumer").autoCreateTopics(false);
        this.keyDeserializer = Objects.requireNonNull(keyDeserializer, "keyDeserializer");
        this.valueDeserializer = Objects.requireNonNull(valueDeserializer, "valueDeserializer");
    }

    /** Sets how the cluster is reached: client id, time-outs, TLS, login, the thread to use. */
    public ConsumerBuilder<K, V> client(Consumer<ClientConfig.Builder> settings) {
        settings.accept(client);
        return this;
    }

    /** The group to take part in, and to commit for; without one there is neither. */
    public ConsumerBuilder<K, V> group(String id) {
        return group(id, settings -> {});
    }

    /** Likewise, with settings of the membership. */
    public ConsumerBuilder<K, V> group(String id, Consumer<GroupConfig.Builder> settings) {
        GroupConfig.Builder builder = GroupConfig.builder(id);
        settings.accept(builder);
        group = Optional.of(builder);
        return this;
    }

    public ConsumerBuilder<K, V> fetchMinBytes(int bytes) {
        fetchMinBytes = bytes;
        return this;
    }

    public ConsumerBuilder<K, V> fetchMaxWait(Duration wait) {
        fetchMaxWait = wait;
        return this;
    }

    public ConsumerBuilder<K, V> fetchMaxBytes(int bytes) {
        fetchMaxBytes = bytes;
        return this;
    }

    public ConsumerBuilder<K, V> partitionMaxBytes(int bytes) {
        partitionMaxBytes = bytes;
        return this;
    }

    public ConsumerBuilder<K, V> prefetchBytes(long bytes) {
        prefetchBytes = bytes;
        return this;
    }

    public ConsumerBuilder<K, V> maxPollRecords(int count) {
        maxPollRecords = count;
        return this;
    }

    public ConsumerBuilder<K, V> isolation(IsolationLevel level) {
        isolation = level;
        return this;
    }

    public ConsumerBuilder<K, V> offsetReset(OffsetReset policy) {
        reset = policy;
        return this;
    }

    public ConsumerBuilder<K, V> checkCrc(boolean checked) {
        checkCrc = checked;
        return this;
    }

    public ConsumerBuilder<K, V> rack(String name) {
        rack = name;
        return this;
    }

    public ConsumerBuilder<K, V> autoCommit(boolean enabled) {
        autoCommit = enabled;
        return this;
    }

    public ConsumerBuilder<K, V> autoCommitInterval(Duration interval) {
        autoCommitInterval = interval;
        return this;
    }

    public ConsumerBuilder<K, V> apiTimeout(Duration limit) {
        apiTimeout = limit;
        return this;
    }

    /** Called in the order in which they were added. */
    public ConsumerBuilder<K, V> interceptor(ConsumerInterceptor<K, V> interceptor) {
        interceptors.add(Objects.requireNonNull(interceptor, "interceptor"));
        return this;
    }

    /** Where the consumer's meters go: {@code braid.consumer.*}, tagged with the client id. */
    public ConsumerBuilder<K, V> metrics(MeterRegistry meters) {
        registry = Objects.requireNonNull(meters, "metrics");
        return this;
    }

    /**
     * A consumer that begins to connect, and returns at once: that a cluster cannot be reached shows in what is asked of it.
     *
     * @throws IllegalArgumentException naming the setting that is out of its range
     */
    public io.braid.client.consumer.Consumer<K, V> build() {
        return new io.braid.client.consumer.Consumer<>(this);
    }

    ConsumerConfig config() {
        return new ConsumerConfig(
                client.build(),
                fetchMinBytes,
                fetchMaxWait,
                fetchMaxBytes,
                partitionMaxBytes,
                prefetchBytes,
                maxPollRecords,
                isolation,
                reset,
                checkCrc,
                rack,
                autoCommit,
                autoCommitInterval,
                apiTimeout);
    }

    Deserializer<K> keyDeserializer() {
        return keyDeserializer;
    }

    Deserializer<V> valueDeserializer() {
        return valueDeserializer;
    }

    List<ConsumerInterceptor<K, V>> interceptors() {
        return interceptors;
    }

    MeterRegistry registry() {
        return registry;
    }

    Optional<GroupConfig> group() {
        return group.map(GroupConfig.Builder::build);
    }
}
