package io.braid.broker.cli;

import picocli.CommandLine.Command;

/** The group of commands on consumer groups. */
@Command(
        name = "groups",
        description = "Lists, describes, resets and deletes consumer groups.",
        synopsisSubcommandLabel = "COMMAND")
final class GroupsCommand {}
