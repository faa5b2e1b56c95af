package io.braid.client.producer;

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

/** What a producer counts: for each batch or request, never for each record. Thread-safe. */
final class ProducerMetrics {
    private final MeterRegistry registry;
    private final List<Meter> meters = new ArrayList<>();
    private final Counter records;
    private final Counter bytes;
    private final Counter errors;
    private final Counter retries;
    private final Counter epochs;
    private final DistributionSummary batchBytes;
    private final DistributionSummary requestBatches;
    private final Timer requests;
    private final Timer blocked;

    ProducerMetrics(MeterRegistry registry, String clientId) {
        this.registry = registry;
        Tags tags = Tags.of("client.id", clientId);
        records = keep(Counter.builder("braid.producer.records")
                .description("Records acknowledged")
                .tags(tags)
                .register(registry));
        bytes = keep(Counter.builder("braid.producer.bytes")
                .description("Bytes of acknowledged batches before compression")
                .baseUnit("bytes")
                .tags(tags)
                .register(registry));
        errors = keep(Counter.builder("braid.producer.errors")
                .description("Records that failed for good")
                .tags(tags)
                .register(registry));
        retries = keep(Counter.builder("braid.producer.retries")
                .description("Batches that a broker refused, or did not answer, and that were kept for another attempt")
                .tags(tags)
                .register(registry));
        epochs = keep(Counter.builder("braid.producer.ids")
                .description("Producer ids asked for: the first, and one when all epochs of an id are used up")
                .tags(tags)
                .register(registry));
        batchBytes = keep(DistributionSummary.builder("braid.producer.batch.size")
                .description("Size of acknowledged batches before compression")
                .baseUnit("bytes")
                .tags(tags)
                .register(registry));
        requestBatches = keep(DistributionSummary.builder("braid.producer.request.batches")
                .description("Batches in a request")
                .tags(tags)
                .register(registry));
        requests = keep(Timer.builder("braid.producer.request.latency")
                .description("From sending a request to its answer")
                .tags(tags)
                .register(registry));
        blocked = keep(Timer.builder("braid.producer.blocked")
                .description("How long sends waited for memory")
                .tags(tags)
                .register(registry));
    }

    /** Adds what is read when it is asked for. */
    void gauges(String clientId, Supplier<Number> usedBytes, Supplier<Number> partitions) {
        keep(Gauge.builder("braid.producer.buffer.used", usedBytes)
                .description("Memory that records hold")
                .baseUnit("bytes")
                .tags("client.id", clientId)
                .register(registry));
        keep(Gauge.builder("braid.producer.partitions.active", partitions)
                .description("Partitions with records that are not acknowledged")
                .tags("client.id", clientId)
                .register(registry));
    }

    private <M extends Meter> M keep(M meter) {
        meters.add(meter);
        return meter;
    }

    void onFinished(Finished one) {
        if (one.failure() == null) {
            records.increment(one.batch().count);
            bytes.increment(one.batch().bytes);
            batchBytes.record(one.batch().bytes);
        } else {
            errors.increment(one.batch().count);
        }
    }

    void onRequest(int batches) {
        requestBatches.record(batches);
    }

    void onAnswer(long latencyNs) {
        requests.record(latencyNs, TimeUnit.NANOSECONDS);
    }

    void onRetry() {
        retries.increment();
    }

    void onIdentity() {
        epochs.increment();
    }

    void onBlocked(long waitedNs) {
        blocked.record(waitedNs, TimeUnit.NANOSECONDS);
    }

    /** Takes the meters out of the registry. */
    void close() {
        meters.forEach(registry::remove);
    }
}
