package io.braid.broker.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** Metadata commands that this node submits to the quorum. */
public final class CommandMetrics {

    private final Timer latency;
    private final Counter failures;

    CommandMetrics(Meters meters) {
        latency = meters.timer(Metric.COMMAND_SECONDS);
        failures = meters.counter(Metric.COMMAND_FAILURES);
    }

    /** A command was applied, whatever its result. */
    public void onApplied(long nanos) {
        latency.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** A command is not known to be applied: no leader, a timeout, a closed connection. */
    public void onFailed() {
        failures.increment();
    }
}
