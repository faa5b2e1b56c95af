package io.braid.broker.cli;

import io.braid.controller.Command.CordonBroker;
import io.braid.controller.Command.UnregisterBroker;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What the commands that change a broker have in common: one id, one line. */
abstract class BrokersChangeCommand extends OperatorCommand {
    @Parameters(paramLabel = "ID", description = "Its id.")
    private int id;

    private final String outcome;

    BrokersChangeCommand(Console console, String outcome) {
        super(console);
        this.outcome = outcome;
    }

    abstract io.braid.controller.Command command(int broker);

    @Override
    int run(OperatorClient client) throws IOException, InterruptedException {
        client.submit(command(id));
        outcome(outcome, id);
        return ExitCode.DONE;
    }

    /** Cordons a broker. */
    @Command(
            name = "cordon",
            description =
                    "Gives a broker no more replicas, nor leadership that another can have; it keeps what it has.",
            sortOptions = false)
    static final class Cordon extends BrokersChangeCommand {
        Cordon(Console console) {
            super(console, "cordoned");
        }

        @Override
        io.braid.controller.Command command(int broker) {
            return new CordonBroker(broker, true);
        }
    }

    /** Ends a cordon. */
    @Command(name = "uncordon", description = "Lets a broker have replicas again.", sortOptions = false)
    static final class Uncordon extends BrokersChangeCommand {
        Uncordon(Console console) {
            super(console, "uncordoned");
        }

        @Override
        io.braid.controller.Command command(int broker) {
            return new CordonBroker(broker, false);
        }
    }

    /** Removes a broker. */
    @Command(
            name = "remove",
            description = "Forgets a broker that is stopped and has no shards; shards drain takes them off it.",
            sortOptions = false)
    static final class Remove extends BrokersChangeCommand {
        Remove(Console console) {
            super(console, "removed");
        }

        @Override
        io.braid.controller.Command command(int broker) {
            return new UnregisterBroker(broker);
        }
    }
}
