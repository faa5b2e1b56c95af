package io.braid.perf.chaos.cluster;

import io.braid.perf.nodes.Commands;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Moves of shards by the command line, where it has the command. With as many replicas as nodes a move changes only who
 * leads by preference; with more nodes it copies. Used by one thread.
 */
public final class ShardMoves {
    private static final Pattern SHARD = Pattern.compile("\"shard\":\\s*(\\d+)");

    private final BraidCluster cluster;
    private final int replicas;
    private Boolean available;

    /** @param replicas of each shard */
    public ShardMoves(BraidCluster cluster, int replicas) {
        this.cluster = cluster;
        this.replicas = replicas;
    }

    /** Whether {@code bin/braid shards move} exists; asked once. */
    public boolean available() throws IOException, InterruptedException {
        if (available == null) {
            available = cluster.braid(List.of("shards", "move", "--help")).ok();
        }
        return available;
    }

    /**
     * Asks for the move of one shard and does not wait for it.
     *
     * @param chance which one, and where to
     * @return what was done, in words
     */
    public String moveOne(int chance) throws IOException, InterruptedException {
        Commands.Outcome list = cluster.operate(List.of("shards", "list", "--json"));
        List<String> shards = new ArrayList<>();
        Matcher matcher = SHARD.matcher(list.output());
        while (matcher.find()) {
            shards.add(matcher.group(1));
        }
        if (shards.isEmpty()) {
            return "no shard moves: they cannot be listed: " + list.output();
        }
        String shard = shards.get(chance % shards.size());
        String to = targets(chance);
        Commands.Outcome outcome = cluster.operate(List.of("shards", "move", shard, "--to", to));
        return "shard " + shard + " moves to " + to + (outcome.ok() ? "" : ": " + outcome.output());
    }

    private String targets(int chance) {
        List<Integer> nodes = IntStream.rangeClosed(1, cluster.size()).boxed().collect(Collectors.toList());
        Collections.shuffle(nodes, new Random(chance));
        return nodes.stream().limit(replicas).map(String::valueOf).collect(Collectors.joining(","));
    }
}
