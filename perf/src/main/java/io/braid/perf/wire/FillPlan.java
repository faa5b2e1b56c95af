package io.braid.perf.wire;

import io.braid.perf.measure.LoadTopics;

/**
 * What is written how. Immutable.
 *
 * @param topics whose partitions are written to
 * @param recordBytes of a value
 * @param partitionsPerRequest a batch each
 * @param connections at a time
 * @param inFlight requests on each connection
 * @param idempotent each partition has a producer of its own
 * @param alone nobody else writes to these partitions, so that the offsets must be the rounds
 */
public record FillPlan(
        LoadTopics topics,
        int recordBytes,
        int partitionsPerRequest,
        int connections,
        int inFlight,
        boolean idempotent,
        boolean alone) {
    private static final long FIRST_PRODUCER_ID = 1L << 40;

    /** Of all topics together. */
    public int partitions() {
        return topics.partitions();
    }

    /** Requests that it takes to write to every partition once. */
    int chunks() {
        return (partitions() + partitionsPerRequest - 1) / partitionsPerRequest;
    }

    /** The first of a request's partitions, by their numbers among all. */
    int firstOf(int chunk) {
        return chunk * partitionsPerRequest;
    }

    /** The number behind a request's last partition. */
    int endOf(int chunk) {
        return Math.min(partitions(), firstOf(chunk) + partitionsPerRequest);
    }

    long producerId(int partition) {
        return FIRST_PRODUCER_ID + partition;
    }
}
