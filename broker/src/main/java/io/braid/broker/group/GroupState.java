package io.braid.broker.group;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The groups and committed offsets of one partition of {@code __consumer_offsets}. {@link #apply} is the only change of
 * what outlives a restart. Owned by the core's thread.
 */
public final class GroupState {
    private final ConsumerProtocol consumerProtocol;
    private final GroupConfig config;
    private final Map<String, Group> groups = new LinkedHashMap<>();
    private final Map<String, GroupOffsets> offsets = new LinkedHashMap<>();
    private long offsetCount;

    GroupState(ConsumerProtocol consumerProtocol, GroupConfig config) {
        this.consumerProtocol = consumerProtocol;
        this.config = config;
    }

    /** Applies a record, in a turn or in a replay. */
    void apply(GroupRecord record) {
        if (record instanceof OffsetCommitted committed) {
            boolean added = offsets.computeIfAbsent(committed.groupId(), id -> new GroupOffsets())
                    .put(committed.topicId(), committed.partition(), committed.offset());
            offsetCount += added ? 1 : 0;
        } else if (record instanceof OffsetRemoved removed) {
            GroupOffsets of = offsets.get(removed.groupId());
            if (of != null) {
                offsetCount -= of.remove(removed.topicId(), removed.partition()) ? 1 : 0;
                if (of.isEmpty()) {
                    offsets.remove(removed.groupId());
                }
            }
        } else if (record instanceof ClassicGroupChanged changed) {
            classicFor(changed.groupId()).apply(changed);
        } else if (record instanceof ClassicGroupRemoved removed) {
            if (groups.get(removed.groupId()) instanceof ClassicGroup) {
                groups.remove(removed.groupId());
            }
        } else if (record instanceof ConsumerGroupRecord of) {
            apply(of);
        }
    }

    Optional<Group> group(String groupId) {
        return Optional.ofNullable(groups.get(groupId));
    }

    Collection<Group> groups() {
        return Collections.unmodifiableCollection(groups.values());
    }

    /** Ids of everything there is, with members, with offsets, or both; in ascending order. */
    SortedSet<String> groupIds() {
        SortedSet<String> ids = new TreeSet<>(groups.keySet());
        ids.addAll(offsets.keySet());
        return ids;
    }

    /** The committed offsets of a group, or null when it has none. */
    GroupOffsets offsets(String groupId) {
        return offsets.get(groupId);
    }

    /** Offsets by group id, as they are now: a copy of the map, not of the offsets. */
    Map<String, GroupOffsets> offsetsByGroup() {
        return new LinkedHashMap<>(offsets);
    }

    /** How many records {@link #snapshot} comes to, about. */
    long size() {
        return groups.size() + offsetCount;
    }

    /** The records of one group, in {@link #snapshot}. */
    void snapshot(String groupId, Consumer<GroupRecord> records) {
        Group group = groups.get(groupId);
        if (group != null) {
            group.snapshot(records);
        }
        GroupOffsets of = offsets.get(groupId);
        if (of != null) {
            of.forEach((topicId, partition, offset) ->
                    records.accept(new OffsetCommitted(groupId, topicId, partition, offset)));
        }
    }

    /** The classic group with that id, made when there is none; it is not in the log until it writes a record. */
    ClassicGroup classicFor(String groupId) {
        if (groups.get(groupId) instanceof ClassicGroup known) {
            return known;
        }
        ClassicGroup made = new ClassicGroup(groupId, config);
        groups.put(groupId, made);
        return made;
    }

    /** Forgets a classic group that was never written to the log and that nobody is in. */
    void forget(ClassicGroup group) {
        groups.remove(group.groupId(), group);
    }

    /** The fewest records that make this state. */
    void snapshot(Consumer<GroupRecord> records) {
        groupIds().forEach(groupId -> snapshot(groupId, records));
    }

    private void apply(ConsumerGroupRecord record) {
        String groupId = record.groupId();
        boolean known = groups.get(groupId) instanceof ConsumerGroup;
        if (!known && record.removes()) {
            return;
        }
        if (!known) {
            groups.put(groupId, consumerProtocol.newGroup(groupId));
        }
        ConsumerGroup group = (ConsumerGroup) groups.get(groupId);
        group.apply(record);
        if (group.isGone()) {
            groups.remove(groupId);
        }
    }
}
