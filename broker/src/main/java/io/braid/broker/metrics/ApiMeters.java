package io.braid.broker.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/** The meters of one API. Thread-safe. */
final class ApiMeters {

    /** Above Kafka's codes, which go from -1 to about 140. */
    private static final int ERROR_CODES = 512;

    private final Meters meters;
    private final String api;
    private final Timer latency;
    private final LongAdder handlerNs = new LongAdder();
    private final LongAdder requestBytes = new LongAdder();
    private final LongAdder responseBytes = new LongAdder();
    private final AtomicReferenceArray<Counter> errors = new AtomicReferenceArray<>(ERROR_CODES);

    ApiMeters(Meters meters, String api) {
        this.meters = meters;
        this.api = api;
        this.latency = meters.timer(Metric.REQUEST_SECONDS, api);
        meters.counter(Metric.REQUEST_HANDLER_SECONDS, () -> handlerNs.sum() / 1e9, api);
        meters.counter(Metric.REQUEST_BYTES, requestBytes::sum, api);
        meters.counter(Metric.RESPONSE_BYTES, responseBytes::sum, api);
    }

    void onReceived(int sizeBytes) {
        requestBytes.add(sizeBytes);
    }

    void onCompleted(long sizeBytes, long handlerNs, long totalNs) {
        responseBytes.add(sizeBytes);
        this.handlerNs.add(handlerNs);
        latency.record(totalNs, TimeUnit.NANOSECONDS);
    }

    void onError(short code, String name) {
        int index = Math.floorMod(code, ERROR_CODES);
        Counter counter = errors.get(index);
        if (counter == null) {
            counter = meters.counter(Metric.REQUEST_ERRORS, api, name);
            errors.set(index, counter);
        }
        counter.increment();
    }
}
