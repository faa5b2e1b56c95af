package io.braid.broker.replication;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which of the shards that moves bring to this broker are copied now, and which wait for their turn: a plan of many moves would
 * else have all of them under way for as long as the last one takes, with leaders that read all of them cold. Pure; owned by
 * the thread that applies images.
 */
final class Arrivals {
    /** Whom to follow when a shard's turn comes. */
    record Waiting(int shardId, int leaderId, int leaderEpoch) {}

    private final Set<Integer> copied = new HashSet<>();
    private final Map<Integer, Waiting> waiting = new LinkedHashMap<>();
    private int limit;

    /** @param limit of shards copied at a time */
    Arrivals(int limit) {
        this.limit = limit;
    }

    /** @param limit for those that begin from now on; what is under way goes on */
    void limit(int limit) {
        this.limit = limit;
    }

    /** Whether a shard that arrives may be copied now. If not, it waits, and knows whom to follow then. */
    boolean enter(Waiting shard) {
        if (copied.contains(shard.shardId()) || copied.size() < limit) {
            waiting.remove(shard.shardId());
            copied.add(shard.shardId());
            return true;
        }
        waiting.put(shard.shardId(), shard);
        return false;
    }

    /** The shard is here, or does not come any more. */
    void leave(int shardId) {
        copied.remove(shardId);
        waiting.remove(shardId);
    }

    /** Those whose turn has come, in the order in which they came; they count as copied from now on. */
    List<Waiting> next() {
        List<Waiting> next = new ArrayList<>();
        var queue = waiting.values().iterator();
        while (copied.size() < limit && queue.hasNext()) {
            Waiting shard = queue.next();
            queue.remove();
            copied.add(shard.shardId());
            next.add(shard);
        }
        return next;
    }
}
