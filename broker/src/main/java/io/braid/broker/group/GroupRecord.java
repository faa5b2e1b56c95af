package io.braid.broker.group;

/** What is written to {@code __consumer_offsets}: something that has happened to a group. Immutable. */
public sealed interface GroupRecord
        permits OffsetCommitted, OffsetRemoved, ClassicGroupChanged, ClassicGroupRemoved, ConsumerGroupRecord {
    String groupId();
}
