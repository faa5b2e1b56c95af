package io.braid.perf.report;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A figure that reports show. Immutable.
 *
 * @param field of a result line
 * @param title with the unit
 * @param scale what a value is multiplied by to come to that unit
 * @param better which way is good
 */
record Metric(String field, String title, double scale, Better better) {
    private static final double MB = 1e-6;

    /** Which of two values is the good one. */
    enum Better {
        HIGHER,
        LOWER
    }

    private static final Metric MB_PER_S = higher("mbPerS", "MB/s");
    private static final Metric CPU_PER_GB = lower("cpuSecondsPerGb", "broker CPU, s/GB");
    private static final Metric CLIENT_CPU_PER_GB = lower("clientCpuSecondsPerGb", "client CPU, s/GB");
    private static final Metric CPU_PER_RECORD = lower("cpuMicrosPerRecord", "broker CPU, us/record");
    private static final Metric P50 = lower("p50Ms", "p50, ms");
    private static final Metric P99 = lower("p99Ms", "p99, ms");
    private static final Metric P999 = lower("p999Ms", "p99.9, ms");
    private static final Metric P9999 = lower("p9999Ms", "p99.99, ms");

    private static final Map<String, List<Metric>> BY_WORKLOAD = Map.of(
            "produce", List.of(MB_PER_S, CPU_PER_GB, CLIENT_CPU_PER_GB, P50, P99),
            "consume", List.of(MB_PER_S, CPU_PER_GB, CLIENT_CPU_PER_GB),
            "end-to-end", List.of(P50, P99, P999, P9999, CPU_PER_RECORD),
            "spread", List.of(MB_PER_S, CPU_PER_RECORD, P99),
            "groups-commits", List.of(higher("commitsPerS", "commits/s"), P50, P99),
            "groups-rebalance",
                    List.of(
                            lower("joinMs", "until all members share all partitions, ms"),
                            lower("oneJoinsMs", "one more member, ms"),
                            lower("oneLeavesMs", "one member less, ms"),
                            lower("idleCpuPercent", "broker CPU of the group at rest, percent of a core")),
            "groups-many",
                    List.of(
                            higher("joinsPerS", "groups formed/s"),
                            higher("heartbeatsPerS", "heartbeats/s"),
                            lower("cpuMicrosPerHeartbeat", "broker CPU, us/heartbeat"),
                            P50,
                            P99,
                            lower("heapBytesPerGroup", "heap, bytes/group")),
            "start",
                    List.of(
                            lower("readyMs", "process to ready, ms"),
                            scaled("rssBytes", "RSS when idle, MB", MB)),
            "failover",
                    List.of(
                            lower("lostGapMedianMs", "gap, partitions of the killed broker, median, ms"),
                            lower("lostGapMaxMs", "gap, partitions of the killed broker, longest, ms"),
                            lower("otherGapMaxMs", "gap, all other partitions, longest, ms")));

    /** Of the series over numbers of partitions, in the order of its table. */
    static final List<Metric> OF_PARTITIONS = List.of(
            lower("createMs", "create, ms"),
            lower("createdMs", "create until 100 random partitions acknowledge, ms"),
            lower("metadataRecords", "entries of the metadata log for it"),
            lower("fillMs", "one record to every partition, ms"),
            higher("fillRecordsPerS", "one record to every partition, records/s"),
            lower("metadataMs", "Metadata of everything, ms"),
            scaled("metadataBytes", "Metadata of everything, MB", MB),
            scaled("heapAfterGcBytes", "heap after collection, MB", MB),
            scaled("rssBytes", "RSS, MB", MB),
            lower("fds", "file descriptors"),
            lower("maps", "memory maps"),
            lower("files", "files"),
            scaled("diskBytes", "disk, MB", MB),
            lower("cleanStopMs", "clean stop, ms"),
            lower("cleanReadyMs", "start after a clean stop until 200 random partitions acknowledge, ms"),
            lower("killedReadyMs", "start after kill -9 until 200 random partitions acknowledge, ms"),
            scaled("rssAfterStartBytes", "RSS after the start, MB", MB));

    /** What is shown of a workload; nothing of one that is not known. */
    static List<Metric> of(String workload) {
        return BY_WORKLOAD.getOrDefault(workload, List.of());
    }

    /** In the metric's unit. */
    OptionalDouble valueIn(Result result) {
        OptionalDouble value = result.number(field);
        return value.isPresent() ? OptionalDouble.of(value.getAsDouble() * scale) : value;
    }

    private static Metric higher(String field, String title) {
        return new Metric(field, title, 1, Better.HIGHER);
    }

    private static Metric lower(String field, String title) {
        return new Metric(field, title, 1, Better.LOWER);
    }

    private static Metric scaled(String field, String title, double scale) {
        return new Metric(field, title, scale, Better.LOWER);
    }
}
