package io.braid.perf.chaos;

import io.braid.perf.chaos.check.Report;
import io.braid.perf.chaos.cluster.BraidCluster;
import io.braid.perf.chaos.cluster.ExternalCluster;
import io.braid.perf.chaos.fault.Fault;
import io.braid.perf.chaos.fault.Schedule;
import io.braid.perf.measure.ClientKind;
import io.braid.perf.nodes.Cluster;
import io.braid.perf.nodes.Directories;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
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
            names = "--scenario",
            paramLabel = "NAME",
            defaultValue = "chaos",
            description =
                    "chaos, or rolling: all nodes are restarted in order, one after the other, and neither producers"
                            + " nor consumers may see an error (default: ${DEFAULT-VALUE}).")
    private String scenario;

    @Option(
            names = "--kafka-home",
            paramLabel = "DIR",
            description = "With nodes of Apache Kafka instead, from this distribution or directory of jars; of the faults"
                    + " those of processes and elections.")
    private Optional<Path> kafkaHome = Optional.empty();

    @Option(
            names = "--client",
            paramLabel = "kafka|braid",
            defaultValue = "kafka",
            description = "The library of all clients: kafka-clients, or Braid's own (default: ${DEFAULT-VALUE}).")
    private String client;

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT,...",
            description = "rolling: with a cluster that runs already; needs the next two.")
    private String bootstrap;

    @Option(
            names = "--stop-command",
            paramLabel = "CMD",
            description = "Stops a node of it and waits for its end; {} is its number, 1 to --nodes.")
    private String stopCommand;

    @Option(names = "--start-command", paramLabel = "CMD", description = "Starts it again and waits until it serves.")
    private String startCommand;

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
        return scenario.equals("rolling") ? rolling(plan, out) : run(plan, out);
    }

    private int rolling(RunPlan plan, PrintWriter out) throws IOException, InterruptedException {
        PrintWriter progress = json ? spec.commandLine().getErr() : out;
        Cluster cluster = rollingCluster(plan);
        new RollingRun(
                        cluster,
                        plan.client(),
                        plan.history(),
                        plan.partitions(),
                        plan.rate(),
                        plan.seed(),
                        line -> say(progress, line))
                .run();
        Report report = CheckCommand.check(plan.history());
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("scenario", scenario);
        about.put("cluster", bootstrap != null ? "external" : kafkaHome.isPresent() ? "kafka" : "braid");
        about.put("nodes", nodes);
        about.put("client", client);
        boolean good = report.valid() && report.errors().isEmpty();
        finish(plan, report, Map.of(), about, good, out, progress);
        say(progress, good ? "no error reached a client" : "NOT GOOD: clients saw errors, or worse");
        return good ? 0 : 1;
    }

    private Cluster rollingCluster(RunPlan plan) throws IOException, InterruptedException {
        if (bootstrap != null) {
            if (stopCommand == null || startCommand == null) {
                throw new ParameterException(
                        spec.commandLine(), "--bootstrap needs --stop-command and --start-command");
            }
            return new ExternalCluster(bootstrap, nodes, stopCommand, startCommand);
        }
        return kafkaHome.isPresent()
                ? ChaosRun.kafka(plan)
                : new BraidCluster(ChaosRun.setup(plan, false, 0));
    }

    private int run(RunPlan plan, PrintWriter out) throws IOException, InterruptedException {
        PrintWriter progress = json ? spec.commandLine().getErr() : out;
        say(progress, "replay: " + plan.replay());
        Map<Fault, Integer> done = new ChaosRun(plan, line -> say(progress, line)).run();
        Report report = CheckCommand.check(plan.history());
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("seed", plan.seed());
        about.put("minutes", minutes);
        about.put("nodes", nodes);
        about.put("client", client);
        about.put("broker", kafkaHome.isPresent() ? "kafka" : "braid");
        about.put("replay", plan.replay());
        finish(plan, report, done, about, report.valid(), out, progress);
        if (!report.valid()) {
            say(progress, "replay: " + plan.replay());
        }
        return report.valid() ? 0 : 1;
    }

    private void finish(
            RunPlan plan,
            Report report,
            Map<Fault, Integer> done,
            Map<String, Object> about,
            boolean good,
            PrintWriter out,
            PrintWriter progress)
            throws IOException {
        boolean keep = data != null || !good;
        if (keep) {
            about.put("history", plan.history().toString());
        }
        say(out, json ? ReportText.json(report, done, about) : ReportText.of(report, done));
        if (keep) {
            say(progress, "kept: " + plan.history() + " (bin/braid chaos check), and the nodes' output beside it");
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
        if (!scenario.equals("chaos") && !scenario.equals("rolling")) {
            throw new ParameterException(spec.commandLine(), "no scenario '" + scenario + "'");
        }
        if (nodes < 1 || nodes > 9 || minutes <= 0 || partitions < 1 || rate < 3) {
            throw new ParameterException(
                    spec.commandLine(), "1 to 9 nodes, more than 0 minutes, partitions and 3 records a second");
        }
        if (planted != Plant.NONE && kafkaHome.isPresent()) {
            throw new ParameterException(spec.commandLine(), "--plant is for Braid's nodes");
        }
        if (!planted.producerSettings().isEmpty() && library != ClientKind.KAFKA) {
            throw new ParameterException(spec.commandLine(), "this --plant is a setting of kafka-clients");
        }
        return new RunPlan(
                seed == null ? System.currentTimeMillis() % 1_000_000 : seed,
                (long) (minutes * 60_000),
                nodes,
                chosen,
                planted,
                library,
                kafkaHome,
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
