package io.braid.client.consumer;

import org.agrona.collections.Int2ObjectHashMap;
import org.apache.kafka.common.Uuid;

/** A topic with assigned partitions. Owned as the {@link Fetcher} is. */
final class AssignedTopic {
    final String name;
    final Int2ObjectHashMap<AssignedPartition> partitions = new Int2ObjectHashMap<>();
    Uuid id = Uuid.ZERO_UUID; // until the routing table has told it, and for brokers that know none

    AssignedTopic(String name) {
        this.name = name;
    }
}
