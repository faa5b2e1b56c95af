package io.braid.perf.compare;

import io.braid.perf.nodes.BraidNodes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code braid perf compare}: both brokers, all loads, a report. {@code perf/compare.sh} fetches Apache Kafka and calls it. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Runs Braid and Apache Kafka in turn on this machine, adds result lines to OUT/raw.jsonl, and makes the"
                        + " report. What that file has already is not measured again. Needs an idle machine.")
public final class CompareCommand implements Callable<Integer> {

    @Option(names = "--kafka-home", paramLabel = "DIR", required = true, description = "Jars of Apache Kafka.")
    private Path kafkaHome;

    @Option(names = "--quick", description = "At most twelve minutes instead of an hour.")
    private boolean quick;

    @Option(names = "--tiny", description = "A few minutes, and no figure means anything: to see that it works.")
    private boolean tiny;

    @Option(names = "--only", paramLabel = "WORKLOAD,...", split = ",", description = "Only these; --list names them.")
    private Set<String> only = Set.of();

    @Option(names = "--list", description = "Names the workloads and their commands, and does nothing.")
    private boolean list;

    @Option(
            names = "--brokers",
            paramLabel = "NAME,...",
            split = ",",
            defaultValue = "braid,kafka",
            description = "In this order (default: ${DEFAULT-VALUE}).")
    private List<String> brokers;

    @Option(names = "--heap", defaultValue = "1g", description = "Of each node (default: ${DEFAULT-VALUE}).")
    private String heap;

    @Option(names = "--client-heap", defaultValue = "2g", description = "Of each load (default: ${DEFAULT-VALUE}).")
    private String clientHeap;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Default: docs/benchmarks and the day, in the source tree.")
    private Optional<Path> out = Optional.empty();

    @Option(names = "--page", paramLabel = "FILE", description = "Writes the report there too; docs/benchmarks.md.")
    private Optional<Path> page = Optional.empty();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Session> sessions =
                new Workloads(tiny ? Extent.TINY : quick ? Extent.QUICK : Extent.FULL).sessions();
        validate(sessions);
        if (list) {
            print(sessions);
            return 0;
        }
        Path braid = BraidNodes.command();
        Path root = braid.getParent().getParent();
        Path directory = out.orElseGet(
                () -> root.resolve("docs/benchmarks").resolve(LocalDate.now(ZoneOffset.UTC).toString()));
        RawFile raw = new RawFile(directory.resolve("raw.jsonl"));
        if (!raw.machineKnown()) {
            raw.add(List.of(Machine.line(root, Files.createTempDirectory("braid-compare-"))));
        }
        PrintWriter progress = spec.commandLine().getErr();
        Tool tool = new Tool(braid, clientHeap, progress);
        Comparer.Setup setup = new Comparer.Setup(
                braid,
                kafkaHome.toAbsolutePath(),
                heap,
                quick || tiny,
                tiny ? Duration.ZERO : Duration.ofSeconds(60),
                brokers);
        int failed = new Comparer(setup, raw, tool, progress)
                .run(sessions, workload -> only.isEmpty() || only.contains(workload.name()));
        return report(tool, raw.path(), directory) && failed == 0 ? 0 : 1;
    }

    private boolean report(Tool tool, Path raw, Path directory) throws IOException, InterruptedException {
        List<String> arguments = new java.util.ArrayList<>(
                List.of("report", raw.toString(), "--out", directory.toString()));
        page.ifPresent(file -> arguments.addAll(List.of("--page", file.toString())));
        Tool.Outcome outcome = tool.run(arguments);
        spec.commandLine()
                .getOut()
                .println(outcome.problem().isEmpty() ? directory.resolve("README.md") : outcome.problem());
        return outcome.problem().isEmpty();
    }

    private void validate(List<Session> sessions) {
        Set<String> names = sessions.stream()
                .flatMap(session -> session.workloads().stream())
                .map(Workload::name)
                .collect(Collectors.toSet());
        only.stream().filter(name -> !names.contains(name)).findFirst().ifPresent(name -> {
            throw new ParameterException(spec.commandLine(), "no workload '" + name + "'; --list names them");
        });
        brokers.stream().filter(name -> !Workload.BOTH.contains(name)).findFirst().ifPresent(name -> {
            throw new ParameterException(spec.commandLine(), "--brokers are braid and kafka");
        });
    }

    private void print(List<Session> sessions) {
        for (Session session : sessions) {
            for (Workload workload : session.workloads()) {
                spec.commandLine()
                        .getOut()
                        .printf(
                                "%-24s %-12s %d  %s%n",
                                workload.name(),
                                String.join(",", workload.brokers()),
                                workload.rounds(),
                                workload.command());
            }
        }
        spec.commandLine().getOut().flush();
    }
}
