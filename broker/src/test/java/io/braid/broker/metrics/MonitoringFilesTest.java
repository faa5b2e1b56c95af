package io.braid.broker.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Alert rules and dashboards ask for metrics that a node has, and each alert has a page that says what to do. */
class MonitoringFilesTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern NAME = Pattern.compile("\\b(?:braid|jvm|process|system)_[a-z0-9_]+\\b");
    private static final Pattern JSON_EXPRESSION = Pattern.compile("\"expr\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern ALERT = Pattern.compile("(?m)^\\s*- alert: (\\w+)$");

    static List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>(List.of(ROOT.resolve("deploy/prometheus/alerts.yml")));
        try (Stream<Path> dashboards = Files.list(ROOT.resolve("deploy/grafana/dashboards"))) {
            dashboards
                    .filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .forEach(files::add);
        }
        return files;
    }

    /** What a file asks Prometheus for. */
    private static Set<String> names(Path file) throws IOException {
        StringBuilder expressions = new StringBuilder();
        if (file.toString().endsWith(".json")) {
            Matcher found = JSON_EXPRESSION.matcher(Files.readString(file));
            while (found.find()) {
                expressions.append(found.group(1)).append('\n');
            }
        } else {
            Files.readAllLines(file).stream()
                    .filter(line -> !line.strip().startsWith("#"))
                    .forEach(line -> expressions.append(line).append('\n'));
        }
        Set<String> names = new TreeSet<>();
        Matcher name = NAME.matcher(expressions);
        while (name.find()) {
            names.add(name.group());
        }
        return names;
    }

    /** Whether a scrape of a node can have a series of that name. */
    private static boolean exists(String name) {
        for (Metric metric : Metric.values()) {
            String family = MetricsPage.prometheusName(metric.meter(), metric.kind());
            if (metric.kind() == Metric.Kind.TIMER
                    ? Stream.of("_count", "_sum", "_bucket", "_max").anyMatch(suffix -> name.equals(family + suffix))
                    : name.equals(family)) {
                return true;
            }
        }
        // Micrometer adds units to the JVM's.
        return JvmMetric.ALL.stream()
                .anyMatch(
                        metric -> name.matches(
                                metric.meter().replace('.', '_')
                                        + "(_(seconds|bytes|total|ratio|classes|threads|buffers|files|seconds_count|seconds_sum|seconds_max))?"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyMetricThatIsAskedForExists(Path file) throws IOException {
        Set<String> names = names(file);

        assertThat(names).isNotEmpty().allMatch(MonitoringFilesTest::exists);
    }

    @ParameterizedTest
    @CsvSource({
        "braid_topics, true",
        "braid_topics_total, false",
        "braid_log_append_bytes_total, true",
        "braid_log_append_bytes, false",
        "braid_log_fsync_seconds_bucket, true",
        "braid_log_fsync_seconds, false",
        "jvm_gc_pause_seconds_sum, true",
        "jvm_gc_paws_seconds_sum, false",
    })
    void namesAreThoseOfTheTextFormat(String name, boolean known) {
        assertThat(exists(name)).isEqualTo(known);
    }

    @Test
    void everyAlertHasARunbook() throws IOException {
        String rules = Files.readString(ROOT.resolve("deploy/prometheus/alerts.yml"));
        String runbooks = Files.readString(ROOT.resolve("docs/operations.md"));
        List<String> alerts = new ArrayList<>();
        Matcher alert = ALERT.matcher(rules);
        while (alert.find()) {
            alerts.add(alert.group(1));
        }

        assertThat(alerts).hasSizeGreaterThan(5).doesNotHaveDuplicates();
        for (String name : alerts) {
            assertThat(runbooks).contains("\n### " + name + "\n");
            assertThat(rules).contains("runbook: docs/operations.md#" + name.toLowerCase(Locale.ROOT) + "\n");
        }
    }
}
