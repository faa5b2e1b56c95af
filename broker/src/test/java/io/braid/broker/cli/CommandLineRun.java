package io.braid.broker.cli;

/**
 * One run of the command line in this process.
 *
 * @param code exit code
 */
public record CommandLineRun(int code, String out, String err) {
    /** Runs a command other than start. */
    public static CommandLineRun of(String... arguments) {
        TestConsole console = new TestConsole();
        int code = BraidCommand.run(
                console.console(),
                config -> {
                    throw new IllegalStateException("starts no node");
                },
                arguments);
        return new CommandLineRun(code, console.out(), console.err());
    }
}
