package io.braid.broker.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The group of commands for brokers. */
@Command(
        name = "brokers",
        description = "Shows brokers, and takes them out of use.",
        synopsisSubcommandLabel = "COMMAND",
        sortOptions = false)
final class BrokersCommand {
    private BrokersCommand() {}

    static CommandLine line(Console console) {
        return new CommandLine(new BrokersCommand())
                .addSubcommand(new BrokersListCommand(console))
                .addSubcommand(new BrokersDescribeCommand(console))
                .addSubcommand(new BrokersChangeCommand.Cordon(console))
                .addSubcommand(new BrokersChangeCommand.Uncordon(console))
                .addSubcommand(new BrokersChangeCommand.Remove(console))
                .addSubcommand(new BrokersRestartCheckCommand(console));
    }
}
