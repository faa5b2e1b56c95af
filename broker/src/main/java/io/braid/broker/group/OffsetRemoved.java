package io.braid.broker.group;

import java.util.Objects;
import org.apache.kafka.common.Uuid;

/** A committed offset is gone: deleted, expired, or its topic was. */
public record OffsetRemoved(String groupId, Uuid topicId, int partition) implements GroupRecord {
    public OffsetRemoved {
        Objects.requireNonNull(groupId);
        Objects.requireNonNull(topicId);
    }
}
