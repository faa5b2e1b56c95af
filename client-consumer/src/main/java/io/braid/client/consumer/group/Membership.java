package io.braid.client.consumer.group;

import io.braid.client.consumer.PartitionSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * The state machine of one member: knows no thread, socket or clock. What it wants to send it gives out in {@link #poll}, what
 * happened in {@link #takeEvents}, to be told after each call. Times are those of one clock, in nanoseconds. Owned by the
 * member's event loop.
 */
interface Membership {
    /** What is to be read from now on; {@link Subscription#NONE} leaves the group until there is something again. */
    void subscribe(Subscription subscription, long nowNs);

    /** The application gave a sign of life. */
    void alive(long nowNs);

    /** The next request to send, if there is one now; each is to be answered by {@link #onAnswer} or {@link #onNoAnswer}. */
    Optional<MemberCall> poll(long nowNs);

    /** When to poll again at the latest if nothing happens; {@code Long.MAX_VALUE} for never. */
    long nextNs(long nowNs);

    void onAnswer(MemberCall call, ApiMessage answer, long nowNs);

    /** The connection was lost, or the answer did not come in time: whether the coordinator acted on the call is not known. */
    void onNoAnswer(MemberCall call, long nowNs);

    /** A revocation is done: nothing is worked on or committed for its partitions any more. Late ones are ignored. */
    void onRevoked(int revocation, long nowNs);

    /** What was found of topics that were wanted by name or id; topics that are missing do not exist now. */
    void onTopics(Collection<KnownTopic> topics, long nowNs);

    /** A subscribed topic is in the routing table now; says nothing of others. */
    void onRoute(KnownTopic topic, long nowNs);

    /** All topics there are, as was wanted. */
    void onAllTopics(Collection<KnownTopic> topics, long nowNs);

    /** The parts of all members were computed, or could not be: then there are none. Those of an old round are ignored. */
    void onComputed(int round, Optional<Map<String, byte[]>> parts, long nowNs);

    /** Gives up all partitions and ends the membership for good. */
    void leave(long nowNs);

    /** What happened since the last call, in order. */
    List<MemberEvent> takeEvents();

    MemberState state();

    /** Who commits in this member's name. */
    MemberIdentity identity();

    PartitionSet owned();
}
