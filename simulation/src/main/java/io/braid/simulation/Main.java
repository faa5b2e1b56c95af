package io.braid.simulation;

import io.braid.simulation.scale.ScaleCommand;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code braid simulate}: runs seeds, and says how each one that broke a promise is replayed. */
@Command(
        name = "braid simulate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Runs a whole cluster in one thread from a seed, under faults, and checks every promise.",
        subcommands = ScaleCommand.class)
public final class Main implements Callable<Integer> {
    private static final int SHOWN = 10;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "The seed to run (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--seeds",
            paramLabel = "FROM-TO",
            description = "Runs all of these seeds instead, on all processors.")
    private String seeds;

    @Option(
            names = "--steps",
            paramLabel = "M",
            defaultValue = "" + Simulation.DEFAULT_STEPS,
            description = "Events while things break (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(
            names = "--bug",
            paramLabel = "NAME",
            defaultValue = "none",
            description = "Plants a bug; 'list' names them.")
    private String bug;

    @Option(names = "--trace", description = "Prints what happens; with one seed only.")
    private boolean trace;

    @Spec
    private CommandSpec spec;

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    /** 0 when every promise was kept, 1 when one was broken. */
    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (bug.equals("list")) {
            for (Bug each : Bug.values()) {
                out.printf("%-30s %s%n", each.option(), each.description());
            }
            return 0;
        }
        Bug planted = Arrays.stream(Bug.values())
                .filter(each -> each.option().equals(bug))
                .findFirst()
                .orElseThrow(() -> new CommandLine.ParameterException(
                        spec.commandLine(), "no bug '" + bug + "'; --bug list names them"));
        return seeds == null ? one(planted, out) : many(planted, out);
    }

    private int one(Bug planted, PrintWriter out) {
        Simulation.Outcome outcome =
                new Simulation(seed, steps, planted, trace ? line -> print(out, line) : null).run();
        print(out, outcome.describe());
        if (outcome.violation() != null && trace) {
            outcome.violation().printStackTrace(out);
        }
        out.flush();
        return outcome.violation() == null ? 0 : 1;
    }

    private static void print(PrintWriter out, String line) {
        out.println(line);
    }

    private int many(Bug planted, PrintWriter out) {
        String[] ends = seeds.split("-", 2);
        long from;
        long to;
        try {
            from = Long.parseLong(ends[0]);
            to = ends.length == 2 ? Long.parseLong(ends[1]) : from;
        } catch (NumberFormatException e) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--seeds takes FROM-TO, not '" + seeds + "'", e);
        }
        Map<String, Long> tally = new TreeMap<>();
        AtomicLong events = new AtomicLong();
        AtomicLong simulatedMs = new AtomicLong();
        long started = System.nanoTime();
        List<Simulation.Outcome> broken = LongStream.rangeClosed(from, to)
                .parallel()
                .mapToObj(each -> new Simulation(each, steps, planted, null).run())
                .peek(outcome -> {
                    events.addAndGet(outcome.steps());
                    simulatedMs.addAndGet(outcome.simulatedMs());
                    synchronized (tally) {
                        outcome.tally().forEach((what, times) -> tally.merge(what, times, Long::sum));
                    }
                })
                .filter(outcome -> outcome.violation() != null)
                .collect(Collectors.toList());
        broken.stream().limit(SHOWN).forEach(outcome -> print(out, outcome.describe()));
        out.printf(
                "%d seeds, %d broke a promise; %d events, %.1f hours simulated in %.1f s%n",
                to - from + 1,
                broken.size(),
                events.get(),
                simulatedMs.get() / 3_600_000.0,
                (System.nanoTime() - started) / 1e9);
        tally.forEach((what, times) -> out.printf("  %-32s %d%n", what, times));
        out.flush();
        return broken.isEmpty() ? 0 : 1;
    }
}
