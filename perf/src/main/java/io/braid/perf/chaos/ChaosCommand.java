package io.braid.perf.chaos;

import io.braid.perf.chaos.check.Report;
import io.braid.perf.chaos.fault.Fault;
import io.braid.perf.chaos.fault.Schedule;
import io.braid.perf.measure.ClientKind;
import io.braid.perf.nodes.Directories;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code braid chaos}: breaks a cluster of its own while clients use it, and checks what they saw. */
@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Breaks a cluster of real nodes on this machine while clients write and read, and checks what they saw.",
            "Ends with 0 if nothing was lost, repeated or reordered, else 1, and keeps the history then."
        },
        subcommands = {CheckCommand.class})
public final class ChaosCommand implements Callable<Integer> {

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Gives the schedule of faults. Default: another one each time, which is printed.")
    private Long seed;

    @Option(
            names = "--minutes",
            paramLabel = "M",
            defaultValue = "1",
            description = "How long things break (default: ${DEFAULT-VALUE}); a fraction is possible.")
    private double minutes;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "3",
            description = "Nodes, of which three are controllers (default: ${DEFAULT-VALUE}).")
    private int nodes;

    @Option(
            names = "--faults",
            paramLabel = "NAME,...",
            defaultValue = "all",
            description = "Which faults; a minus leaves one out; 'list' names them (default: ${DEFAULT-VALUE}).")
    private String faults;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            defaultValue = "12",
            description = "Partitions written to (default: ${DEFAULT-VALUE}).")
    private int partitions;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "600",
            description = "Records a second (default: ${DEFAULT-VALUE}).")
    private int rate;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "For data, outputs of nodes and the history; must be empty and is kept. Default: a temporary"
                    + " directory, kept when something was wrong.")
    private Path data;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A configuration key of every node. Can be given several times.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--heap",
            paramLabel = "SIZE",
            defaultValue = "512m",
            description = "Heap of a node (default: ${DEFAULT-VALUE}).")
    private String heap;

    @Option(
            names = "--plant",
            paramLabel = "NAME",
            defaultValue = "none",
            description = "Runs the cluster in a way that loses or repeats records, to see that it is found; 'list'"
                    + " names them.")
    private String plant;

    @Option(
            names = "--client",
            paramLabel = "kafka|braid",
            defaultValue = "kafka",
            description = "The library of all clients: kafka-clients, or Braid's own (default: ${DEFAULT-VALUE}).")
    private String client;

    @Mixin
    private ScenarioOptions scenarios = new ScenarioOptions();

    @Option(names = "--schedule", description = "Prints which faults a seed gives, and does nothing.")
    private boolean scheduleOnly;

    @Option(names = "--json", description = "Prints the result as one JSON object.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        if (faults.equals("list")) {
            for (Fault each : Fault.values()) {
                out.printf("%-16s %s%n", each.text(), each.description());
            }
            return 0;
        }
        if (plant.equals("list")) {
            for (Plant each : Plant.values()) {
                out.printf("%-16s %s%n", each.text(), each.description());
            }
            return 0;
        }
        RunPlan plan = plan();
        if (scheduleOnly) {
            Schedule.of(plan.seed(), plan.nodes(), plan.lengthMs(), plan.faults())
                    .steps()
                    .forEach(out::println);
            return 0;
        }
        return switch (scenarios.scenario) {
            case ScenarioOptions.ROLLING -> rolling(plan, out);
            case ScenarioOptions.GROW -> grow(plan, out);
            default -> run(plan, out);
        };
    }

    private int rolling(RunPlan plan, PrintWriter out) throws IOException, InterruptedException {
        PrintWriter progress = progress(out);
        Scenarios runs = new Scenarios(plan, scenarios, line -> say(progress, line));
        Scenarios.Outcome outcome = runs.rolling();
        print(outcome, out);
        boolean good = outcome.good();
        say(progress, good ? "no error reached a client" : "NOT GOOD: clients saw errors, or worse");
        if (scenarios.besideKafka != null) {
            Scenarios.Outcome kafka = runs.rollingKafka(scenarios.besideKafka);
            print(kafka, out);
            say(
                    progress,
                    String.format(
                            "longest pause of a partition: %d ms, with Kafka %d ms",
                            outcome.report().longestPauseOfAllMs(),
                            kafka.report().longestPauseOfAllMs()));
        }
        keep(plan, outcome.history(), good, progress);
        return good ? 0 : 1;
    }

    private int grow(RunPlan plan, PrintWriter out) throws IOException, InterruptedException {
        PrintWriter progress = progress(out);
        Scenarios.Outcome outcome = new Scenarios(plan, scenarios, line -> say(progress, line)).grow();
        print(outcome, out);
        keep(plan, outcome.history(), outcome.good(), progress);
        return outcome.good() ? 0 : 1;
    }

    private PrintWriter progress(PrintWriter out) {
        return json ? spec.commandLine().getErr() : out;
    }

    private void print(Scenarios.Outcome outcome, PrintWriter out) {
        if (json) {
            say(out, ReportText.json(outcome.report(), Map.of(), outcome.about()));
        } else {
            outcome.about().forEach((name, value) -> say(out, name + ": " + value));
            say(out, ReportText.of(outcome.report(), Map.of()));
        }
    }

    private int run(RunPlan plan, PrintWriter out) throws IOException, InterruptedException {
        PrintWriter progress = progress(out);
        say(progress, "replay: " + plan.replay());
        Map<Fault, Integer> done = new ChaosRun(plan, line -> say(progress, line)).run();
        Report report = CheckCommand.check(plan.history());
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("seed", plan.seed());
        about.put("minutes", minutes);
        about.put("nodes", nodes);
        about.put("client", client);
        about.put("broker", scenarios.kafkaHome.isPresent() ? "kafka" : "braid");
        about.put("replay", plan.replay());
        if (data != null || !report.valid()) {
            about.put("history", plan.history().toString());
        }
        say(out, json ? ReportText.json(report, done, about) : ReportText.of(report, done));
        keep(plan, plan.history(), report.valid(), progress);
        if (!report.valid()) {
            say(progress, "replay: " + plan.replay());
        }
        return report.valid() ? 0 : 1;
    }

    /** What was right is removed, unless a directory was given for it. */
    private void keep(RunPlan plan, Path history, boolean good, PrintWriter progress) throws IOException {
        if (data != null || !good) {
            say(progress, "kept: " + history + " (bin/braid chaos check), and the nodes' output beside it");
        } else {
            Directories.remove(plan.directory());
        }
    }

    private RunPlan plan() throws IOException {
        Set<Fault> chosen;
        Plant planted;
        ClientKind library;
        try {
            chosen = Fault.parse(faults);
            planted = Plant.parse(plant);
            library = ClientKind.parse(client);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        if (!ScenarioOptions.ALL.contains(scenarios.scenario)) {
            throw new ParameterException(spec.commandLine(), "no scenario '" + scenarios.scenario + "'");
        }
        if (scenarios.bootstrap != null && (scenarios.stopCommand == null || scenarios.startCommand == null)) {
            throw new ParameterException(spec.commandLine(), "--bootstrap needs --stop-command and --start-command");
        }
        if (nodes < 1 || nodes > 9 || minutes <= 0 || partitions < 1 || rate < 3) {
            throw new ParameterException(
                    spec.commandLine(), "1 to 9 nodes, more than 0 minutes, partitions and 3 records a second");
        }
        if (planted != Plant.NONE && scenarios.kafkaHome.isPresent()) {
            throw new ParameterException(spec.commandLine(), "--plant is for Braid's nodes");
        }
        if (!planted.producerSettings().isEmpty() && library != ClientKind.KAFKA) {
            throw new ParameterException(spec.commandLine(), "this --plant is a setting of kafka-clients");
        }
        return new RunPlan(
                seed == null ? System.currentTimeMillis() % 1_000_000 : seed,
                (long) (minutes * 60_000),
                scenarios.scenario.equals(ScenarioOptions.GROW) ? 4 : nodes,
                chosen,
                planted,
                library,
                scenarios.kafkaHome,
                braid(),
                scheduleOnly ? Path.of("") : directory(),
                heap,
                partitions,
                rate,
                settings);
    }

    private Path braid() {
        String command = System.getProperty("braid.command");
        if (command == null) {
            throw new ParameterException(spec.commandLine(), "run it by bin/braid, which nodes are started with");
        }
        return Path.of(command).toAbsolutePath();
    }

    private Path directory() throws IOException {
        if (data == null) {
            return Files.createTempDirectory("braid-chaos-");
        }
        Files.createDirectories(data);
        if (!Directories.isEmpty(data)) {
            throw new ParameterException(spec.commandLine(), data + " is not empty");
        }
        return data.toAbsolutePath();
    }

    private static void say(PrintWriter out, String line) {
        out.println(line);
        out.flush();
    }
}
