package io.braid.broker.group.consumer;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;

/**
 * What an assignor goes by. Immutable, so that assigning may run on any thread.
 *
 * @param members ascending by member id
 * @param partitionCounts of every topic that exists and that a member is subscribed to
 */
public record AssignmentInput(List<Candidate> members, Map<Uuid, Integer> partitionCounts) {

    public AssignmentInput {
        members = members.stream()
                .sorted(Comparator.comparing(Candidate::memberId))
                .toList();
        partitionCounts = Map.copyOf(partitionCounts);
    }

    /**
     * A member that is to get partitions.
     *
     * @param instanceId "" for a dynamic member
     * @param topics subscribed to; those that do not exist are ignored. Members with equal subscriptions had better
     *     share one set
     * @param current what the member is to own until now; an assignor leaves it there where it can
     */
    public record Candidate(String memberId, String instanceId, Set<Uuid> topics, PartitionSet current) {}
}
