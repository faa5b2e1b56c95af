package io.braid.broker.cli;

import io.braid.image.ShardImage;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists shards. */
@Command(
        name = "list",
        description = "Prints every shard, or those of a broker or that move, with the bytes of its log.",
        sortOptions = false)
final class ShardsListCommand extends OperatorCommand {
    @Option(names = "--broker", paramLabel = "ID", description = "Only shards with a replica there.")
    private Optional<Integer> broker = Optional.empty();

    @Option(names = "--moving", description = "Only shards that move, with how far they are.")
    private boolean moving;

    @Option(
            names = "--sample",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "Looks twice, so many seconds apart, for write rates and the time a move still takes.")
    private int sampleSeconds;

    ShardsListCommand(Console console) {
        super(console);
    }

    @Override
    int run(OperatorClient client) throws IOException, InterruptedException {
        ShardView view = ShardView.take(client, Math.max(0, sampleSeconds) * 1000L);
        view.image().shards().stream()
                .filter(shard -> broker.isEmpty() || shard.replicas().contains(broker.get()))
                .filter(shard -> !moving || shard.moving())
                .map((ShardImage shard) -> view.line(shard))
                .forEach(this::print);
        return ExitCode.DONE;
    }
}
