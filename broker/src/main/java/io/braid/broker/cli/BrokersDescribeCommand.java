package io.braid.broker.cli;

import io.braid.image.BrokerImage;
import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Describes a broker. */
@Command(
        name = "describe",
        description = "Prints a broker: its addresses, what it supports, and its shards.",
        sortOptions = false)
final class BrokersDescribeCommand extends OperatorCommand {
    @Parameters(paramLabel = "ID", description = "Its id.")
    private int id;

    BrokersDescribeCommand(Console console) {
        super(console);
    }

    @Override
    int run(OperatorClient client) throws IOException, InterruptedException {
        ShardView view = ShardView.take(client, 0);
        BrokerImage broker =
                view.image().broker(id).orElseThrow(() -> CliException.failed("broker " + id + " is not registered"));
        Map<String, Object> line = new BrokerLines(view).of(broker);
        line.put("epoch", broker.epoch());
        line.put(
                "endpoints",
                broker.endpoints().stream()
                        .map(at -> at.listener() + "://" + at.host() + ":" + at.port())
                        .toList());
        line.put(
                "features",
                broker.features().stream()
                        .map(range -> range.name() + ":" + range.min() + "-" + range.max())
                        .toList());
        print(line);
        view.image().shards().stream()
                .filter(shard -> shard.replicas().contains(id))
                .forEach(shard -> print(view.line(shard)));
        return ExitCode.DONE;
    }
}
