package io.braid.broker.cli;

import io.braid.controller.Command.MoveShards;
import io.braid.controller.Command.ShardMove;
import io.braid.image.ShardImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Moves shards. */
@Command(
        name = "move",
        description = {
            "Moves shards to other brokers, with all partitions in them.",
            "The new replicas are added, catch up, and join the in-sync set; only then do the old ones go. A move goes on"
                    + " whatever stops meanwhile. It is cancelled by a move back."
        },
        sortOptions = false)
final class ShardsMoveCommand extends OperatorCommand {
    @Parameters(paramLabel = "SHARD", arity = "1..*", description = "Ids, as shards list prints them.")
    private List<Integer> ids = new ArrayList<>();

    @Option(
            names = "--to",
            paramLabel = "ID,...",
            split = ",",
            description = "All brokers that are to have it in the end, the preferred leader first.")
    private List<Integer> to = new ArrayList<>();

    @Option(names = "--from", paramLabel = "ID", description = "A broker to take it off, with --onto.")
    private Optional<Integer> from = Optional.empty();

    @Option(names = "--onto", paramLabel = "ID", description = "The broker that takes the place of --from.")
    private Optional<Integer> onto = Optional.empty();

    @Option(names = "--wait", description = "Waits until it is done, and prints how far it is.")
    private boolean wait;

    ShardsMoveCommand(Console console) {
        super(console);
    }

    @Override
    void check() {
        if (to.isEmpty() == from.isEmpty() || from.isPresent() != onto.isPresent()) {
            throw CliException.usage("give --to, or --from and --onto");
        }
    }

    @Override
    int run(OperatorClient client) throws IOException, InterruptedException {
        ShardView view = ShardView.take(client, 0);
        List<ShardMove> moves = new ArrayList<>();
        for (ShardImage shard : view.shards(ids)) {
            moves.add(new ShardMove(shard.id(), target(shard)));
        }
        int code = failures(client.submit(new MoveShards(moves)));
        for (ShardMove move : moves) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("shard", move.shardId());
            line.put("to", move.replicas());
            if (code == ExitCode.DONE) {
                print(line);
            }
        }
        if (wait && code == ExitCode.DONE) {
            new MoveWatch(this).await(client, ids);
        }
        return code;
    }

    private List<Integer> target(ShardImage shard) {
        if (from.isEmpty()) {
            return to;
        }
        if (!shard.target().contains(from.get())) {
            throw CliException.failed("shard " + shard.id() + " is not on broker " + from.get());
        }
        return shard.target().stream()
                .map(id -> id.equals(from.get()) ? onto.orElseThrow() : id)
                .toList();
    }
}
