package io.braid.log.compact;

import java.util.Optional;
import org.apache.kafka.common.Uuid;

/** Which topics are compacted, and how. An immutable view; any thread. */
public interface CompactionPolicy {
    /** How a topic is compacted; empty when it is not: another policy, or unknown. */
    Optional<TopicCompaction> of(Uuid topic);

    /** Differs from that of another policy unless both say the same. */
    long version();
}
