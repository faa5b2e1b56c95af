package io.braid.perf.chaos;

import io.braid.perf.chaos.check.Anomaly;
import io.braid.perf.chaos.check.Report;
import io.braid.perf.chaos.fault.Fault;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A report for people, and as one line of JSON. */
final class ReportText {

    private ReportText() {}

    /** Several lines. */
    static String of(Report report, Map<Fault, Integer> faults) {
        StringBuilder text = new StringBuilder();
        line(
                text,
                "sent %,d: acknowledged %,d (%,d without an offset), failed %,d, unknown %,d",
                report.sent(),
                report.acked(),
                report.withoutOffset(),
                report.failed(),
                report.unknown());
        line(text, "read %,d in %,d polls; %,d commits", report.read(), report.polls(), report.commits());
        if (!faults.isEmpty()) {
            line(
                    text,
                    "faults: %s",
                    faults.entrySet().stream()
                            .map(f -> f.getValue() + " " + f.getKey().text())
                            .collect(Collectors.joining(", ")));
        }
        line(
                text,
                "longest pause of a partition: %d ms (%d ms before the first fault); %s",
                report.longestPauseOfAllMs(),
                report.calmPauseMs(),
                report.longestPauseMs().entrySet().stream()
                        .map(p -> p.getKey() + ": " + p.getValue() + " ms at "
                                + report.pausedAtMs().get(p.getKey()) / 1000 + " s")
                        .collect(Collectors.joining(", ")));
        report.calmErrors().forEach((error, times) -> line(text, "  before the first fault: %,d x %s", times, error));
        report.errors().forEach((error, times) -> line(text, "  %,d x %s", times, error));
        report.anomalies().forEach((anomaly, times) -> {
            line(text, "VIOLATION %s: %,d", anomaly.text(), times);
            report.examples().get(anomaly).forEach(example -> line(text, "  %s", example));
        });
        return text.append(report.valid() ? "valid: nothing was lost, repeated or reordered" : "NOT VALID")
                .toString();
    }

    /** One object. */
    static String json(Report report, Map<Fault, Integer> faults, Map<String, Object> more) {
        Map<String, Object> members = new LinkedHashMap<>(more);
        members.put("valid", report.valid());
        members.put("sent", report.sent());
        members.put("acked", report.acked());
        members.put("acked-without-offset", report.withoutOffset());
        members.put("failed", report.failed());
        members.put("unknown", report.unknown());
        members.put("read", report.read());
        members.put("polls", report.polls());
        members.put("commits", report.commits());
        Map<String, Object> done = new LinkedHashMap<>();
        faults.forEach((fault, times) -> done.put(fault.text(), times));
        members.put("faults", done);
        Map<String, Object> pauses = new LinkedHashMap<>();
        report.longestPauseMs().forEach((partition, ms) -> pauses.put(Integer.toString(partition), ms));
        members.put("longest-pause-ms", pauses);
        members.put("longest-pause-ms-of-all", report.longestPauseOfAllMs());
        members.put("longest-pause-ms-before-faults", report.calmPauseMs());
        members.put("errors", report.errors());
        members.put("errors-before-faults", report.calmErrors());
        Map<String, Object> anomalies = new LinkedHashMap<>();
        for (Map.Entry<Anomaly, Long> anomaly : report.anomalies().entrySet()) {
            anomalies.put(anomaly.getKey().text(), anomaly.getValue());
        }
        members.put("violations", anomalies);
        return value(members);
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency
    private static void line(StringBuilder text, String format, Object... arguments) {
        text.append(String.format(format, arguments)).append('\n');
    }

    private static String value(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(e -> value(e.getKey()) + ":" + value(e.getValue()))
                    .collect(Collectors.joining(",", "{", "}"));
        }
        if (value instanceof List<?> list) {
            return list.stream().map(ReportText::value).collect(Collectors.joining(",", "[", "]"));
        }
        if (value instanceof Number || value instanceof Boolean) {
            return value.toString();
        }
        return '"'
                + value.toString().replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n")
                + '"';
    }
}
