package io.braid.broker.cli;

import io.braid.image.ShardImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Describes shards. */
@Command(
        name = "describe",
        description = "Prints shards with their write rates, and how far a move is.",
        sortOptions = false)
final class ShardsDescribeCommand extends OperatorCommand {
    @Parameters(paramLabel = "SHARD", arity = "1..*", description = "Ids, as shards list prints them.")
    private List<Integer> ids = new ArrayList<>();

    @Option(
            names = "--sample",
            paramLabel = "SECONDS",
            defaultValue = "1",
            description = "Time over which rates are measured. Default: 1.")
    private int sampleSeconds;

    ShardsDescribeCommand(Console console) {
        super(console);
    }

    @Override
    int run(OperatorClient client) throws IOException, InterruptedException {
        ShardView view = ShardView.take(client, Math.max(1, sampleSeconds) * 1000L);
        for (ShardImage shard : view.shards(ids)) {
            print(view.line(shard));
        }
        return ExitCode.DONE;
    }
}
