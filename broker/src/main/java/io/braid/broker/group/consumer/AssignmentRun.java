package io.braid.broker.group.consumer;

import io.braid.broker.group.Computation;
import io.braid.broker.group.GroupRequest;
import io.braid.broker.group.Turn;
import io.braid.broker.group.consumer.AssignmentInput.Candidate;
import io.braid.image.ClusterImage;
import io.braid.image.TopicImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;

/**
 * The making of the targets of one epoch of a group, from a view of the group that does not change. Runs on any thread.
 */
final class AssignmentRun implements Computation {
    private final ServerAssignedGroup group; // only handed back, never read on another thread
    private final String groupId;
    private final int epoch;
    private final String assignor;
    private final AssignmentInput input;

    private AssignmentRun(ServerAssignedGroup group, AssignmentInput input) {
        this.group = group;
        this.groupId = group.groupId();
        this.epoch = group.epoch();
        this.assignor = group.assignor();
        this.input = input;
    }

    static AssignmentRun of(ServerAssignedGroup group, ClusterImage image) {
        Map<Uuid, Integer> counts = new HashMap<>();
        Map<List<Object>, Set<Uuid>> known = new HashMap<>();
        List<Candidate> candidates = new ArrayList<>(group.memberCount());
        for (Member member : group.members()) {
            MemberSubscription s = member.subscription();
            Set<Uuid> topics = known.computeIfAbsent(List.of(s.topics(), s.regex()), k -> {
                Set<Uuid> ids = new HashSet<>();
                s.topics().forEach(name -> add(image, name, ids, counts));
                List<String> matched = group.regexTopics(s.regex());
                if (matched != null) {
                    matched.forEach(name -> add(image, name, ids, counts));
                }
                return ids;
            });
            candidates.add(new Candidate(member.memberId(), s.instanceId(), topics, group.target(member.memberId())));
        }
        return new AssignmentRun(group, new AssignmentInput(candidates, counts));
    }

    private static void add(ClusterImage image, String name, Set<Uuid> ids, Map<Uuid, Integer> counts) {
        TopicImage topic = image.topic(name).orElse(null);
        if (topic != null) {
            Uuid id = topic.id();
            ids.add(id);
            counts.put(id, topic.partitionCount());
        }
    }

    int epoch() {
        return epoch;
    }

    AssignmentInput input() {
        return input;
    }

    /** In members, their topics, and ranges. */
    long cost() {
        long cost = input.partitionCounts().size();
        for (Candidate candidate : input.members()) {
            cost += 1 + candidate.topics().size() + candidate.current().rangeCount();
        }
        return cost;
    }

    Map<String, PartitionSet> assign() {
        return Assignor.named(assignor).orElseThrow().assign(input);
    }

    @Override
    public GroupRequest compute() {
        Map<String, PartitionSet> targets = assign();
        return new Made(this, targets);
    }

    private record Made(AssignmentRun run, Map<String, PartitionSet> targets) implements GroupRequest {
        @Override
        public String groupId() {
            return run.groupId;
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // the very group that asked, not one that was loaded or made since
        public void decide(Turn turn) {
            if (turn.group(run.groupId).orElse(null) == run.group) {
                new GroupTurn(run.group, turn).onAssigned(run, targets);
            }
        }
    }
}
