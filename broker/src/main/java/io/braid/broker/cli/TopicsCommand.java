package io.braid.broker.cli;

import picocli.CommandLine.Command;

/** The group of commands on topics. */
@Command(
        name = "topics",
        description = "Creates, lists, describes, alters and deletes topics.",
        synopsisSubcommandLabel = "COMMAND")
final class TopicsCommand {}
