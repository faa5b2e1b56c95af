package io.braid.perf.compare;

import io.braid.perf.measure.NodeProcessFigures;
import io.braid.perf.measure.ResultLine;
import io.braid.perf.nodes.BraidNodes;
import io.braid.perf.nodes.Directories;
import io.braid.perf.nodes.KafkaNodes;
import io.braid.perf.nodes.LocalCluster;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Runs the workloads: for each session and round one broker after the other, never both at once, and adds their lines to a file. Owned by
 * one thread.
 */
final class Comparer {
    private static final long MS = 1_000_000;

    /**
     * With what.
     *
     * @param braid bin/braid
     * @param kafkaHome jars of Apache Kafka
     * @param heap of each node
     * @param quick whether the report is to say that it was a quick run
     * @param patience that is had with a machine that does other things
     * @param brokers which of the two
     */
    record Setup(Path braid, Path kafkaHome, String heap, boolean quick, Duration patience, List<String> brokers) {}

    private final Setup setup;
    private final RawFile raw;
    private final Tool tool;
    private final PrintWriter progress;

    Comparer(Setup setup, RawFile raw, Tool tool, PrintWriter progress) {
        this.setup = setup;
        this.raw = raw;
        this.tool = tool;
        this.progress = progress;
    }

    /**
     * Does what is not done yet.
     *
     * @param wanted which workloads
     * @return how many failed
     */
    int run(List<Session> sessions, Predicate<Workload> wanted) throws IOException, InterruptedException {
        int failed = 0;
        for (Session session : sessions) {
            for (int round = 1; round <= session.rounds(); round++) {
                for (String broker : setup.brokers()) {
                    List<Workload> open = open(session, wanted, broker, round);
                    if (!open.isEmpty()) {
                        failed += session.nodes() == 0
                                ? own(open, broker, round)
                                : withNodes(session, open, broker, round);
                    }
                }
            }
        }
        return failed;
    }

    private List<Workload> open(Session session, Predicate<Workload> wanted, String broker, int round) {
        return session.workloads().stream()
                .filter(wanted)
                .filter(workload -> workload.brokers().contains(broker) && round <= workload.rounds())
                .filter(workload -> !raw.isDone(workload, broker, round))
                .toList();
    }

    private int withNodes(Session session, List<Workload> open, String broker, int round)
            throws IOException, InterruptedException {
        say(broker + ", " + session.name() + ", round " + round);
        Path directory = Files.createTempDirectory("braid-compare-");
        LocalCluster nodes = cluster(session, broker, directory);
        Thread hook = new Thread(nodes::close);
        Runtime.getRuntime().addShutdownHook(hook);
        int failed = 0;
        try (nodes) {
            start(session, nodes, broker, round);
            for (List<String> warmUp : session.warmUp()) {
                tool.run(naming(nodes, broker, warmUp));
            }
            for (Workload workload : open) {
                failed += one(workload, broker, round, nodes.pids(), naming(nodes, broker, workload.arguments()));
            }
        } finally {
            Runtime.getRuntime().removeShutdownHook(hook);
            Directories.remove(directory);
        }
        return failed;
    }

    private LocalCluster cluster(Session session, String broker, Path directory)
            throws IOException, InterruptedException {
        return broker.equals(Workload.KAFKA)
                ? KafkaNodes.cluster(new KafkaNodes.Setup(
                        setup.kafkaHome(), directory, session.nodes(), setup.heap(), session.kafkaSettings()))
                : BraidNodes.cluster(new BraidNodes.Setup(
                        setup.braid(), directory, session.nodes(), setup.heap(), Map.of()));
    }

    /** The start of a single node is measured itself, once a round. */
    private void start(Session session, LocalCluster nodes, String broker, int round)
            throws IOException, InterruptedException {
        Workload start = Workload.both("start", "start of a node on an empty directory", session.rounds(), "start");
        Quiet.await(List.of(), setup.patience());
        long startedNs = System.nanoTime();
        nodes.start();
        if (session.nodes() == 1 && !raw.isDone(start, broker, round)) {
            ResultLine line = new ResultLine("start")
                    .put("case", start.name())
                    .put("title", start.title())
                    .put("round", round)
                    .put("broker", broker)
                    .put("readyMs", (System.nanoTime() - startedNs) / MS)
                    .putAll(NodeProcessFigures.process(nodes.pid(1)));
            raw.addDone(start, broker, round, List.of(quick(line)));
        }
        if (round == 1) {
            raw.add(List.of(settings(session, broker)));
        }
    }

    private ResultLine settings(Session session, String broker) {
        List<String> all = new ArrayList<>(List.of("heap=" + setup.heap()));
        if (broker.equals(Workload.KAFKA)) {
            new TreeMap<>(session.kafkaSettings()).forEach((key, value) -> all.add(key + "=" + value));
        }
        return new ResultLine("settings")
                .put("name", session.name() + " of " + (broker.equals(Workload.KAFKA) ? "Apache Kafka" : "Braid"))
                .put("broker", broker)
                .put("settings", all);
    }

    private int own(List<Workload> open, String broker, int round) throws IOException, InterruptedException {
        int failed = 0;
        for (Workload workload : open) {
            List<String> arguments = new ArrayList<>(workload.arguments());
            arguments.addAll(List.of("--broker", broker, "--heap", setup.heap()));
            if (broker.equals(Workload.KAFKA)) {
                arguments.addAll(List.of("--kafka-home", setup.kafkaHome().toString()));
            }
            failed += one(workload, broker, round, List.of(), arguments);
        }
        return failed;
    }

    private static List<String> naming(LocalCluster nodes, String broker, List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of("--bootstrap", nodes.bootstrap(), "--broker", broker, "--pid"));
        all.add(nodes.pids().stream().map(String::valueOf).collect(Collectors.joining(",")));
        return all;
    }

    /** @return 1 when it failed, else 0 */
    private int one(Workload workload, String broker, int round, List<Long> pids, List<String> arguments)
            throws IOException, InterruptedException {
        double before = Quiet.await(pids, setup.patience());
        say(broker + ", round " + round + ": " + workload.name() + ": " + workload.title());
        Tool.Outcome outcome = tool.run(arguments);
        List<ResultLine> lines = new ArrayList<>();
        for (Map<String, Object> parsed : outcome.lines()) {
            lines.add(quick(new ResultLine(String.valueOf(parsed.get("workload")))
                    .putAll(parsed)
                    .put("case", caseOf(workload))
                    .put("title", workload.title())
                    .put("command", workload.command())
                    .put("round", round)
                    .put("otherCpuPercentBefore", before)));
        }
        if (outcome.problem().isEmpty() && !lines.isEmpty()) {
            raw.addDone(workload, broker, round, lines);
            return 0;
        }
        String problem = outcome.problem().isEmpty() ? "it printed no result" : outcome.problem();
        say(workload.name() + " failed: " + problem);
        raw.add(List.of(new ResultLine("failed")
                .put("case", workload.name())
                .put("title", workload.title())
                .put("command", workload.command())
                .put("round", round)
                .put("broker", broker)
                .put("problem", problem)));
        return 1;
    }

    /** Both clients' lines are of the same case. */
    private static String caseOf(Workload workload) {
        return workload.name().replace("-own-client", "");
    }

    private ResultLine quick(ResultLine line) {
        return setup.quick() ? line.put("quick", true) : line;
    }

    private void say(String what) {
        progress.println("compare: " + what);
        progress.flush();
    }
}
