package io.braid.perf.routing;

/** How long the records of a load took, from when each was due until it was acknowledged. */
interface Latencies {
    /** Of all acknowledged records, in ms. */
    double[] ascendingMs();

    /** The longest of a partition's records that were due between two moments (ms since the epoch); 0 if there were none. */
    double longestMs(int partition, long fromMs, long toMs);

    /** Records that failed for good; none should. */
    int failed();
}
