package io.braid.client.consumer.group;

import io.braid.client.consumer.PartitionSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * The coordinator's side of KIP-848 for one topic, as short as its rules: an epoch for each change, a target by turns, a
 * partition is given only when nobody has it, and taken back only when its member says so or is thrown out.
 */
final class ModelCoordinator {
    static final Uuid ID = new Uuid(7, 7);
    static final String TOPIC = "t";

    private final int partitions;
    private final Map<String, Member> members = new TreeMap<>();
    private final Map<Integer, Long> committed = new HashMap<>();
    private int groupEpoch;

    private static final class Member {
        int epoch;
        TreeSet<Integer> target = new TreeSet<>();
        TreeSet<Integer> given = new TreeSet<>(); // what it may have, until it says otherwise
    }

    ModelCoordinator(int partitions) {
        this.partitions = partitions;
    }

    /** Whether a member counts with this epoch. */
    boolean counts(MemberIdentity identity) {
        Member member = members.get(identity.memberId());
        return member != null && member.epoch == identity.epoch();
    }

    /** As when its session is over. */
    void expire(String memberId) {
        if (members.remove(memberId) != null) {
            retarget();
        }
    }

    List<String> members() {
        return List.copyOf(members.keySet());
    }

    private void retarget() {
        groupEpoch++;
        List<Member> all = new ArrayList<>(members.values());
        all.forEach(member -> member.target.clear());
        for (int partition = 0; partition < partitions && !all.isEmpty(); partition++) {
            all.get((partition + groupEpoch) % all.size()).target.add(partition);
        }
    }

    ConsumerGroupHeartbeatResponseData heartbeat(ConsumerGroupHeartbeatRequestData request) {
        if (request.memberEpoch() < 0) {
            boolean known = members.containsKey(request.memberId());
            expire(request.memberId());
            return known ? answer(request.memberEpoch()) : error(Errors.UNKNOWN_MEMBER_ID);
        }
        Member member = members.get(request.memberId());
        if (request.memberEpoch() == 0) {
            if (member != null) {
                members.remove(request.memberId());
            }
            member = new Member();
            members.put(request.memberId(), member);
            retarget();
        } else if (member == null) {
            return error(Errors.UNKNOWN_MEMBER_ID);
        } else if (member.epoch != request.memberEpoch()) {
            return error(Errors.FENCED_MEMBER_EPOCH);
        }
        if (request.topicPartitions() != null) {
            TreeSet<Integer> owned = new TreeSet<>();
            request.topicPartitions().forEach(topic -> owned.addAll(topic.partitions()));
            member.given.retainAll(union(owned, member.target)); // what it does not own and shall not have, it gave up
        }
        boolean gaveUp = member.target.containsAll(member.given);
        if (gaveUp) {
            member.epoch = groupEpoch;
            TreeSet<Integer> free = new TreeSet<>(member.target);
            for (Map.Entry<String, Member> other : members.entrySet()) {
                if (!other.getKey().equals(request.memberId())) {
                    free.removeAll(other.getValue().given);
                }
            }
            member.given.addAll(free);
        }
        TreeSet<Integer> told = new TreeSet<>(member.given);
        told.retainAll(member.target);
        return answer(member.epoch)
                .setMemberId(request.memberId())
                .setAssignment(new ConsumerGroupHeartbeatResponseData.Assignment()
                        .setTopicPartitions(List.of(new ConsumerGroupHeartbeatResponseData.TopicPartitions()
                                .setTopicId(ID)
                                .setPartitions(List.copyOf(told)))));
    }

    private static Set<Integer> union(Set<Integer> one, Set<Integer> other) {
        Set<Integer> both = new TreeSet<>(one);
        both.addAll(other);
        return both;
    }

    private static ConsumerGroupHeartbeatResponseData answer(int epoch) {
        return new ConsumerGroupHeartbeatResponseData().setMemberEpoch(epoch).setHeartbeatIntervalMs(1000);
    }

    private static ConsumerGroupHeartbeatResponseData error(Errors error) {
        return new ConsumerGroupHeartbeatResponseData().setErrorCode(error.code());
    }

    // ---- offsets

    Map<TopicPartition, Errors> commit(MemberIdentity identity, Map<TopicPartition, OffsetAndMetadata> offsets) {
        Errors error = !members.containsKey(identity.memberId())
                ? Errors.UNKNOWN_MEMBER_ID
                : counts(identity) ? Errors.NONE : Errors.STALE_MEMBER_EPOCH;
        Map<TopicPartition, Errors> outcomes = new HashMap<>();
        offsets.forEach((partition, offset) -> {
            outcomes.put(partition, error);
            if (error == Errors.NONE) {
                long before = committed(partition.partition());
                if (offset.offset() < before) {
                    throw new AssertionError(
                            partition + " went back from " + before + " to " + offset.offset() + " by " + identity);
                }
                committed.put(partition.partition(), offset.offset());
            }
        });
        return outcomes;
    }

    long committed(int partition) {
        return committed.getOrDefault(partition, 0L);
    }

    /** Whether every partition is at the member that shall have it. */
    boolean settled(Map<String, PartitionSet> owned) {
        return members.entrySet().stream().allMatch(entry -> {
            PartitionSet set = owned.getOrDefault(entry.getKey(), PartitionSet.EMPTY);
            return entry.getValue().target.size() == set.size()
                    && entry.getValue().target.stream().allMatch(partition -> set.contains(TOPIC, partition));
        });
    }
}
