package io.braid.perf.groups;

import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Who has which partitions of one topic, as the members say themselves. Thread-safe. */
final class ShareTable {
    private final int partitions;
    private final Map<Integer, BitSet> shares = new HashMap<>();

    /** @param partitions of the topic */
    ShareTable(int partitions) {
        this.partitions = partitions;
    }

    /** A member that has nothing yet. */
    synchronized void enter(int member) {
        shares.put(member, new BitSet());
    }

    synchronized void add(int member, Collection<Integer> gained) {
        gained.forEach(shares.get(member)::set);
        notifyAll();
    }

    synchronized void remove(int member, Collection<Integer> lost) {
        lost.forEach(shares.get(member)::clear);
        notifyAll();
    }

    /** A member that is gone, with what it had. */
    synchronized void leave(int member) {
        shares.remove(member);
        notifyAll();
    }

    /** Whether every partition has one member, and every member a partition if there are enough of them. */
    synchronized boolean settled() {
        BitSet taken = new BitSet(partitions);
        for (BitSet share : shares.values()) {
            if (taken.intersects(share) || share.isEmpty() && partitions >= shares.size()) {
                return false;
            }
            taken.or(share);
        }
        return taken.cardinality() == partitions;
    }

    /**
     * Waits until all is shared.
     *
     * @return whether it came to that in time
     */
    synchronized boolean awaitSettled(long limitMs) throws InterruptedException {
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMs);
        while (!settled()) {
            long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
            if (leftMs <= 0) {
                return false;
            }
            wait(leftMs);
        }
        return true;
    }
}
