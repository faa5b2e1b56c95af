package io.braid.broker.cli;

import picocli.CommandLine.Command;

/** The group of commands on the files of logs. */
@Command(
        name = "log",
        description = "Looks into a data directory without a node: prints its logs, or checks them. Changes nothing.",
        synopsisSubcommandLabel = "COMMAND")
final class LogCommand {}
