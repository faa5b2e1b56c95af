package io.braid.perf.fill;

/**
 * What is written how.
 *
 * @param partitions of the topic, all of which are written to
 * @param recordBytes of a value
 * @param partitionsPerRequest a batch each
 * @param connections at a time
 * @param inFlight requests on each connection
 * @param idempotent each partition has a producer of its own
 */
record FillPlan(
        String topic,
        int partitions,
        int recordBytes,
        int partitionsPerRequest,
        int connections,
        int inFlight,
        boolean idempotent) {
    private static final long FIRST_PRODUCER_ID = 1L << 40;

    /** Requests that it takes to write to every partition once. */
    int chunks() {
        return (partitions + partitionsPerRequest - 1) / partitionsPerRequest;
    }

    int[] partitionsOf(int chunk) {
        int from = chunk * partitionsPerRequest;
        int[] found = new int[Math.min(partitionsPerRequest, partitions - from)];
        for (int i = 0; i < found.length; i++) {
            found[i] = from + i;
        }
        return found;
    }

    long producerId(int partition) {
        return FIRST_PRODUCER_ID + partition;
    }
}
