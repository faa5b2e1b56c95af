package io.braid.simulation.scale;

import io.braid.broker.cli.Json;
import io.braid.simulation.scale.Plots.Curve;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes what a run came to: its lines, tables of the full size and of each series, and plots. Reads nothing but the lines. */
final class ScaleReport {
    private static final String GOSSIP = "gossip-4";

    private final Lines lines;
    private final StringBuilder text = new StringBuilder();

    ScaleReport(List<Map<String, Object>> lines) {
        this.lines = new Lines(lines);
    }

    /** Into {@code report.md}, {@code lines.jsonl}, and SVG and PNG files beside them. */
    void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.write(
                directory.resolve("lines.jsonl"),
                lines.all().stream().map(Json::of).toList());
        Plots plots = new Plots(directory);
        draw(plots);
        Lines full = lines.where("series", "full");
        line("# Scale by simulation: report");
        line("");
        line("Written by `bin/braid simulate scale --report`; what is shipped code and what a model is in"
                + " [scale.md](../scale.md). Bytes and records are counted. Times of the shipped code are processor time"
                + " on the machine of this run, most of them medians; delays are simulated with them.");
        bounds(full);
        heading("What the full size weighs");
        table(
                full.where("experiment", "image"),
                "brokers",
                "topics",
                "partitions",
                "shards",
                "imageHeapBytes",
                "snapshotBytes",
                "snapshotEncodeMs",
                "snapshotDecodeMs",
                "snapshotFileWriteMs",
                "snapshotFileReadMs",
                "snapshotToAllBrokersMs");
        heading("What happens to it");
        table(
                full.where("experiment", "happening"),
                "happening",
                "raftEntries",
                "raftBytes",
                "records",
                "deltaBytes",
                "applyMs",
                "applyAllocatedBytes");
        table(
                full.where("experiment", "happening").where("happening", Happening.ROLLING_RESTART.id()),
                "happening",
                "brokersRestarted",
                "raftEntriesForAllBrokers",
                "recordsForAllBrokers");
        heading("How it spreads");
        table(
                full.where("experiment", "spreading"),
                "happening",
                "way",
                "brokerP50Ms",
                "brokerP99Ms",
                "brokerMaxMs",
                "clientP50Ms",
                "clientP99Ms",
                "clientMaxMs",
                "leaderSentBytes",
                "leaderCpuMs",
                "peerBytes",
                "redundantBytes",
                "hops",
                "clientBytes");
        heading("What a client asks for and holds");
        table(
                full.where("experiment", "subscription"),
                "what",
                "partitionsWatched",
                "answerBytes",
                "answerUs",
                "routeUs",
                "clientHeapBytes",
                "allClientsHeapBytes");
        heading("The controller while nothing happens");
        table(
                lines.where("experiment", "steady").where("series", "brokers"),
                "brokers",
                "heartbeatsPerSecond",
                "pollsPerSecond",
                "bytesPerSecond",
                "cpuSecondsPerSecond");
        for (String series : List.of("brokers", "topics", "partitions", "shards")) {
            series(series);
        }
        heading("Plots");
        plots.names().forEach(name -> line("![" + name + "](" + name + ".svg)\n"));
        Files.writeString(directory.resolve("report.md"), text.toString());
    }

    private void bounds(Lines full) {
        heading("The nearest limit first");
        line("| bound | here | limit | share | where |");
        line("|---|---|---|---|---|");
        for (Bounds.Bound bound : Bounds.of(full)) {
            line("| " + bound.what() + " | " + shown(bound.has()) + " | " + shown(bound.limit()) + " | "
                    + shown(100 * bound.share()) + " % | " + bound.where() + " |");
        }
    }

    /** What grows with the one thing that differs. */
    private void series(String name) {
        Lines of = lines.where("series", name);
        heading("By " + name);
        table(of.where("experiment", "image"), name, "imageHeapBytes", "snapshotBytes", "snapshotDecodeMs");
        table(
                of.where("experiment", "happening").where("happening", Happening.BROKER_LOSS.id()),
                name,
                "records",
                "deltaBytes",
                "applyMs",
                "applyAllocatedBytes");
        table(
                of.where("experiment", "spreading").where("happening", Happening.BROKER_LOSS.id()),
                name,
                "way",
                "brokerP50Ms",
                "brokerP99Ms",
                "brokerMaxMs",
                "clientP99Ms",
                "leaderSentBytes",
                "peerBytes");
        table(
                of.where("experiment", "subscription").where("what", "ten topics"),
                name,
                "partitionsWatched",
                "answerBytes",
                "clientHeapBytes");
    }

    private void draw(Plots plots) throws IOException {
        plots.draw(
                "image",
                "An image and its snapshot, by topics",
                "topics",
                "bytes",
                List.of(
                        curve("heap", "topics", lines.where("experiment", "image"), "topics", "imageHeapBytes"),
                        curve("snapshot", "topics", lines.where("experiment", "image"), "topics", "snapshotBytes")));
        plots.draw(
                "partitions",
                "An image, by partitions of 1,000 topics",
                "partitions",
                "bytes",
                List.of(
                        curve("heap", "partitions", lines.where("experiment", "image"), "partitions", "imageHeapBytes"),
                        curve(
                                "snapshot",
                                "partitions",
                                lines.where("experiment", "image"),
                                "partitions",
                                "snapshotBytes")));
        Lines loss = lines.where("happening", Happening.BROKER_LOSS.id());
        Lines cost = loss.where("experiment", "happening");
        plots.draw(
                "loss",
                "A lost broker, by shards of the cluster",
                "shards",
                "records, bytes",
                List.of(
                        curve("records", "shards", cost, "shards", "records"),
                        curve("bytes of the delta", "shards", cost, "shards", "deltaBytes")));
        Lines pull = loss.where("way", "pull");
        Lines gossip = loss.where("way", GOSSIP);
        plots.draw(
                "delay",
                "Delay of a lost broker's news, by brokers",
                "brokers",
                "ms",
                List.of(
                        curve("pull, p50", "brokers", pull, "brokers", "brokerP50Ms"),
                        curve("pull, max", "brokers", pull, "brokers", "brokerMaxMs"),
                        curve("gossip, p50", "brokers", gossip, "brokers", "brokerP50Ms"),
                        curve("gossip, max", "brokers", gossip, "brokers", "brokerMaxMs"),
                        curve("pull, clients p99", "brokers", pull, "brokers", "clientP99Ms")));
        plots.draw(
                "sent",
                "Bytes sent for a lost broker, by brokers",
                "brokers",
                "bytes",
                List.of(
                        curve("pull, by the leader", "brokers", pull, "brokers", "leaderSentBytes"),
                        curve("gossip, by the leader", "brokers", gossip, "brokers", "leaderSentBytes"),
                        curve("gossip, by all", "brokers", gossip, "brokers", "peerBytes")));
        Lines ten = lines.where("experiment", "subscription").where("what", "ten topics");
        plots.draw(
                "client",
                "A client of ten topics, by shards",
                "shards",
                "bytes",
                List.of(
                        curve("first answer", "shards", ten, "shards", "answerBytes"),
                        curve("heap", "shards", ten, "shards", "clientHeapBytes")));
    }

    private static Curve curve(String name, String series, Lines from, String x, String y) {
        Lines of = from.where("series", series);
        return new Curve(name, of.numbers(x), of.numbers(y));
    }

    private void heading(String title) {
        line("");
        line("## " + title);
        line("");
    }

    /** The named columns; nothing if there are no lines. */
    private void table(Lines of, String... columns) {
        if (of.isEmpty()) {
            return;
        }
        line("| " + String.join(" | ", columns) + " |");
        line("|" + "---|".repeat(columns.length));
        for (Map<String, Object> each : of.all()) {
            List<String> cells = new ArrayList<>();
            for (String column : columns) {
                Object value = each.get(column);
                cells.add(
                        value instanceof Number number
                                ? shown(number.doubleValue())
                                : value == null ? "" : value.toString());
            }
            line("| " + String.join(" | ", cells) + " |");
        }
        line("");
    }

    private static String shown(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,d", (long) value)
                : String.format(Locale.ROOT, value < 10 ? "%.3f" : "%,.1f", value);
    }

    private void line(String words) {
        text.append(words).append('\n');
    }
}
