package io.braid.perf.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The page of a run: what is worse than Apache Kafka and what is better, the tables behind it, the pictures, the machine and the
 * settings. Pure: the same lines give the same page.
 */
final class Report {
    private static final double QUIET_PERCENT = 10;

    private final List<Result> results;
    private final List<String> pictures;
    private final String link;
    private final String made;

    /**
     * A page about results.
     *
     * @param results in the order in which they were measured
     * @param pictures names of their files, without endings
     * @param link what the pictures' names begin with in links, empty or a directory with its slash
     * @param made the command that made the page, and what it read
     */
    Report(List<Result> results, List<String> pictures, String link, String made) {
        this.results = List.copyOf(results);
        this.pictures = List.copyOf(pictures);
        this.link = link;
        this.made = made;
    }

    /** In Markdown. */
    String text() {
        Markdown page = new Markdown();
        page.heading(1, "Braid beside Apache Kafka, measured " + day());
        page.paragraph("Both brokers ran in turn on the same machine with the same heap, never at once; figures are"
                + " medians of the runs with the least and the most in brackets. A ratio is Braid's median through"
                + " Kafka's. Medians within a twentieth of each other, and ranges that overlap, count as no difference."
                + (quick() ? " **A quick run**: short measurements, and few of them." : ""));
        List<Comparison> brokers = Comparison.of(results, ours(Side.BRAID), ours(Side.KAFKA));
        List<PartitionSeries> allSeries = PartitionSeries.of(results);
        verdicts(
                page,
                Stream.concat(
                                brokers.stream(),
                                allSeries.stream()
                                        .flatMap(series -> series.comparisons().stream()))
                        .toList());
        if (!brokers.isEmpty()) {
            page.heading(2, "The brokers, with kafka-clients").table(HEAD, rows(brokers));
        }
        clients(page);
        allSeries.forEach(series -> series(page, series));
        failures(page);
        pictures(page);
        noise(page);
        machine(page);
        page.heading(2, "How this page was made").paragraph(made);
        return page.text();
    }

    private static final List<String> HEAD = List.of("load", "figure", "Braid", "Apache Kafka", "ratio", "");

    private static Predicate<Result> ours(Side side) {
        return result -> side.is(result) && result.client().equals("kafka");
    }

    private static List<List<String>> rows(List<Comparison> comparisons) {
        List<List<String>> rows = new ArrayList<>();
        String last = "";
        for (Comparison one : comparisons) {
            rows.add(List.of(
                    one.title().equals(last) ? "" : one.title(),
                    one.metric().title(),
                    one.ours().map(Sample::text).orElse("none"),
                    one.theirs().map(Sample::text).orElse("none"),
                    one.ratioText(),
                    mark(one.verdict())));
            last = one.title();
        }
        return rows;
    }

    private static String mark(Comparison.Verdict verdict) {
        return switch (verdict) {
            case BETTER -> "better";
            case WORSE -> "**worse**";
            case NO_DIFFERENCE -> "no difference";
            case UNKNOWN -> "";
        };
    }

    private static void verdicts(Markdown page, List<Comparison> comparisons) {
        List<String> worse = named(comparisons, Comparison.Verdict.WORSE);
        List<String> better = named(comparisons, Comparison.Verdict.BETTER);
        List<String> same = named(comparisons, Comparison.Verdict.NO_DIFFERENCE);
        if (worse.isEmpty() && better.isEmpty() && same.isEmpty()) {
            return;
        }
        page.heading(2, "Worse than Apache Kafka");
        page.list(worse.isEmpty() ? List.of("nothing that was measured on both") : worse);
        page.heading(2, "Better than Apache Kafka");
        page.list(better.isEmpty() ? List.of("nothing that was measured on both") : better);
        if (!same.isEmpty()) {
            page.heading(2, "No difference").list(same);
        }
    }

    private static List<String> named(List<Comparison> comparisons, Comparison.Verdict verdict) {
        return comparisons.stream()
                .filter(one -> one.verdict() == verdict)
                .map(one -> one.title() + ": " + one.metric().title() + " x " + one.ratioText())
                .toList();
    }

    private void clients(Markdown page) {
        List<List<String>> rows = new ArrayList<>();
        for (Side side : Side.values()) {
            Comparison.of(
                            results.stream().filter(side::is).toList(),
                            result -> result.client().equals("braid"),
                            result -> result.client().equals("kafka"))
                    .stream()
                    .filter(one -> one.ours().isPresent())
                    .forEach(one -> rows.add(List.of(
                            one.title(),
                            side.title(),
                            one.metric().title(),
                            one.ours().map(Sample::text).orElse("none"),
                            one.theirs().map(Sample::text).orElse("none"),
                            one.ratioText(),
                            mark(one.verdict()))));
        }
        if (!rows.isEmpty()) {
            page.heading(2, "The clients, on both brokers")
                    .paragraph("A ratio is the figure with Braid's client through that with kafka-clients.")
                    .table(List.of("load", "broker", "figure", "Braid's client", "kafka-clients", "ratio", ""), rows);
        }
    }

