package io.braid.client.consumer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What a consumer counts: for each answer, poll or commit, never for each record. Thread-safe. */
final class ConsumerMetrics {
    private final MeterRegistry registry;
    private final Tags tags;
    private final List<Meter> meters = new ArrayList<>();
    private final Counter records;
    private final Counter bytes;
    private final Counter errors;
    private final Counter commits;
    private final Counter failedCommits;
    private final Counter handlerFailures;
    private final Counter rebalances;
    private final DistributionSummary fetchBytes;
    private final Timer fetches;

    ConsumerMetrics(MeterRegistry registry, String clientId) {
        this.registry = registry;
        this.tags = Tags.of("client.id", clientId);
        records = counter("records", "Records given to the application");
        bytes = keep(Counter.builder("braid.consumer.bytes")
                .description("Bytes of batches received")
                .baseUnit("bytes")
                .tags(tags)
                .register(registry));
        errors = counter("errors", "Partitions that a broker refused to read from, each time");
        commits = counter("commits", "Commits that succeeded");
        failedCommits = counter("commit.failures", "Commits that failed");
        handlerFailures = counter("handler.failures", "Records that a handler failed with, each time");
        rebalances = counter("rebalances", "Times that partitions came or went");
        fetchBytes = keep(DistributionSummary.builder("braid.consumer.fetch.size")
                .description("Size of the batches of an answer")
                .baseUnit("bytes")
                .tags(tags)
                .register(registry));
        fetches = keep(Timer.builder("braid.consumer.fetch.latency")
                .description("From sending a fetch to its answer, the broker's wait for data included")
                .tags(tags)
                .register(registry));
    }

    private Counter counter(String name, String description) {
        return keep(Counter.builder("braid.consumer." + name)
                .description(description)
                .tags(tags)
                .register(registry));
    }

    /** Adds what is read when it is asked for. */
    void gauges(
            Supplier<Number> bufferedBytes,
            Supplier<Number> retainedBytes,
            Supplier<Number> partitions,
            Supplier<Number> lag) {
        gauge("buffer.used", "Bytes of batches that wait to be read", "bytes", bufferedBytes);
        gauge("buffer.held", "Memory that answers hold until they are read", "bytes", retainedBytes);
        gauge("partitions", "Partitions assigned", null, partitions);
        gauge("lag.max", "Records behind the end in the partition that is furthest behind", null, lag);
    }

    private void gauge(String name, String description, String unit, Supplier<Number> value) {
        keep(Gauge.builder("braid.consumer." + name, value)
                .description(description)
                .baseUnit(unit)
                .tags(tags)
                .register(registry));
    }

    private <M extends Meter> M keep(M meter) {
        meters.add(meter);
        return meter;
    }

    void onRecords(int count) {
        records.increment(count);
    }

    void onFetch(long latencyNs, long answerBytes) {
        fetches.record(latencyNs, TimeUnit.NANOSECONDS);
        fetchBytes.record((double) answerBytes);
        bytes.increment((double) answerBytes);
    }

    void onError() {
        errors.increment();
    }

    void onCommit(boolean succeeded) {
        (succeeded ? commits : failedCommits).increment();
    }

    void onHandlerFailure() {
        handlerFailures.increment();
    }

    void onRebalance() {
        rebalances.increment();
    }

    /** Takes the meters out of the registry. */
    void close() {
        meters.forEach(registry::remove);
    }
}
