package io.braid.broker.metrics;

import io.braid.broker.group.GroupCensus;
import io.braid.broker.group.GroupEvents;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** Groups: what happens, and every few seconds what there is. Thread-safe. */
public final class GroupMetrics implements GroupEvents {

    private final Timer commits;
    private final Counter offsets;
    private final Counter rebalances;
    private final Timer loads;
    private final MultiGauge groups;
    private final MultiGauge lags;

    GroupMetrics(Meters meters, MeterRegistry registry) {
        commits = meters.timer(Metric.GROUP_COMMIT_SECONDS);
        offsets = meters.counter(Metric.GROUP_OFFSETS);
        rebalances = meters.counter(Metric.GROUP_REBALANCES);
        loads = meters.timer(Metric.GROUP_LOAD_SECONDS);
        groups = multi(registry, Metric.GROUPS);
        lags = multi(registry, Metric.GROUP_LAG);
    }

    @Override
    public void committed(int count, long nanos) {
        commits.record(nanos, TimeUnit.NANOSECONDS);
        offsets.increment(count);
    }

    @Override
    public void rebalanced(int count) {
        rebalances.increment(count);
    }

    @Override
    public void loaded(long records, long millis) {
        loads.record(millis, TimeUnit.MILLISECONDS);
    }

    /** Shows a census in place of the one before. */
    public void onCensus(GroupCensus census) {
        groups.register(
                census.groups().entrySet().stream()
                        .map(one -> MultiGauge.Row.of(
                                Tags.of(
                                        "type",
                                        one.getKey().type(),
                                        "state",
                                        one.getKey().state()),
                                one.getValue()))
                        .toList(),
                true);
        lags.register(
                census.lags().stream()
                        .map(lag -> MultiGauge.Row.of(
                                Tags.of("group", lag.group(), "topic", lag.topic()), (Number) lag.records()))
                        .toList(),
                true);
    }

    private static MultiGauge multi(MeterRegistry registry, Metric metric) {
        return MultiGauge.builder(metric.meter()).description(metric.doc()).register(registry);
    }
}
