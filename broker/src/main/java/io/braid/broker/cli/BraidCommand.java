package io.braid.broker.cli;

import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line as a whole: its subcommands, and what becomes of errors. */
@Command(
        name = "braid",
        description = "A Kafka-compatible event-streaming broker whose partitions cost next to nothing.",
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:wrong usage or configuration"})
final class BraidCommand {

    private BraidCommand() {}

    /**
     * Runs one command line.
     *
     * @return the exit code
     */
    static int run(Console console, NodeLauncher launcher, String... arguments) {
        CommandLine line = commandLine(console, launcher);
        int code = line.execute(arguments);
        try {
            console.flush();
        } catch (OutputClosedException e) {
            return code;
        }
        return code;
    }

    static CommandLine commandLine(Console console, NodeLauncher launcher) {
        CommandLine line = new CommandLine(new BraidCommand())
                .addSubcommand(new StartCommand(console, launcher))
                .addSubcommand(topics(console))
                .addSubcommand(groups(console))
                .addSubcommand(new ProduceCommand(console))
                .addSubcommand(new ConsumeCommand(console))
                .addSubcommand(ShardsCommand.line(console))
                .addSubcommand(BrokersCommand.line(console))
                .addSubcommand(quorum(console))
                .addSubcommand(FeaturesCommand.line(console))
                .addSubcommand(log(console))
                .addSubcommand(new VersionCommand(console))
                .addSubcommand(new RehearseCommand(console, launcher));
        PrintWriter out = new PrintWriter(new OutputStreamWriter(console.out(), StandardCharsets.UTF_8));
        line.setOut(out);
        line.setErr(new PrintWriter(new OutputStreamWriter(console.err(), StandardCharsets.UTF_8), true));
        line.setAbbreviatedSubcommandsAllowed(false);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler((e, args) -> onWrongUsage(console, e));
        line.setExecutionExceptionHandler((e, command, parsed) -> onFailure(console, e));
        line.setExecutionStrategy(parsed -> {
            int code = new CommandLine.RunLast().execute(parsed);
            out.flush();
            return code;
        });
        withHelp(line);
        return line;
    }

    private static CommandLine topics(Console console) {
        return new CommandLine(new TopicsCommand())
                .addSubcommand(new TopicsCreateCommand(console))
                .addSubcommand(new TopicsListCommand(console))
                .addSubcommand(new TopicsDescribeCommand(console))
                .addSubcommand(new TopicsDeleteCommand(console))
                .addSubcommand(new TopicsAlterCommand(console));
    }

    private static CommandLine quorum(Console console) {
        return new CommandLine(new QuorumCommand())
                .addSubcommand(new QuorumStatusCommand(console))
                .addSubcommand(new QuorumChangeCommand.Add(console))
                .addSubcommand(new QuorumChangeCommand.Remove(console))
                .addSubcommand(new QuorumChangeCommand.Replace(console));
    }

    private static CommandLine log(Console console) {
        return new CommandLine(new LogCommand())
                .addSubcommand(new LogInspectCommand(console))
                .addSubcommand(new LogVerifyCommand(console));
    }

    private static CommandLine groups(Console console) {
        return new CommandLine(new GroupsCommand())
                .addSubcommand(new GroupsListCommand(console))
                .addSubcommand(new GroupsDescribeCommand(console))
                .addSubcommand(new GroupsResetCommand(console))
                .addSubcommand(new GroupsDeleteCommand(console));
    }

    private static void withHelp(CommandLine line) {
        line.getCommandSpec().mixinStandardHelpOptions(false);
        line.getCommandSpec()
                .addOption(CommandLine.Model.OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Shows this help.")
                        .build());
        line.getSubcommands().values().forEach(BraidCommand::withHelp);
    }

    private static int onWrongUsage(Console console, CommandLine.ParameterException e) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        console.error(e.getMessage().replaceFirst("^Error: ", "") + "; see " + command + " --help");
        return ExitCode.USAGE;
    }

    private static int onFailure(Console console, Exception e) {
        if (e instanceof OutputClosedException) {
            return ExitCode.DONE;
        }
        if (e instanceof CliException cli) {
            console.error(cli.getMessage());
            return cli.exitCode();
        }
        console.error(Failure.oneLine(e));
        return Failure.isWrongSetting(e) ? ExitCode.USAGE : ExitCode.FAILED;
    }
}
