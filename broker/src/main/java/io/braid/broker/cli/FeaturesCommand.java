package io.braid.broker.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The group of commands for what releases can do. */
@Command(
        name = "features",
        description = "Shows and raises what the cluster's metadata may hold (metadata.version).",
        synopsisSubcommandLabel = "COMMAND",
        sortOptions = false)
final class FeaturesCommand {
    private FeaturesCommand() {}

    static CommandLine line(Console console) {
        return new CommandLine(new FeaturesCommand())
                .addSubcommand(new FeaturesDescribeCommand(console))
                .addSubcommand(new FeaturesUpgradeCommand(console));
    }
}
