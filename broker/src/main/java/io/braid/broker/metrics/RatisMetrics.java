package io.braid.broker.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.impl.RatisMetricRegistryImpl;
import org.apache.ratis.thirdparty.com.codahale.metrics.Counting;
import org.apache.ratis.thirdparty.com.codahale.metrics.Gauge;
import org.apache.ratis.thirdparty.com.codahale.metrics.Metric;

/**
 * What Ratis measures: its Dropwizard registries come and go with its servers, so their numbers are read anew at each
 * {@link #refresh()}. Thread-safe.
 */
final class RatisMetrics implements AutoCloseable {

    private final Set<RatisMetricRegistry> live = ConcurrentHashMap.newKeySet();
    private final Consumer<RatisMetricRegistry> onMade = live::add;
    private final Consumer<RatisMetricRegistry> onRemoved = live::remove;
    private final MultiGauge rows;

    RatisMetrics(MeterRegistry registry) {
        rows = MultiGauge.builder(io.braid.broker.metrics.Metric.RATIS.meter())
                .description(io.braid.broker.metrics.Metric.RATIS.doc())
                .register(registry);
        MetricRegistries.global().addReporterRegistration(onMade, onRemoved);
    }

    /** Finds the metrics there are now; before each scrape. */
    void refresh() {
        List<MultiGauge.Row<?>> found = new ArrayList<>();
        for (RatisMetricRegistry registry : live) {
            if (registry instanceof RatisMetricRegistryImpl dropwizard) {
                rowsOf(dropwizard, found);
            }
        }
        rows.register(found, true);
    }

    private static void rowsOf(RatisMetricRegistryImpl registry, List<MultiGauge.Row<?>> found) {
        MetricRegistryInfo info = registry.getMetricRegistryInfo();
        String component = info.getMetricsComponentName();
        String prefix = info.getApplicationName() + "." + component + "." + info.getPrefix() + ".";
        registry.getDropWizardMetricRegistry().getMetrics().forEach((name, metric) -> {
            if (metric instanceof Counting || metric instanceof Gauge<?>) {
                String local = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
                found.add(MultiGauge.Row.of(
                        Tags.of("component", component, "metric", local), metric, RatisMetrics::read));
            }
        });
    }

    private static double read(Metric metric) {
        if (metric instanceof Counting counting) {
            return counting.getCount();
        }
        Object value = ((Gauge<?>) metric).getValue();
        return value instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    @Override
    public void close() {
        MetricRegistries.global().removeReporterRegistration(onMade, onRemoved);
    }
}
