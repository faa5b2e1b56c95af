package io.braid.perf;

import io.braid.perf.chaos.ChaosCommand;
import io.braid.perf.compare.CompareCommand;
import io.braid.perf.fill.FillCommand;
import io.braid.perf.groups.GroupsCommand;
import io.braid.perf.load.ConsumeCommand;
import io.braid.perf.load.EndToEndCommand;
import io.braid.perf.load.ProduceCommand;
import io.braid.perf.load.SoakCommand;
import io.braid.perf.load.SpreadCommand;
import io.braid.perf.profile.ProfileCommand;
import io.braid.perf.report.ReportCommand;
import io.braid.perf.routing.RoutingCommand;
import io.braid.perf.scaling.PartitionsCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code braid perf}: one subcommand a tool. {@code braid chaos} is short for {@code braid perf chaos}. */
@Command(
        name = "braid perf",
        mixinStandardHelpOptions = true,
        description = "Loads, measures and breaks nodes from outside.",
        subcommands = {
            ProduceCommand.class,
            ConsumeCommand.class,
            EndToEndCommand.class,
            SpreadCommand.class,
            SoakCommand.class,
            ChaosCommand.class,
            FillCommand.class,
            GroupsCommand.class,
            CompareCommand.class,
            PartitionsCommand.class,
            ReportCommand.class,
            ProfileCommand.class,
            RoutingCommand.class
        })
public final class Main implements Runnable {

    @Spec
    private CommandSpec spec;

    private Main() {}

    /** Runs one command line and ends the process with its exit code: 0 good, 1 something was wrong, 2 usage. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** All tools, as they are run and as tests parse for them. */
    public static CommandLine commandLine() {
        return new CommandLine(new Main());
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which tool?");
    }
}
