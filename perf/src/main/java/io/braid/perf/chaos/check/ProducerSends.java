package io.braid.perf.chaos.check;

import java.util.Arrays;

/** What is known of each value of one producer, by its sequence. */
final class ProducerSends {
    static final byte NOT_SENT = 0;
    static final byte OK = 1;
    static final byte FAIL = 2;
    static final byte INFO = 3;

    private static final byte READ = 1;
    private static final byte READ_AT_THE_END = 2;

    private byte[] outcomes = new byte[16];
    private byte[] seen = new byte[16];
    private int[] partitions = new int[16];
    private long[] offsets = filled(16);
    private int size;

    /** One more than the highest sequence. */
    int size() {
        return size;
    }

    void sent(int sequence, byte outcome, int partition) {
        reach(sequence);
        outcomes[sequence] = outcome;
        partitions[sequence] = partition;
    }

    /** The offset where it was seen first, if that is another one; else -1. */
    long placed(int sequence, long offset) {
        reach(sequence);
        if (offsets[sequence] < 0) {
            offsets[sequence] = offset;
        }
        return offsets[sequence] == offset ? -1 : offsets[sequence];
    }

    void read(int sequence, boolean atTheEnd) {
        reach(sequence);
        seen[sequence] |= atTheEnd ? READ_AT_THE_END : READ;
    }

    byte outcome(int sequence) {
        return outcomes[sequence];
    }

    /** Where it was sent to; meaningless if it was not. */
    int partition(int sequence) {
        return partitions[sequence];
    }

    /** Where it was seen, or -1. */
    long offset(int sequence) {
        return offsets[sequence];
    }

    /** Whether anyone read it while the run went on. */
    boolean wasRead(int sequence) {
        return (seen[sequence] & READ) != 0;
    }

    boolean wasReadAtTheEnd(int sequence) {
        return (seen[sequence] & READ_AT_THE_END) != 0;
    }

    private void reach(int sequence) {
        if (sequence >= size) {
            size = sequence + 1;
        }
        if (size > outcomes.length) {
            int length = Math.max(size, outcomes.length + (outcomes.length >> 1));
            int before = offsets.length;
            outcomes = Arrays.copyOf(outcomes, length);
            seen = Arrays.copyOf(seen, length);
            partitions = Arrays.copyOf(partitions, length);
            offsets = Arrays.copyOf(offsets, length);
            Arrays.fill(offsets, before, length, -1);
        }
    }

    private static long[] filled(int length) {
        long[] offsets = new long[length];
        Arrays.fill(offsets, -1);
        return offsets;
    }
}
