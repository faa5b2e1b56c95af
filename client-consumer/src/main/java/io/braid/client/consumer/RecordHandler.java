package io.braid.client.consumer;

/**
 * Takes records in the push form: those of one partition one after the other in the order of their offsets, those of several
 * partitions in parallel. Called by the consumer's handler threads, and may block: then no more is fetched for the partition
 * than the prefetch allows.
 */
@FunctionalInterface
public interface RecordHandler<K, V> {
    /** What to do with a record that failed. */
    enum Failure {
        /** Give it again, after a pause which grows; records behind it wait. */
        RETRY,
        /** Count it as handled. */
        SKIP,
        /** Hand out no more records of the partition until somebody seeks in it. */
        STOP
    }

    /**
     * Handles one record. When it returns, the record counts as handled, and with automatic commits its offset is committed some
     * time after: it may come again after a crash, but is never missed.
     *
     * @throws Exception see {@link #onFailure}
     */
    void handle(ConsumerRecord<K, V> record) throws Exception;

    /**
     * What to do after {@link #handle} threw.
     *
     * @param attempt 1 after the first
     */
    default Failure onFailure(ConsumerRecord<K, V> record, Exception failure, int attempt) {
        return Failure.RETRY;
    }

    /**
     * Something keeps partitions from being read: what {@link Consumer#poll} would throw, once each, also when a record cannot be
     * read or a handler's failure stopped a partition. By default it is logged only.
     */
    default void onError(RuntimeException failure) {}
}
