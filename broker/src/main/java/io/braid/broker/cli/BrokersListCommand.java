package io.braid.broker.cli;

import java.io.IOException;
import picocli.CommandLine.Command;

/** Lists brokers. */
@Command(name = "list", description = "Prints every registered broker and what it has.", sortOptions = false)
final class BrokersListCommand extends OperatorCommand {
    BrokersListCommand(Console console) {
        super(console);
    }

    @Override
    int run(OperatorClient client) throws IOException, InterruptedException {
        ShardView view = ShardView.take(client, 0);
        BrokerLines lines = new BrokerLines(view);
        view.image().brokers().forEach(broker -> print(lines.of(broker)));
        return ExitCode.DONE;
    }
}
