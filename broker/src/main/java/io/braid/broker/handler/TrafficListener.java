package io.braid.broker.handler;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** Hears what clients write and read, batch by batch, and what they are refused. Called by any thread, for every batch: it must be quick. */
public interface TrafficListener {
    /** Records of a partition were appended for a client. */
    void produced(Uuid topicId, int partition, int shardId, long bytes);

    /** Records of a partition are sent to a client. */
    void fetched(Uuid topicId, int partition, int shardId, long bytes);

    /** A partition of a request is answered with an error. */
    void refused(ApiKeys api, Errors error);
}
