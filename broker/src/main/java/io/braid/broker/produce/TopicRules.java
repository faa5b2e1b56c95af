package io.braid.broker.produce;

import io.braid.image.ClusterImage;
import io.braid.image.TopicImage;

/** What the topics' settings ask of batches. Thread-safe; quick, for it is asked for each partition of each request. */
@FunctionalInterface
public interface TopicRules {
    /** The rules and the replicas that acks=all needs. */
    record Settings(BatchRules batch, int minInSyncReplicas) {}

    Settings of(ClusterImage image, TopicImage topic);
}
