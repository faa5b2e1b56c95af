package io.braid.broker.handler;

import org.apache.kafka.common.Uuid;

/** Hears how many bytes clients write and read, batch by batch. Called by any thread, for every batch: it must be quick. */
public interface TrafficListener {
    /** Records of a partition were appended for a client. */
    void produced(Uuid topicId, int partition, int shardId, long bytes);

    /** Records of a partition are sent to a client. */
    void fetched(Uuid topicId, int partition, int shardId, long bytes);
}
