package io.braid.broker.cli;

import picocli.CommandLine.Command;

/** The group of commands on the controllers. */
@Command(
        name = "quorum",
        description = "Shows the controllers, adds, removes and replaces them.",
        synopsisSubcommandLabel = "COMMAND")
final class QuorumCommand {}
