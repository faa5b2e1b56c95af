package io.braid.perf.chaos.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Moves of shards by the command line, where it has the command. Used by one thread. */
public final class ShardMoves {
    private final BraidCluster cluster;
    private Boolean available;

    public ShardMoves(BraidCluster cluster) {
        this.cluster = cluster;
    }

    /** Whether {@code bin/braid shards move} exists; asked once. */
    public boolean available() throws IOException, InterruptedException {
        if (available == null) {
            available = cluster.braid(List.of("shards", "move", "--help")).ok();
        }
        return available;
    }

    /**
     * Moves one shard.
     *
     * @param chance which one, and where to
     * @return what was done, in words
     */
    public String moveOne(int chance) throws IOException, InterruptedException {
        if (!available()) {
            return "no shards move in this version";
        }
        List<String> arguments = new ArrayList<>(List.of("shards", "balance", "--bootstrap", cluster.bootstrap()));
        Commands.Outcome outcome = cluster.braid(arguments);
        return "shards balance (" + chance % 2 + "): " + outcome.output();
    }
}
