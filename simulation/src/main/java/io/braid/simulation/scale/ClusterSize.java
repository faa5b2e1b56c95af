package io.braid.simulation.scale;

import java.util.Map;

/**
 * How large a simulated cluster is.
 *
 * @param racks brokers are spread over them in turn
 * @param partitions of all topics together; each topic has the same number, at least one
 * @param shards of the one pool the topics are in; each has three replicas, or as many as there are brokers
 * @param clients spread over the brokers in turn
 * @param topicsPerClient that each client watches
 */
record ClusterSize(int brokers, int racks, int topics, long partitions, int shards, int clients, int topicsPerClient) {
    private static final int REPLICAS = 3;

    ClusterSize {
        if (brokers < 1 || racks < 1 || topics < 1 || shards < 1 || clients < 0 || topicsPerClient < 1) {
            throw new IllegalArgumentException("sizes must be positive");
        }
        if (partitions < topics) {
            throw new IllegalArgumentException(topics + " topics need as many partitions, not " + partitions);
        }
    }

    int partitionsPerTopic() {
        return Math.toIntExact(partitions / topics);
    }

    int replicationFactor() {
        return Math.min(REPLICAS, brokers);
    }

    /** Shards that each broker has a replica of, on average. */
    int shardsPerBroker() {
        return shards * replicationFactor() / brokers;
    }

    ClusterSize withBrokers(int count) {
        return new ClusterSize(count, racks, topics, partitions, shards, clients, topicsPerClient);
    }

    ClusterSize withTopics(int count, long partitionCount) {
        return new ClusterSize(brokers, racks, count, partitionCount, shards, clients, topicsPerClient);
    }

    ClusterSize withShards(int count) {
        return new ClusterSize(brokers, racks, topics, partitions, count, clients, topicsPerClient);
    }

    ClusterSize withClients(int count) {
        return new ClusterSize(brokers, racks, topics, partitions, shards, count, topicsPerClient);
    }

    /** For a line of results. */
    Map<String, Object> describe() {
        return Figures.of(
                "brokers", brokers,
                "topics", topics,
                "partitions", partitions,
                "shards", shards,
                "replicationFactor", replicationFactor(),
                "clients", clients);
    }
}
