package io.braid.broker.group.consumer;

import io.braid.image.ClusterImage;
import java.util.Map;

/** The settings that a group may override for itself, as they are in force. Immutable. */
record GroupSettings(int sessionTimeoutMs, int heartbeatIntervalMs) {

    /** Kafka's id for groups in {@code ConfigResource.Type}. */
    private static final byte GROUP_RESOURCE = 32;

    static GroupSettings of(ClusterImage image, String groupId, ConsumerGroupConfig config) {
        Map<String, String> set = image.config(GROUP_RESOURCE, groupId);
        return new GroupSettings(
                number(set.get("consumer.session.timeout.ms"), config.sessionTimeoutMs()),
                number(set.get("consumer.heartbeat.interval.ms"), config.heartbeatIntervalMs()));
    }

    /** Values were checked when they were set. */
    private static int number(String value, int otherwise) {
        return value == null ? otherwise : Integer.parseInt(value);
    }
}
