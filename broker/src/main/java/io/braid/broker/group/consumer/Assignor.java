package io.braid.broker.group.consumer;

import java.util.Map;
import java.util.Optional;

/**
 * Spreads the partitions of the subscribed topics over the members, each to exactly one that is subscribed to its topic
 * (KIP-848, "server side mode"). Pure, and the same for the same input; costs members, ranges and topics, not
 * partitions. Racks are not looked at.
 */
public interface Assignor {

    /** The name clients ask for with {@code group.remote.assignor}. */
    String name();

    /** Partitions by member id, every member named. */
    Map<String, PartitionSet> assign(AssignmentInput input);

    /** The assignor of a name; empty if there is none. */
    static Optional<Assignor> named(String name) {
        return switch (name) {
            case UniformAssignor.NAME -> Optional.of(new UniformAssignor());
            case RangeAssignor.NAME -> Optional.of(new RangeAssignor());
            default -> Optional.empty();
        };
    }
}
