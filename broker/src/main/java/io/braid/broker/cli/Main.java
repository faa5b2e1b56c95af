package io.braid.broker.cli;

/** Where the process starts. */
public final class Main {

    private Main() {}

    /** Runs one command line and ends the process with its exit code. */
    public static void main(String[] arguments) {
        boolean client = arguments.length > 0 && !arguments[0].equals("start");
        if (client && System.getProperty("braid.log.kafka") == null) {
            // What the client library would log is told by the command itself, in one line.
            System.setProperty("braid.log.kafka", "OFF");
        }
        System.exit(BraidCommand.run(Console.ofProcess(), new BraidNodeLauncher(), arguments));
    }
}
