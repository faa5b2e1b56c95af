package io.braid.broker.metrics;

import io.braid.broker.handler.TrafficListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * Which shards and partitions clients write to and read from most, as bytes a second over the last interval: ten of each, so
 * that a million partitions make no more series than ten. Thread-safe.
 */
public final class TrafficMetrics implements TrafficListener {

    static final int SHOWN = 10;

    private static final int STRIPES = 8;
    private static final int KEPT_PARTITIONS = 64;
    private static final int KEPT_SHARDS = 256;

    private record Partition(Uuid topicId, int partition) {}

    /** Written by some of the threads; guarded by itself. */
    private static final class Stripe {
        final HeavyHitters<Partition> partitions = new HeavyHitters<>(KEPT_PARTITIONS);
        final HeavyHitters<Integer> shards = new HeavyHitters<>(KEPT_SHARDS);

        synchronized void add(Partition partition, int shard, long bytes) {
            partitions.add(partition, bytes);
            shards.add(shard, bytes);
        }

        synchronized void drain(Map<Partition, Long> byPartition, Map<Integer, Long> byShard) {
            partitions.drain((key, bytes) -> byPartition.merge(key, bytes, Long::sum));
            shards.drain((key, bytes) -> byShard.merge(key, bytes, Long::sum));
        }
    }

    /** One direction. */
    private static final class Flow {
        final Tags direction;
        final List<Stripe> stripes = new ArrayList<>();

        Flow(String direction) {
            this.direction = Tags.of("direction", direction);
            for (int i = 0; i < STRIPES; i++) {
                stripes.add(new Stripe());
            }
        }

        void add(Uuid topicId, int partition, int shard, long bytes) {
            int stripe = (int) (Thread.currentThread().getId() % STRIPES);
            stripes.get(stripe).add(new Partition(topicId, partition), shard, bytes);
        }
    }

    private final Flow in = new Flow("in");
    private final Flow out = new Flow("out");
    private final LongConsumer readBytes;
    private final RequestMetrics requests;
    private final MultiGauge partitions;
    private final MultiGauge shards;

    /**
     * @param readBytes told of every read
     * @param requests told of every error
     */
    TrafficMetrics(MeterRegistry registry, LongConsumer readBytes, RequestMetrics requests) {
        this.readBytes = readBytes;
        this.requests = requests;
        this.partitions = multi(registry, Metric.HOT_PARTITION);
        this.shards = multi(registry, Metric.HOT_SHARD);
    }

    @Override
    public void produced(Uuid topicId, int partition, int shardId, long bytes) {
        in.add(topicId, partition, shardId, bytes);
    }

    @Override
    public void fetched(Uuid topicId, int partition, int shardId, long bytes) {
        out.add(topicId, partition, shardId, bytes);
        readBytes.accept(bytes);
    }

    @Override
    public void refused(ApiKeys api, Errors error) {
        requests.onError(api, error);
    }

    /**
     * Shows what was counted since the last call. One caller at a time.
     *
     * @param nanos since the last call
     * @param names of topics; those that are gone are left out
     */
    public void publish(long nanos, Function<Uuid, Optional<String>> names) {
        List<MultiGauge.Row<?>> partitionRows = new ArrayList<>();
        List<MultiGauge.Row<?>> shardRows = new ArrayList<>();
        for (Flow flow : List.of(in, out)) {
            Map<Partition, Long> byPartition = new HashMap<>();
            Map<Integer, Long> byShard = new HashMap<>();
            flow.stripes.forEach(stripe -> stripe.drain(byPartition, byShard));
            for (Map.Entry<Partition, Long> top : top(byPartition)) {
                names.apply(top.getKey().topicId())
                        .ifPresent(name -> partitionRows.add(MultiGauge.Row.of(
                                flow.direction.and(
                                        "topic", name, "partition", Integer.toString(top.getKey().partition)),
                                perSecond(top.getValue(), nanos))));
            }
            for (Map.Entry<Integer, Long> top : top(byShard)) {
                shardRows.add(MultiGauge.Row.of(
                        flow.direction.and("shard", Integer.toString(top.getKey())), perSecond(top.getValue(), nanos)));
            }
        }
        partitions.register(partitionRows, true);
        shards.register(shardRows, true);
    }

    private static <K> List<Map.Entry<K, Long>> top(Map<K, Long> sums) {
        return sums.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(SHOWN)
                .toList();
    }

    private static Number perSecond(long bytes, long nanos) {
        return bytes * 1e9 / Math.max(1, nanos);
    }

    private static MultiGauge multi(MeterRegistry registry, Metric metric) {
        return MultiGauge.builder(metric.meter()).description(metric.doc()).register(registry);
    }
}
