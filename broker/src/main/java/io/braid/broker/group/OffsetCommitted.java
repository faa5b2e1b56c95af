package io.braid.broker.group;

import java.util.Objects;
import org.apache.kafka.common.Uuid;

/** A group has committed an offset. */
public record OffsetCommitted(String groupId, Uuid topicId, int partition, CommittedOffset offset)
        implements GroupRecord {
    public OffsetCommitted {
        Objects.requireNonNull(groupId);
        Objects.requireNonNull(topicId);
        Objects.requireNonNull(offset);
    }
}