    private static void series(Markdown page, PartitionSeries series) {
        page.heading(2, "Numbers of partitions: " + series.title()).table(series.head(), series.rows());
        for (Result stop : series.stops()) {
            String broker = stop.broker().equals(Side.BRAID.broker()) ? Side.BRAID.title() : Side.KAFKA.title();
            page.paragraph("**" + broker + " stopped on the way to "
                    + Sample.number(stop.number("partitions").orElse(0)) + " partitions**, with "
                    + Sample.number(stop.number("partitionsMade").orElse(0)) + " made: " + stop.text("stopped"));
            page.code(stop.texts("logLines"));
        }
    }

    /** What a run could not measure, unless a later one did. */
    private void failures(Markdown page) {
        List<String> failed = results.stream()
                .filter(result -> result.workload().equals("failed"))
                .filter(result -> results.stream()
                        .noneMatch(other -> other.workload().equals("done")
                                && List.of("case", "broker", "round").stream()
                                        .allMatch(name -> other.text(name).equals(result.text(name)))))
                .map(result -> result.title() + ", " + result.broker() + ", round " + result.text("round") + ": "
                        + result.text("problem"))
                .distinct()
                .toList();
        if (!failed.isEmpty()) {
            page.heading(2, "What could not be measured").list(failed);
        }
    }

    private void pictures(Markdown page) {
        if (!pictures.isEmpty()) {
            page.heading(2, "Pictures");
            pictures.forEach(name -> page.paragraph(
                    "![" + name + "](" + link + name + ".svg) [PNG](" + link + name + ".png)"));
        }
    }

    /** What else the machine did meanwhile. */
    private void noise(Markdown page) {
        List<Result> measured = results.stream()
                .filter(result -> result.number("otherCpuPercent").isPresent())
                .toList();
        if (measured.isEmpty()) {
            return;
        }
        Sample other = Sample.of(measured.stream()
                        .map(result -> result.number("otherCpuPercent").orElse(0))
                        .toList())
                .orElseThrow();
        page.heading(2, "How quiet the machine was");
        page.paragraph("CPU of anything but brokers and clients while measuring, in percent of a core: median "
                + Sample.number(other.median()) + ", most " + Sample.number(other.most()) + ".");
        List<String> loud = measured.stream()
                .filter(result -> result.number("otherCpuPercent").orElse(0) > QUIET_PERCENT)
                .map(result -> result.title() + ", " + result.broker() + ", " + result.client() + " client: "
                        + Sample.number(result.number("otherCpuPercent").orElse(0)) + " %")
                .toList();
        if (!loud.isEmpty()) {
            page.paragraph("Above " + Sample.number(QUIET_PERCENT) + " %:").list(loud);
        }
    }

    private void machine(Markdown page) {
        results.stream()
                .filter(result -> result.workload().equals("machine"))
                .findFirst()
                .ifPresent(machine -> {
                    page.heading(2, "The machine");
                    List<List<String>> rows = new ArrayList<>();
                    machine.members().forEach((name, value) -> {
                        if (!List.of("workload", "at").contains(name)) {
                            rows.add(List.of(name, String.valueOf(value)));
                        }
                    });
                    page.table(List.of("what", "value"), rows);
                });
        List<Result> settings = results.stream()
                .filter(result -> result.workload().equals("settings"))
                .toList();
        if (!settings.isEmpty()) {
            page.heading(2, "The settings");
            page.paragraph("What is not named has its default.");
            page.table(
                    List.of("nodes", "started with"),
                    settings.stream()
                            .map(one -> List.of(one.text("name"), "`" + String.join(" ", one.texts("settings")) + "`"))
                            .toList());
        }
        List<List<String>> commands = results.stream()
                .filter(result -> !result.text("command").isEmpty())
                .map(result -> List.of(result.title(), "`" + result.text("command") + "`"))
                .distinct()
                .toList();
        if (!commands.isEmpty()) {
            page.table(List.of("load", "command"), commands);
        }
    }

    private String day() {
        return results.stream()
                .map(result -> result.text("at"))
                .filter(at -> at.length() >= 10)
                .map(at -> at.substring(0, 10))
                .findFirst()
                .orElse("at an unknown time");
    }

    private boolean quick() {
        return results.stream().anyMatch(result -> result.text("quick").equals("true"));
    }

    /** Whether anything measured is in the lines. */
    static boolean hasFigures(List<Result> results) {
        return results.stream()
                .anyMatch(result -> !Metric.of(result.workload()).isEmpty()
                        || result.workload().equals("partitions"));
    }
}
