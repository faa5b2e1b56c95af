package io.braid.broker.shard;

/**
 * Kafka's rules for an idempotent producer's sequence numbers (KIP-98, KIP-360).
 *
 * <p>Pure. Sequences run from 0 to {@link Integer#MAX_VALUE} and wrap to 0; a batch is in order when its first
 * sequence follows the last one that the partition has of the same producer epoch.
 */
final class SequenceCheck {
    /** What becomes of a batch. */
    enum Verdict {
        /** Next in order, or the first that is known of this producer or epoch. */
        IN_ORDER,
        /** The very batch that was appended last. */
        DUPLICATE_OF_LAST,
        /** Not after the last one: a repetition of an earlier batch if the log has it, else out of order. */
        MAYBE_EARLIER,
        OUT_OF_ORDER,
        /** From a producer epoch that a newer one has fenced. */
        FENCED
    }

    private static final int MAX_IN_FLIGHT_RECORDS = 1 << 20;

    private SequenceCheck() {}

    /** For a producer that the partition knows by {@code knownEpoch}, {@code lastSequence}. */
    static Verdict check(
            short knownEpoch, int lastSequence, int lastBatchRecords, short epoch, int firstSequence, int records) {
        if (epoch < knownEpoch) {
            return Verdict.FENCED;
        }
        if (epoch > knownEpoch) {
            return firstSequence == 0 ? Verdict.IN_ORDER : Verdict.OUT_OF_ORDER;
        }
        if (firstSequence == next(lastSequence, 1)) {
            return Verdict.IN_ORDER;
        }
        if (next(firstSequence, records - 1) == lastSequence && records == lastBatchRecords) {
            return Verdict.DUPLICATE_OF_LAST;
        }
        return Verdict.MAYBE_EARLIER;
    }

    /**
     * Whether a batch that ends with {@code sequence} must have been appended, given the producer's newest sequence: sequences
     * have no gaps, so everything before the newest was. Limited to what a producer can have on its way, so that a client that
     * begins anew under an old epoch is told.
     */
    static boolean wasJustBefore(int sequence, int newest) {
        int distance = (newest - sequence) & Integer.MAX_VALUE;
        return distance > 0 && distance < MAX_IN_FLIGHT_RECORDS;
    }

    /** The sequence {@code by} places after {@code sequence}. */
    static int next(int sequence, int by) {
        return (int) ((sequence + (long) by) & Integer.MAX_VALUE);
    }
}
