package io.braid.perf.groups;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code braid perf groups}: one subcommand a load. */
@Command(
        name = "groups",
        mixinStandardHelpOptions = true,
        description = "Loads on the coordinator of groups.",
        subcommands = {CommitsCommand.class, RebalanceCommand.class, ManyCommand.class})
public final class GroupsCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which load?");
    }
}
