package io.braid.broker.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The group of commands for shards. */
@Command(
        name = "shards",
        description = "Shows where shards are, and moves them.",
        synopsisSubcommandLabel = "COMMAND",
        sortOptions = false)
final class ShardsCommand {
    private ShardsCommand() {}

    static CommandLine line(Console console) {
        return new CommandLine(new ShardsCommand())
                .addSubcommand(new ShardsListCommand(console))
                .addSubcommand(new ShardsDescribeCommand(console))
                .addSubcommand(new ShardsMoveCommand(console))
                .addSubcommand(new ShardsBalanceCommand(console))
                .addSubcommand(new ShardsDrainCommand(console))
                .addSubcommand(new ShardsElectCommand(console))
                .addSubcommand(new ShardsThrottleCommand(console));
    }
}
