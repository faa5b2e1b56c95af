package io.braid.broker.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.broker.GeneratedPage;
import io.braid.broker.group.GroupCensus;
import io.braid.protocol.ApiCatalog;
import io.braid.protocol.Principal;
import io.braid.protocol.network.ConnectionState;
import io.micrometer.core.instrument.Meter;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.junit.jupiter.api.Test;

class MetricsPageTest {

    private static final ConnectionState CONNECTION = new ConnectionState(
            1, "PLAINTEXT", new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), Principal.ANONYMOUS);

    private static void useEverything(NodeMetrics metrics) {
        var produce = ApiCatalog.builder()
                .kafka(ApiKeys.PRODUCE)
                .build()
                .api((short) 0)
                .orElseThrow();
        metrics.requests().connectionOpened(CONNECTION);
        metrics.requests().requestReceived(CONNECTION, produce, (short) 13, 1000);
        metrics.requests().requestCompleted(CONNECTION, produce, (short) 13, 100, 2_000_000, 3_000_000);
        metrics.traffic().refused(ApiKeys.PRODUCE, Errors.NOT_LEADER_OR_FOLLOWER);
        metrics.log().onAppended(2, 1000, 30);
        for (NodeGauges.Depth depth : NodeGauges.Depth.values()) {
            metrics.gauges().bind(depth, "0", () -> 7);
        }
        metrics.gauges().bind(NodeGauges.Level.TOPICS, () -> 12);
        metrics.traffic().produced(Uuid.ZERO_UUID, 0, 0, 100);
        metrics.traffic().publish(1, id -> Optional.of("t"));
        metrics.groups()
                .onCensus(new GroupCensus(
                        Map.of(new GroupCensus.Kind("Classic", "Stable"), 3L),
                        List.of(new GroupCensus.Lag("g", "t", 17))));
    }

    private static String scrape(NodeMetrics metrics) throws IOException {
        StringWriter text = new StringWriter();
        metrics.scrape(text);
        return text.toString();
    }

    @Test
    void pageIsWhatTheMetersSay() throws IOException {
        GeneratedPage.check("metrics.md", MetricsPage.text());
    }

    @Test
    void registryHoldsWhatThePageListsAndNothingElse() throws IOException {
        try (NodeMetrics metrics = new NodeMetrics()) {
            useEverything(metrics);
            var info = new MetricRegistryInfo("peer-1", "braid-test", "log_worker", "a registry of Ratis");
            MetricRegistries.global().create(info).counter("flushes").inc();
            String text = scrape(metrics);
            MetricRegistries.global().remove(info);

            assertThat(text.lines()).contains("braid_ratis{component=\"log_worker\",metric=\"flushes\",} 1.0");

            Set<String> registered = metrics.registry().getMeters().stream()
                    .map(Meter::getId)
                    .map(Meter.Id::getName)
                    .collect(Collectors.toCollection(TreeSet::new));
            Set<String> listed =
                    Arrays.stream(Metric.values()).map(Metric::meter).collect(Collectors.toSet());
            Set<String> jvm = JvmMetric.ALL.stream().map(JvmMetric::meter).collect(Collectors.toSet());

            assertThat(registered).containsAll(listed);
            registered.removeAll(listed);
            registered.removeAll(jvm);
            assertThat(registered).isEmpty();
        }
    }

    @Test
    void prometheusSeesTheNamesOfThePage() throws IOException {
        try (NodeMetrics metrics = new NodeMetrics()) {
            useEverything(metrics);

            String text = scrape(metrics);

            for (Metric metric : Metric.values()) {
                if (metric != Metric.RATIS) {
                    assertThat(text)
                            .contains("# HELP " + MetricsPage.prometheusName(metric.meter(), metric.kind()) + " ");
                }
            }
            assertThat(text.lines())
                    .contains(
                            "braid_request_seconds_count{api=\"PRODUCE\",} 1.0",
                            "braid_request_seconds_bucket{api=\"PRODUCE\",le=\"0.005\",} 1.0",
                            "braid_request_bytes_total{api=\"PRODUCE\",} 1000.0",
                            "braid_request_handler_seconds_total{api=\"PRODUCE\",} 0.002",
                            "braid_request_errors_total{api=\"PRODUCE\",error=\"NOT_LEADER_OR_FOLLOWER\",} 1.0",
                            "braid_connections{listener=\"PLAINTEXT\",} 1.0",
                            "braid_log_append_records_total 30.0",
                            "braid_shard_thread_queue{thread=\"0\",} 7.0",
                            "braid_topics 12.0",
                            "braid_shards 0.0");
        }
    }

    @Test
    void vendorKeysHaveMetersOfTheirOwn() {
        try (NodeMetrics metrics = new NodeMetrics()) {
            ApiCatalog catalog = ApiCatalog.builder()
                    .kafka(ApiKeys.PRODUCE)
                    .vendor(
                            (short) 10_000,
                            (short) 0,
                            (short) 0,
                            ApiKeys.PRODUCE.messageType::newRequest,
                            ApiKeys.PRODUCE.messageType::newResponse,
                            "REGISTER")
                    .build();
            for (short key : List.of((short) 0, (short) 10_000)) {
                metrics.requests().requestReceived(CONNECTION, catalog.api(key).orElseThrow(), (short) 0, 5);
            }

            assertThat(metrics.registry()
                            .get("braid.request.bytes")
                            .tag("api", "REGISTER")
                            .functionCounter()
                            .count())
                    .isEqualTo(5);
            assertThat(metrics.registry()
                            .get("braid.request.bytes")
                            .tag("api", "PRODUCE")
                            .functionCounter()
                            .count())
                    .isEqualTo(5);
        }
    }
}
