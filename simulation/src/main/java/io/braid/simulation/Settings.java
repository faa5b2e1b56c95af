package io.braid.simulation;

import io.braid.log.FlushMode;
import io.braid.quorum.LivenessConfig;

/**
 * The cluster of a run, drawn from its seed.
 *
 * @param controllers voters, on machines 0, 1, ...
 * @param brokers their ids are the numbers of their machines
 * @param apart whether the brokers' machines are others than the controllers'
 * @param replicationFactor of the shards
 * @param shards of the pool
 * @param partitions of the topic
 * @param minInSync min.insync.replicas of the topic
 * @param flush what an acknowledgement promises
 * @param clients each produces to some partitions and consumes others
 * @param deletes whether records are deleted
 * @param rewrites whether logs are rewritten below what is committed, so that who comes back late copies a snapshot
 */
record Settings(
        int controllers,
        int brokers,
        boolean apart,
        int replicationFactor,
        int shards,
        int partitions,
        int minInSync,
        FlushMode flush,
        int clients,
        boolean rewrites,
        boolean deletes) {
    static Settings draw(Chance chance) {
        int brokers = chance.percent(50) ? 3 : 4;
        return new Settings(
                3,
                brokers,
                chance.percent(40),
                chance.percent(75) ? 3 : 2,
                2,
                4,
                chance.percent(60) ? 2 : 1,
                chance.percent(50) ? FlushMode.REPLICATED : FlushMode.GROUP,
                2,
                chance.percent(40),
                chance.percent(50));
    }

    LivenessConfig liveness() {
        return LivenessConfig.DEFAULT;
    }

    /** Machine, and so id, of the first broker. */
    int firstBroker() {
        return apart ? controllers : 0;
    }

    int machines() {
        return Math.max(controllers, firstBroker() + brokers) + clients;
    }

    /** Machine of the first client. */
    int firstClient() {
        return machines() - clients;
    }
}
