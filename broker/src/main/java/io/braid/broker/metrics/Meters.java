package io.braid.broker.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/** Makes meters from their description in {@link Metric}. Thread-safe. */
final class Meters {

    private static final Duration[] LATENCY_BUCKETS = latencyBuckets();

    private final MeterRegistry registry;
    /** Of counters: Micrometer refers to them weakly, and a counter whose source is collected stands still. */
    private final Queue<DoubleSupplier> sources = new ConcurrentLinkedQueue<>();

    Meters(MeterRegistry registry) {
        this.registry = registry;
    }

    Counter counter(Metric metric, String... tagValues) {
        return Counter.builder(metric.meter())
                .description(metric.doc())
                .tags(tags(metric, tagValues))
                .register(registry);
    }

    /** A counter whose value is kept by {@code source}. */
    void counter(Metric metric, DoubleSupplier source, String... tagValues) {
        sources.add(source);
        FunctionCounter.builder(metric.meter(), source, DoubleSupplier::getAsDouble)
                .description(metric.doc())
                .tags(tags(metric, tagValues))
                .register(registry);
    }

    /** A gauge that is read when it is scraped; {@code source} is called by the scraping thread. */
    void gauge(Metric metric, LongSupplier source, String... tagValues) {
        Gauge.builder(metric.meter(), source, LongSupplier::getAsLong)
                .strongReference(true)
                .description(metric.doc())
                .tags(tags(metric, tagValues))
                .register(registry);
    }

    Timer timer(Metric metric, String... tagValues) {
        return Timer.builder(metric.meter())
                .description(metric.doc())
                .tags(tags(metric, tagValues))
                .serviceLevelObjectives(LATENCY_BUCKETS)
                .register(registry);
    }

    private static String[] tags(Metric metric, String... values) {
        if (values.length != metric.tags().size()) {
            throw new IllegalArgumentException(metric + " has tags " + metric.tags());
        }
        String[] tags = new String[values.length * 2];
        for (int i = 0; i < values.length; i++) {
            tags[2 * i] = metric.tags().get(i);
            tags[2 * i + 1] = values[i];
        }
        return tags;
    }

    private static Duration[] latencyBuckets() {
        long[] micros = {
            100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 5_000_000
        };
        Duration[] buckets = new Duration[micros.length];
        for (int i = 0; i < micros.length; i++) {
            buckets[i] = Duration.ofNanos(micros[i] * 1000);
        }
        return buckets;
    }
}
