package io.braid.broker.metrics;

import java.util.List;
import java.util.Locale;

/** Writes docs/metrics.md from {@link Metric} and {@link JvmMetric}. */
final class MetricsPage {

    private static final String HEAD =
            """
            # Metrics

            <!-- Generated from broker/src/main/java/io/braid/broker/metrics/Metric.java. Do not edit; regenerate with
                 mvn -pl broker -am test -Dtest=MetricsPageTest -Dsurefire.failIfNoSpecifiedTests=false -Dbraid.docs.update=true -->

            A node shows its metrics at `http://ADMIN/metrics` in Prometheus' text format, where ADMIN is `admin.listener`
            (127.0.0.1:9644). Beside it `/healthz` answers 200 while the process lives, and `/readyz` answers 200 while it serves, else
            503 with the reason.

            Counters only rise. A timer `x` is shown as `x_seconds_count`, `x_seconds_sum`, `x_seconds_bucket` (a histogram from 100 us
            to 5 s) and `x_seconds_max`. The meters of an API, an error or a listener appear when it is first used.
            """;

    private MetricsPage() {}

    static String text() {
        StringBuilder page = new StringBuilder(HEAD);
        page.append("\n## Braid\n\n| name | kind | unit | labels | |\n|---|---|---|---|---|\n");
        for (Metric metric : Metric.values()) {
            row(page, prometheusName(metric.meter(), metric.kind()), metric.kind(), metric.unit(), metric.tags());
            page.append(metric.doc()).append(" |\n");
        }
        page.append(
                "\n## JVM and process\n\nMade by Micrometer; some depend on the collector and the Java version.\n\n");
        page.append("| name | kind | unit | |\n|---|---|---|---|\n");
        for (JvmMetric metric : JvmMetric.ALL) {
            row(page, metric.meter().replace('.', '_') + "*", metric.kind(), metric.unit(), null);
            page.append(metric.doc()).append(" |\n");
        }
        return page.toString();
    }

    /** The name of the family in the text format. */
    static String prometheusName(String meter, Metric.Kind kind) {
        String name = meter.replace('.', '_');
        return switch (kind) {
            case COUNTER -> name + "_total";
            case TIMER -> name + "_seconds";
            case GAUGE -> name;
        };
    }

    private static void row(StringBuilder page, String name, Metric.Kind kind, String unit, List<String> tags) {
        page.append("| `").append(name).append("` | ");
        page.append(kind.name().toLowerCase(Locale.ROOT))
                .append(" | ")
                .append(unit)
                .append(" | ");
        if (tags != null) {
            page.append(String.join(", ", tags)).append(" | ");
        }
    }
}
