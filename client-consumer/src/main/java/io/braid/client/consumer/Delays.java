package io.braid.client.consumer;

import java.util.PriorityQueue;

/**
 * Partitions that are not fetched, or looked up, for a while: after an error, longer with each in a row. Owned as the {@link
 * Fetcher} is.
 */
final class Delays {
    private final FetchSettings settings;
    private final FetchSessions sessions;
    private final PriorityQueue<Delay> delays =
            new PriorityQueue<>((a, b) -> Long.compare(a.untilNs() - b.untilNs(), 0)); // some are outdated

    /** A partition rests, unless it was told otherwise since. */
    private record Delay(AssignedPartition partition, long untilNs) {}

    Delays(FetchSettings settings, FetchSessions sessions) {
        this.settings = settings;
        this.sessions = sessions;
    }

    void delay(AssignedPartition partition, long nowNs) {
        partition.failures = Math.min(partition.failures + 1, 30);
        long pauseNs = Math.min(
                settings.retryBackoffMaxNs(), settings.retryBackoffNs() << Math.min(20, partition.failures - 1));
        partition.delayed = true;
        partition.notBeforeNs = nowNs + pauseNs;
        delays.add(new Delay(partition, partition.notBeforeNs));
        sessions.place(partition, nowNs);
    }

    /**
     * Time has passed: what waited for it goes on. Returns when to come again, in nanoseconds from now; {@link Long#MAX_VALUE}
     * for never.
     */
    long tick(long nowNs) {
        for (Delay next = delays.peek(); next != null && next.untilNs() - nowNs <= 0; next = delays.peek()) {
            delays.remove();
            AssignedPartition partition = next.partition();
            if (partition.delayed && partition.notBeforeNs == next.untilNs()) {
                partition.delayed = false;
                sessions.place(partition, nowNs);
            }
        }
        return delays.isEmpty() ? Long.MAX_VALUE : delays.peek().untilNs() - nowNs;
    }
}
