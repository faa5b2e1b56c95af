package io.braid.broker.group.consumer;

import io.braid.broker.group.ConsumerGroupRecord;
import io.braid.broker.group.Turn;
import io.braid.broker.group.consumer.ConsumerRecord.EpochChanged;
import io.braid.broker.group.consumer.ConsumerRecord.Reconciled;
import io.braid.broker.group.consumer.ConsumerRecord.RegexResolved;
import io.braid.broker.group.consumer.ConsumerRecord.Removed;
import io.braid.broker.group.consumer.ConsumerRecord.Targeted;
import io.braid.broker.group.consumer.ConsumerRecord.TargetsComplete;
import io.braid.image.ClusterImage;
import io.braid.image.TopicImage;
import java.util.List;
import java.util.Map;

/** The steps that a turn takes in one group. Used in one turn, on the core's thread. */
final class GroupTurn {
    private final ServerAssignedGroup group;
    private final Turn turn;

    GroupTurn(ServerAssignedGroup group, Turn turn) {
        this.group = group;
        this.turn = turn;
    }

    ServerAssignedGroup group() {
        return group;
    }

    Turn turn() {
        return turn;
    }

    void write(ConsumerGroupRecord record) {
        turn.write(record);
    }

    // ---- metadata

    /**
     * Looks at the topics and settings of the group if the image is another than last time: costs the topics subscribed
     * to, once a version. A change gives the group a new epoch.
     */
    void refresh() {
        ClusterImage image = turn.image();
        ServerAssignedGroup.Pending pending = group.pending();
        if (pending.imageVersion == image.version()) {
            return;
        }
        pending.imageVersion = image.version();
        GroupSettings settings = GroupSettings.of(image, group.groupId(), group.config());
        pending.sessionTimeoutMs = settings.sessionTimeoutMs();
        pending.heartbeatIntervalMs = settings.heartbeatIntervalMs();
        if (group.hashOf(image) != group.metadataHash()) {
            bumpEpoch();
        }
        resolveRegexes();
    }

    /** Has expressions looked up on another thread, if there are any that this image may change. */
    void resolveRegexes() {
        ServerAssignedGroup.Pending pending = group.pending();
        if (!pending.resolving && RegexResolution.isNeeded(group, turn.image())) {
            pending.resolving = true;
            turn.compute(RegexResolution.of(group, turn.image()));
        }
    }

    /** Expressions were looked up. */
    void onResolved(ClusterImage image, Map<String, List<String>> topics) {
        group.pending().resolving = false;
        group.pending().resolvedOn = image;
        boolean changed = false;
        for (Map.Entry<String, List<String>> entry : topics.entrySet()) {
            String regex = entry.getKey();
            if (group.subscriptions().regexes().contains(regex)
                    && !entry.getValue().equals(group.regexTopics(regex))) {
                write(new RegexResolved(group.groupId(), regex, entry.getValue()));
                changed = true;
            }
        }
        if (changed) {
            bumpEpoch();
            assign();
        }
        // A heartbeat that saw a newer image, or brought a new expression, found this look-up under way.
        if (group.pending().imageVersion > image.version()
                || group.subscriptions().regexes().stream().anyMatch(regex -> group.regexTopics(regex) == null)) {
            resolveRegexes();
        }
    }

    // ---- epochs and targets

    void bumpEpoch() {
        write(new EpochChanged(group.groupId(), group.epoch() + 1, group.hashOf(turn.image()), turn.nowMs()));
    }

    /** Makes the targets of the group's epoch, here or on another thread, unless they are made or being made. */
    void assign() {
        if (group.epoch() == group.assignmentEpoch() || group.pending().assigning) {
            return;
        }
        AssignmentRun run = AssignmentRun.of(group, turn.image());
        if (run.cost() <= group.config().inlineCost()) {
            onAssigned(run, run.assign());
        } else {
            group.pending().assigning = true;
            turn.compute(run);
        }
    }

    /** Targets were made. They may be of an older epoch by now, and of members that are gone or were replaced. */
    void onAssigned(AssignmentRun run, Map<String, PartitionSet> targets) {
        group.pending().assigning = false;
        if (run.epoch() > group.assignmentEpoch()) { // not so if the group was empty in between
            complete(run, targets);
        }
        assign();
    }

    private void complete(AssignmentRun run, Map<String, PartitionSet> targets) {
        for (AssignmentInput.Candidate candidate : run.input().members()) {
            Member member = group.member(candidate.memberId());
            if (member == null && !candidate.instanceId().isEmpty()) {
                member = group.memberOfInstance(candidate.instanceId());
            }
            PartitionSet target = targets.get(candidate.memberId());
            if (member != null && !target.equals(group.target(member.memberId()))) {
                write(new Targeted(group.groupId(), member.memberId(), target));
            }
        }
        write(new TargetsComplete(group.groupId(), run.epoch()));
        turn.rebalanced();
    }

    // ---- members

    /**
     * Takes a member one step towards its target.
     *
     * @param owned what it says it has, or null
     * @param subscriptionChanged look even if the member has reached its target
     */
    Member reconcile(Member member, PartitionSet owned, boolean subscriptionChanged) {
        if (member.state() == MemberState.STABLE && member.epoch() == group.assignmentEpoch() && !subscriptionChanged) {
            return member;
        }
        ClusterImage image = turn.image();
        // A target may be older than the subscription. A topic that is gone leaves with the next target.
        PartitionSet target = group.target(member.memberId()).ofTopics(id -> {
            TopicImage topic = image.topic(id).orElse(null);
            return topic == null || group.subscribes(member, topic);
        });
        Member next = Reconciler.step(member, group.assignmentEpoch(), target, owned, group::free, subscriptionChanged);
        if (!next.equals(member)) {
            write(Reconciled.of(group.groupId(), next));
        }
        return next;
    }

    /** Takes members out; what they had is free. The group may be another afterwards: one of the classic protocol. */
    void remove(List<Member> gone) {
        gone.forEach(this::forget);
        forgetUnusedRegexes();
        bumpEpoch();
        if (group.isEmpty()) {
            write(new TargetsComplete(group.groupId(), group.epoch()));
        } else if (group.config().migration().downgrades()
                && group.subscriptions().classicMembers() == group.memberCount()) {
            ClassicConversion.downgrade(this);
        } else {
            assign();
        }
    }

    /** Removes one member's records, and nothing else. */
    void forget(Member member) {
        String id = member.memberId();
        write(new Removed(ConsumerRecord.ASSIGNMENT, group.groupId(), id));
        if (group.hasTarget(id)) {
            write(new Removed(ConsumerRecord.TARGET, group.groupId(), id));
        }
        write(new Removed(ConsumerRecord.SUBSCRIPTION, group.groupId(), id));
    }

    void forgetUnusedRegexes() {
        for (String regex : List.copyOf(group.resolvedRegexes())) {
            if (!group.subscriptions().regexes().contains(regex)) {
                write(new Removed(ConsumerRecord.REGEX, group.groupId(), regex));
            }
        }
    }
}
