package io.braid.broker.metrics;

import java.util.List;

/** The meters that Micrometer's own binders make, for docs/metrics.md. */
record JvmMetric(String meter, Metric.Kind kind, String unit, String doc) {

    static final List<JvmMetric> ALL = List.of(
            gauge("jvm.buffer.count", "buffers", "Direct and mapped buffers."),
            gauge("jvm.buffer.memory.used", "bytes", "Memory of direct and mapped buffers."),
            gauge("jvm.buffer.total.capacity", "bytes", "Capacity of direct and mapped buffers."),
            gauge("jvm.classes.loaded", "classes", "Classes loaded now."),
            gauge("jvm.classes.loaded.count", "classes", "Classes loaded since the start."),
            counter("jvm.classes.unloaded", "classes", "Classes unloaded."),
            counter("jvm.gc.concurrent.phase.time", "s", "Concurrent collection; a timer."),
            gauge("jvm.gc.live.data.size", "bytes", "Old generation after its last collection."),
            gauge("jvm.gc.max.data.size", "bytes", "Largest size of the old generation."),
            counter("jvm.gc.memory.allocated", "bytes", "Allocated in the young generation."),
            counter("jvm.gc.memory.promoted", "bytes", "Moved to the old generation."),
            new JvmMetric("jvm.gc.pause", Metric.Kind.TIMER, "s", "Pauses, by action and cause."),
            gauge("jvm.memory.committed", "bytes", "Memory committed, by area."),
            gauge("jvm.memory.max", "bytes", "Memory that may be used, by area."),
            gauge("jvm.memory.used", "bytes", "Memory used, by area."),
            gauge("jvm.threads.daemon", "threads", "Daemon threads."),
            gauge("jvm.threads.live", "threads", "Threads."),
            gauge("jvm.threads.peak", "threads", "Most threads at once."),
            counter("jvm.threads.started", "threads", "Threads started."),
            gauge("jvm.threads.states", "threads", "Threads by state."),
            gauge("process.cpu.usage", "share", "Share of the machine's CPU that the process uses."),
            counter("process.cpu.time", "ns", "CPU time of the process."),
            gauge("process.files.max", "files", "File descriptors that may be open."),
            gauge("process.files.open", "files", "File descriptors open."),
            gauge("process.start.time", "s", "Start of the process since 1970."),
            gauge("process.uptime", "s", "Time since the start."),
            gauge("system.cpu.count", "cpus", "Processors."),
            gauge("system.cpu.usage", "share", "Share of the machine's CPU in use."),
            gauge("system.load.average.1m", "tasks", "Load average of one minute."));

    private static JvmMetric gauge(String meter, String unit, String doc) {
        return new JvmMetric(meter, Metric.Kind.GAUGE, unit, doc);
    }

    private static JvmMetric counter(String meter, String unit, String doc) {
        return new JvmMetric(meter, Metric.Kind.COUNTER, unit, doc);
    }
}
