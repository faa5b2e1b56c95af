package io.braid.log;

import org.apache.kafka.common.Uuid;

/** What the retention settings of topics are. Called on background threads: implementations are immutable views. */
public interface RetentionPolicy {
    /** {@code retention.ms} of a topic, -1 when unlimited. */
    long retentionMs(Uuid topic);

    /** {@code retention.bytes} of each of a topic's partitions, -1 when unlimited. */
    long retentionBytes(Uuid topic);

    /** Whether the topic still exists; unknown topics keep their data until a topic-deleted entry says otherwise. */
    boolean exists(Uuid topic);
}
