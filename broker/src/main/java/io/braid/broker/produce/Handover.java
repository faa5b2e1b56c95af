package io.braid.broker.produce;

import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * When this broker last gave up the lead of a shard to another one. Thread-safe.
 *
 * <p>News of the controllers reach the brokers some milliseconds apart: a follower of Raft learns of a commit with the next
 * message of its leader, up to 10 ms later. A producer that is told at once who leads now gets there before the news, is sent
 * away once more, and pauses: a Java client 100 ms. So the former leader keeps its answer back for as long as the news may take.
 */
public final class Handover {
    static final long SPREAD_NS = 20_000_000;

    private final int self;
    private final LongSupplier nanoTime;
    private volatile long newsArrivedNs;

    /** @param nanoTime in nanoseconds, as System.nanoTime */
    public Handover(int self, LongSupplier nanoTime) {
        this.self = self;
        this.nanoTime = nanoTime;
        this.newsArrivedNs = nanoTime.getAsLong();
    }

    /** To be told of every image before the shards are. */
    public void onImage(ClusterImage before, ClusterImage after) {
        for (ShardImage now : after.changesSince(before).shardsChanged()) {
            Optional<ShardImage> old = before.shard(now.id());
            boolean led = old.isPresent() && old.get().leader() == self;
            if (led && now.leader() != self && now.leader() != ShardImage.NO_LEADER) {
                newsArrivedNs = nanoTime.getAsLong() + SPREAD_NS;
                return;
            }
        }
    }

    /** How long an answer that names another leader is to be kept back, in nanoseconds; 0 as a rule. */
    public long waitNs() {
        return Math.max(0, newsArrivedNs - nanoTime.getAsLong());
    }
}
