package io.braid.broker.fetch;

import org.apache.kafka.common.Uuid;

/**
 * How a client names a partition: by topic id (Fetch 13 and up, the name is empty) or by name (the id is zero).
 */
record FetchKey(Uuid topicId, String topic, int partition) {
    boolean byId() {
        return topic.isEmpty();
    }
}
