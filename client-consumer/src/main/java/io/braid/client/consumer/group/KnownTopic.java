package io.braid.client.consumer.group;

import java.util.Objects;
import org.apache.kafka.common.Uuid;

/**
 * What a membership has to know of a topic. Immutable.
 *
 * @param id {@link Uuid#ZERO_UUID} from a broker that knows no ids
 */
record KnownTopic(String name, Uuid id, int partitionCount) {
    KnownTopic {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(id, "id");
    }
}
