package io.braid.controller.balance;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Gives each broker as many shards to lead as the others, as far as the replicas allow: from a broker with too many, a chain
 * of shards, each with a replica at the leader of the next one, leads to a broker with fewer (an augmenting path). Owned by
 * one thread.
 */
final class LeaderSpread {
    private final Layout layout;
    /** Shards that each broker is the preferred leader of. */
    private final Map<Integer, List<Integer>> preferred = new TreeMap<>();

    LeaderSpread(Layout layout) {
        this.layout = layout;
        layout.takers().forEach(broker -> preferred.put(broker, new ArrayList<>()));
        for (int shard : layout.shards()) {
            List<Integer> leads = preferred.get(layout.replicas(shard).get(0));
            if (leads != null && layout.movable(shard)) {
                leads.add(shard);
            }
        }
    }

    /** Every path takes one shard from a broker to one that has at least two fewer, so it ends. */
    void even() {
        while (giveOneAway()) {
            // the broker with the most first
        }
    }

    private boolean giveOneAway() {
        List<Integer> byCount = new ArrayList<>(preferred.keySet());
        byCount.sort(Comparator.comparingInt((Integer broker) -> -count(broker)).thenComparingInt(broker -> broker));
        for (int from : byCount) {
            if (giveOneAway(from)) {
                return true;
            }
        }
        return false;
    }

    private int count(int broker) {
        return preferred.get(broker).size();
    }

    /** A step of a path: the shard that its leader gives away. */
    private record Step(int shard, int from) {}

    private boolean giveOneAway(int from) {
        Map<Integer, Step> reached = new HashMap<>();
        Deque<Integer> next = new ArrayDeque<>(List.of(from));
        while (!next.isEmpty()) {
            int at = next.poll();
            if (count(at) <= count(from) - 2) {
                follow(reached, from, at);
                return true;
            }
            for (int shard : preferred.get(at)) {
                for (int to : layout.replicas(shard)) {
                    if (to != from && preferred.containsKey(to) && !reached.containsKey(to)) {
                        reached.put(to, new Step(shard, at));
                        next.add(to);
                    }
                }
            }
        }
        return false;
    }

    private void follow(Map<Integer, Step> reached, int from, int end) {
        for (int to = end; to != from; ) {
            Step step = reached.get(to);
            layout.prefer(step.shard(), to);
            preferred.get(step.from()).remove(Integer.valueOf(step.shard()));
            preferred.get(to).add(step.shard());
            to = step.from();
        }
    }
}
