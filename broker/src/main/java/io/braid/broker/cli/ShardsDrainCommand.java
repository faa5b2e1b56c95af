package io.braid.broker.cli;

import io.braid.controller.Command.CordonBroker;
import io.braid.controller.balance.Balancer;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Empties a broker. */
@Command(
        name = "drain",
        description = "Cordons a broker and moves every shard off it, whether it runs or not. Then it can be removed.",
        sortOptions = false)
final class ShardsDrainCommand extends PlanCommand {
    @Parameters(paramLabel = "BROKER", description = "Its id.")
    private int broker;

    ShardsDrainCommand(Console console) {
        super(console);
    }

    @Override
    int run(OperatorClient client) throws IOException, InterruptedException {
        if (!dryRun()) {
            client.submit(new CordonBroker(broker, true));
        }
        ShardView view = ShardView.take(client, 0);
        if (view.image().broker(broker).isEmpty()) {
            throw CliException.failed("broker " + broker + " is not registered");
        }
        return carryOut(client, view, Balancer.drain(view.image(), view.loads(), broker));
    }
}
