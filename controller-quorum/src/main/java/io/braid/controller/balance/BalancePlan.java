package io.braid.controller.balance;

import io.braid.controller.Command.ShardMove;
import java.util.List;
import java.util.Map;

/**
 * Moves, and what comes of them.
 *
 * @param bytesToMove that brokers have to copy
 * @param lowerBoundBytes no plan that ends as even, or empties the same broker, copies less
 * @param before and {@code after}: by broker id, every registered broker
 * @param stuck one line for each shard that should be moved and cannot be
 */
public record BalancePlan(
        List<ShardMove> moves,
        long bytesToMove,
        long lowerBoundBytes,
        Map<Integer, BrokerLoad> before,
        Map<Integer, BrokerLoad> after,
        List<String> stuck) {
    public BalancePlan {
        moves = List.copyOf(moves);
        before = Map.copyOf(before);
        after = Map.copyOf(after);
        stuck = List.copyOf(stuck);
    }
}
