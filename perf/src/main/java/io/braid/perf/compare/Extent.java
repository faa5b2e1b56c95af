package io.braid.perf.compare;

/**
 * How much is measured. Immutable.
 *
 * @param rounds of each broker, in turn
 * @param seconds of a load
 * @param warmUpSeconds of each load, before it counts
 * @param brokerWarmUpSeconds of each start of a node, before anything counts
 * @param gb that are consumed
 * @param partitions the largest number for Braid
 * @param kafkaPartitions the numbers of the series for Apache Kafka, of which the last may be out of its reach
 * @param braidPartitions the same for Braid
 * @param failoverPartitions beside those that are loaded, for both
 * @param rate of the end-to-end loads of the OpenMessaging benchmark
 */
record Extent(
        int rounds,
        int seconds,
        int warmUpSeconds,
        int brokerWarmUpSeconds,
        double gb,
        int partitions,
        String kafkaPartitions,
        String braidPartitions,
        int failoverPartitions,
        int rate) {

    /** At most an hour on two cores. */
    static final Extent FULL =
            new Extent(3, 8, 3, 30, 2, 1_000_000, "1000,10000,25000", "1000,10000,100000,1000000", 3_000, 50_000);

    /** At most twelve minutes on two cores. */
    static final Extent QUICK = new Extent(1, 5, 2, 8, 1, 100_000, "1000,5000", "1000,10000,100000", 1_000, 20_000);

    /** To see that all of it works: says nothing. */
    static final Extent TINY = new Extent(1, 1, 1, 1, 0.01, 200, "10,20", "10,20", 20, 500);
}
