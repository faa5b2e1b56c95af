package io.braid.client.consumer;

/**
 * Shares the memory for fetched records: half of it for what was received, half for answers on their way. Owned as the {@link
 * Fetcher} is.
 */
final class PrefetchBudget {
    /** An answer is never limited to less, whatever the number of brokers. */
    static final int MIN_ANSWER_BYTES = 64 << 10;

    private static final int PARTITIONS_AHEAD = 8;

    private final long bytes;
    private final int fetchMaxBytes;
    private long retained;

    PrefetchBudget(long bytes, int fetchMaxBytes) {
        this.bytes = bytes;
        this.fetchMaxBytes = fetchMaxBytes;
    }

    void add(long received) {
        retained += received;
    }

    void remove(long released) {
        retained -= released;
    }

    long retained() {
        return retained;
    }

    /** Whether more may be asked for. */
    boolean open() {
        return retained < bytes / 2;
    }

    /** How large the answer of one of so many brokers may be. */
    int answerBytes(int brokers) {
        long share = bytes / 2 / Math.max(1, brokers);
        return (int) Math.min(fetchMaxBytes, Math.max(share, Math.min(fetchMaxBytes, MIN_ANSWER_BYTES)));
    }

    /** A partition with so much unread is not fetched: what is slow must not take what others need. */
    long partitionBytes() {
        return Math.max(1, bytes / PARTITIONS_AHEAD);
    }
}
