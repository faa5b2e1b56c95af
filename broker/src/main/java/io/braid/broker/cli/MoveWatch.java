package io.braid.broker.cli;

import io.braid.image.ShardImage;
import java.io.IOException;
import java.util.List;

/** Waits until shards have moved, and tells how far they are. */
final class MoveWatch {
    private static final long INTERVAL_MS = 1_000;

    private final OperatorCommand command;

    MoveWatch(OperatorCommand command) {
        this.command = command;
    }

    /** Prints the shards that still move, about every second, until there are none. */
    void await(OperatorClient client, List<Integer> shards) throws IOException, InterruptedException {
        while (true) {
            ShardView view = ShardView.take(client, INTERVAL_MS);
            List<ShardImage> moving =
                    view.shards(shards).stream().filter(ShardImage::moving).toList();
            if (shards.isEmpty() || moving.isEmpty()) {
                return;
            }
            moving.forEach(shard -> command.print(view.line(shard)));
            command.flush();
        }
    }
}
