package io.braid.broker.group;

import org.apache.kafka.common.protocol.Errors;

/** Something asked of one group: a request of a client, or the result of a computation. */
public interface GroupRequest {
    String groupId();

    /** Decides it, once. All effects go through the turn, except that waiting clients and timers are kept in the group. */
    void decide(Turn turn);

    /** It cannot be decided here; called in place of {@link #decide}. */
    default void refuse(Errors error) {}
}
