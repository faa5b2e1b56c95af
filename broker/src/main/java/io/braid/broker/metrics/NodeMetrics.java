package io.braid.broker.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.Writer;

/**
 * Everything that a node measures. Components get the part that they report to. Thread-safe.
 *
 * <p>Make it before the quorum: Ratis announces only the registries that are made afterwards.
 */
public final class NodeMetrics implements AutoCloseable {

    /** The simpleclient registry, which Micrometer keeps beside that of Prometheus' newer client. */
    @SuppressWarnings("deprecation")
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    private final Meters meters = new Meters(registry);
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final RequestMetrics requests;
    private final LogMetrics log;
    private final NodeGauges gauges;
    private final CommandMetrics commands;
    private final GroupMetrics groups;
    private final CleanerMetrics cleaner;
    private final TrafficMetrics traffic;
    private final RatisMetrics ratis;

    public NodeMetrics() {
        requests = new RequestMetrics(meters);
        log = new LogMetrics(meters);
        gauges = new NodeGauges(meters);
        commands = new CommandMetrics(meters);
        groups = new GroupMetrics(meters, registry);
        cleaner = new CleanerMetrics(meters);
        traffic = new TrafficMetrics(registry, log::onRead, requests);
        ratis = new RatisMetrics(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        gc.bindTo(registry);
    }

    /** For the servers: requests by API, connections by listener. */
    public RequestMetrics requests() {
        return requests;
    }

    /** For the log directories, and for the shards that append and read. */
    public LogMetrics log() {
        return log;
    }

    /** For components that keep a level, such as the length of a queue. */
    public NodeGauges gauges() {
        return gauges;
    }

    /** For the broker's session with the quorum. */
    public CommandMetrics commands() {
        return commands;
    }

    /** For the group coordinator. */
    public GroupMetrics groups() {
        return groups;
    }

    /** For the log cleaner. */
    public CleanerMetrics cleaner() {
        return cleaner;
    }

    /** For the handlers that write and read records for clients. */
    public TrafficMetrics traffic() {
        return traffic;
    }

    /** Writes all meters in Prometheus' text format, version 0.0.4. */
    public void scrape(Writer writer) throws IOException {
        ratis.refresh();
        registry.scrape(writer);
    }

    /** For tests and for meters of a component's own. */
    MeterRegistry registry() {
        return registry;
    }

    @Override
    public void close() {
        ratis.close();
        gc.close();
        registry.close();
    }
}
