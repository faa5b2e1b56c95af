package io.braid.client.consumer.group;

import io.braid.client.consumer.PartitionSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;

/** What may become of a membership: each {@link MemberEvent} calls one of these. */
interface MemberEvents {
    /** Partitions are to be given up; {@link Membership#onRevoked} says that it is done. */
    void revoke(int revocation, PartitionSet partitions);

    void assign(PartitionSet added, PartitionSet whole);

    void lose(PartitionSet partitions);

    void fail(KafkaException fatal);

    /** The broker that was asked is not the coordinator (any more). */
    void coordinatorMoved();

    /** These topics are to be looked up; {@link Membership#onTopics} takes what was found. */
    void wantTopics(Set<String> names, Set<Uuid> ids);

    /** All topics are to be looked up, since some may match the subscription's expression. */
    void wantAllTopics();

    /** A classic group's assignment is to be computed, on some other thread; {@link Membership#onComputed} takes it. */
    void compute(int round, Supplier<Map<String, byte[]>> parts);

    /** The membership ended as {@link Membership#leave} asked for. */
    void left();
}
