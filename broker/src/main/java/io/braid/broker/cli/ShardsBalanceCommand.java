package io.braid.broker.cli;

import io.braid.controller.balance.Balancer;
import io.braid.controller.balance.Goal;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Evens brokers out. */
@Command(
        name = "balance",
        description = {
            "Evens out what running brokers have that are not cordoned, by moving shards.",
            "Prints the moves, what each broker has before and after, and the bytes to copy beside the least that any such"
                    + " plan must copy."
        },
        sortOptions = false)
final class ShardsBalanceCommand extends PlanCommand {
    @Option(
            names = "--by",
            paramLabel = "GOAL",
            defaultValue = "bytes",
            description = "bytes stored, rate of writing, or leaders (copies nothing). Default: bytes.")
    private Goal goal;

    @Option(
            names = "--tolerance",
            paramLabel = "PERCENT",
            defaultValue = "5",
            description = "How far a broker may be off the average. Default: 5.")
    private int tolerancePercent;

    @Option(
            names = "--sample",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "Time over which rates are measured, with --by rate. Default: 5.")
    private int sampleSeconds;

    ShardsBalanceCommand(Console console) {
        super(console);
    }

    @Override
    void check() {
        if (tolerancePercent < 0 || tolerancePercent > 100) {
            throw CliException.usage("--tolerance must be between 0 and 100");
        }
    }

    @Override
    int run(OperatorClient client) throws IOException, InterruptedException {
        ShardView view = ShardView.take(client, goal == Goal.RATE ? Math.max(1, sampleSeconds) * 1000L : 0);
        return carryOut(client, view, Balancer.balance(view.image(), view.loads(), goal, tolerancePercent / 100.0));
    }
}
