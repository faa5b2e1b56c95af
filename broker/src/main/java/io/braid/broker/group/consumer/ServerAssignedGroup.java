package io.braid.broker.group.consumer;

import io.braid.broker.group.ConsumerGroup;
import io.braid.broker.group.ConsumerGroupRecord;
import io.braid.broker.group.GroupRecord;
import io.braid.broker.group.Reply;
import io.braid.broker.group.RequestInfo;
import io.braid.broker.group.Turn;
import io.braid.broker.group.consumer.ConsumerRecord.EpochChanged;
import io.braid.broker.group.consumer.ConsumerRecord.Reconciled;
import io.braid.broker.group.consumer.ConsumerRecord.RegexResolved;
import io.braid.broker.group.consumer.ConsumerRecord.Removed;
import io.braid.broker.group.consumer.ConsumerRecord.Subscribed;
import io.braid.broker.group.consumer.ConsumerRecord.Targeted;
import io.braid.broker.group.consumer.ConsumerRecord.TargetsComplete;
import io.braid.image.ClusterImage;
import io.braid.image.TopicImage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * A group whose partitions the broker assigns (KIP-848): its members, the targets of the assignor, and the three epochs.
 * The group's epoch grows with every change of members, subscriptions or topics; the assignment epoch is that of the
 * targets; a member's epoch is that of the target it has reached. {@link #apply} is all that changes what is in the log;
 * decisions are made in {@link GroupTurn}. Owned by the core's thread.
 */
final class ServerAssignedGroup implements ConsumerGroup {
    /** Of a group that never had members: epoch 1 stands for "nobody has anything". */
    static final int FIRST_EPOCH = 1;

    private final String groupId;
    private final ConsumerGroupConfig config;

    // What is in the log.
    private int epoch = FIRST_EPOCH;
    private int assignmentEpoch = FIRST_EPOCH;
    private long metadataHash;
    private long changedMs;
    private boolean epochInLog;
    private final TreeMap<String, Member> members = new TreeMap<>();
    private final Map<String, PartitionSet> targets = new TreeMap<>();
    private final TreeMap<String, List<String>> regexTopics = new TreeMap<>();

    // What follows from it.
    private final Map<String, String> memberIdByInstance = new HashMap<>();
    private final Subscriptions subscriptions = new Subscriptions();
    private int unstableMembers;
    private Holdings holdings;

    // What does not outlive a restart.
    private final MemberClocks clocks = new MemberClocks();
    private final Pending pending = new Pending();

    ServerAssignedGroup(String groupId, ConsumerGroupConfig config) {
        this.groupId = groupId;
        this.config = config;
    }

    /** What this group is up to on this broker. */
    static final class Pending {
        /** The version of the image at which topics and settings were last looked at. */
        long imageVersion = -1;

        int sessionTimeoutMs;
        int heartbeatIntervalMs;
        boolean assigning;
        boolean resolving;
        /** What expressions were last resolved on; null before. */
        ClusterImage resolvedOn;
    }

    // ---- what it is

    @Override
    public String groupId() {
        return groupId;
    }

    @Override
    public GroupType type() {
        return GroupType.CONSUMER;
    }

    @Override
    public String stateName() {
        if (members.isEmpty()) {
            return "Empty";
        }
        if (epoch > assignmentEpoch) {
            return "Assigning";
        }
        return unstableMembers > 0 || members.values().stream().anyMatch(m -> m.epoch() != assignmentEpoch)
                ? "Reconciling"
                : "Stable";
    }

    @Override
    public String protocolType() {
        return "consumer";
    }

    @Override
    public boolean isEmpty() {
        return members.isEmpty();
    }

    @Override
    public boolean isWaiting() {
        return false;
    }

    @Override
    public long emptySinceMs() {
        return changedMs;
    }

    @Override
    public boolean isGone() {
        return !epochInLog && members.isEmpty() && targets.isEmpty() && regexTopics.isEmpty();
    }

    @Override
    public boolean isSubscribedTo(Uuid topicId, String topicName) {
        return subscriptions.names().contains(topicName)
                || regexTopics.values().stream().anyMatch(t -> Collections.binarySearch(t, topicName) >= 0);
    }

    ConsumerGroupConfig config() {
        return config;
    }

    int epoch() {
        return epoch;
    }

    int assignmentEpoch() {
        return assignmentEpoch;
    }

    long metadataHash() {
        return metadataHash;
    }

    /** Ascending by id. */
    Collection<Member> members() {
        return Collections.unmodifiableCollection(members.values());
    }

    int memberCount() {
        return members.size();
    }

    /** Null if there is none. */
    Member member(String memberId) {
        return members.get(memberId);
    }

    /** The static member of that instance; null if there is none. */
    Member memberOfInstance(String instanceId) {
        String memberId = memberIdByInstance.get(instanceId);
        return memberId == null ? null : members.get(memberId);
    }

    PartitionSet target(String memberId) {
        return targets.getOrDefault(memberId, PartitionSet.EMPTY);
    }

    boolean hasTarget(String memberId) {
        return targets.containsKey(memberId);
    }

    /** What an expression stands for, ascending; null while that is not known. */
    List<String> regexTopics(String regex) {
        return regexTopics.get(regex);
    }

    /** Every expression that is resolved, ascending. */
    Collection<String> resolvedRegexes() {
        return regexTopics.keySet();
    }

    Subscriptions subscriptions() {
        return subscriptions;
    }

    MemberClocks clocks() {
        return clocks;
    }

    Pending pending() {
        return pending;
    }

    /** The assignor in force: the one most members ask for, else the broker's default. */
    String assignor() {
        return subscriptions.mostWantedAssignor().orElse(config.assignors().get(0));
    }

    /** What of the set no member has, nor may have still. */
    PartitionSet free(PartitionSet wanted) {
        if (holdings == null) {
            holdings = Holdings.of(members.values());
        }
        return holdings.free(wanted);
    }

    /** Whether the member asks for the topic, by name or by its expression. */
    boolean subscribes(Member member, TopicImage topic) {
        MemberSubscription s = member.subscription();
        List<String> matched = s.regex().isEmpty() ? null : regexTopics.get(s.regex());
        return Collections.binarySearch(s.topics(), topic.name()) >= 0
                || (matched != null && Collections.binarySearch(matched, topic.name()) >= 0);
    }

    /** A number that is another when a topic the group consumes comes, goes, grows or is made anew. */
    long hashOf(ClusterImage image) {
        long[] sum = new long[1];
        Consumer<String> add = name ->
                image.topic(name).ifPresent(t -> sum[0] += mix(mix(mix(t.idMsb()) ^ t.idLsb()) + t.partitionCount()));
        subscriptions.names().forEach(add);
        regexTopics
                .values()
                .forEach(topics -> topics.forEach(name -> {
                    if (!subscriptions.names().contains(name)) {
                        add.accept(name);
                    }
                }));
        return sum[0];
    }

    /** The finisher of SplitMix64. */
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    // ---- records

    @Override
    public void apply(ConsumerGroupRecord record) {
        if (record instanceof EpochChanged changed) {
            epoch = changed.epoch();
            metadataHash = changed.metadataHash();
            changedMs = changed.changedMs();
            epochInLog = true;
        } else if (record instanceof Subscribed subscribed) {
            Member before = members.get(subscribed.subject());
            put(
                    before,
                    before == null
                            ? Member.joining(subscribed.subject(), subscribed.subscription())
                            : before.with(subscribed.subscription()));
        } else if (record instanceof Reconciled reconciled) {
            Member before = members.get(reconciled.subject());
            put(
                    before,
                    new Member(
                            reconciled.subject(),
                            before == null ? MemberSubscription.NONE : before.subscription(),
                            reconciled.epoch(),
                            reconciled.previousEpoch(),
                            reconciled.state(),
                            reconciled.assigned(),
                            reconciled.pendingRevocation()));
        } else if (record instanceof Targeted targeted) {
            targets.put(targeted.subject(), targeted.target());
        } else if (record instanceof TargetsComplete complete) {
            assignmentEpoch = complete.epoch();
        } else if (record instanceof RegexResolved resolved) {
            regexTopics.put(resolved.subject(), resolved.topics());
        } else if (record instanceof Removed removed) {
            apply(removed);
        }
    }

    private void apply(Removed removed) {
        String subject = removed.subject();
        switch (removed.type()) {
            case ConsumerRecord.EPOCH -> {
                epochInLog = false;
                epoch = FIRST_EPOCH;
                metadataHash = 0;
            }
            case ConsumerRecord.SUBSCRIPTION -> put(members.get(subject), null);
            case ConsumerRecord.ASSIGNMENT -> {
                Member before = members.get(subject);
                if (before != null) {
                    put(before, Member.joining(subject, before.subscription()));
                }
            }
            case ConsumerRecord.TARGET -> targets.remove(subject);
            case ConsumerRecord.TARGETS_COMPLETE -> assignmentEpoch = FIRST_EPOCH;
            default -> regexTopics.remove(subject);
        }
    }

    private void put(Member before, Member now) {
        MemberSubscription said = before == null ? MemberSubscription.NONE : before.subscription();
        subscriptions.replace(said, now == null ? MemberSubscription.NONE : now.subscription());
        if (holdings != null) {
            holdings.replace(before, now);
        }
        unstableMembers += unstable(now) - unstable(before);
        if (before != null && before.isStatic()) {
            memberIdByInstance.remove(said.instanceId(), before.memberId());
        }
        if (now == null) {
            if (before != null) {
                members.remove(before.memberId());
                clocks.remove(before.memberId());
            }
            return;
        }
        members.put(now.memberId(), now);
        if (now.isStatic()) {
            memberIdByInstance.put(now.subscription().instanceId(), now.memberId());
        }
    }

    private static int unstable(Member member) {
        return member != null && member.state() != MemberState.STABLE ? 1 : 0;
    }

    @Override
    public void snapshot(Consumer<GroupRecord> records) {
        if (epochInLog) {
            records.accept(new EpochChanged(groupId, epoch, metadataHash, changedMs));
        }
        for (Member member : members.values()) {
            records.accept(new Subscribed(groupId, member.memberId(), member.subscription()));
            records.accept(Reconciled.of(groupId, member));
        }
        targets.forEach((memberId, target) -> records.accept(new Targeted(groupId, memberId, target)));
        regexTopics.forEach((regex, topics) -> records.accept(new RegexResolved(groupId, regex, topics)));
        if (assignmentEpoch != FIRST_EPOCH) {
            records.accept(new TargetsComplete(groupId, assignmentEpoch));
        }
    }

    @Override
    public void remove(Turn turn) {
        List<Removed> records = new ArrayList<>();
        BiConsumer<Byte, String> removed = (type, subject) -> records.add(new Removed(type, groupId, subject));
        members.keySet().forEach(id -> {
            removed.accept(ConsumerRecord.ASSIGNMENT, id);
            removed.accept(ConsumerRecord.SUBSCRIPTION, id);
        });
        targets.keySet().forEach(id -> removed.accept(ConsumerRecord.TARGET, id));
        regexTopics.keySet().forEach(regex -> removed.accept(ConsumerRecord.REGEX, regex));
        removed.accept(ConsumerRecord.TARGETS_COMPLETE, "");
        removed.accept(ConsumerRecord.EPOCH, "");
        records.forEach(turn::write);
    }

    // ---- offsets

    @Override
    public Errors checkCommit(String memberId, String instanceId, int memberEpoch, short version, long nowMs) {
        if (memberEpoch < 0 && members.isEmpty()) {
            return Errors.NONE; // nobody manages the group: anyone may commit
        }
        Member member = members.get(memberId);
        if (instanceId != null
                && member != null
                && !instanceId.equals(member.subscription().instanceId())) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        if (member == null) {
            boolean replaced = instanceId != null && memberOfInstance(instanceId) != null;
            return replaced ? Errors.FENCED_INSTANCE_ID : Errors.UNKNOWN_MEMBER_ID;
        }
        if (!member.isClassic() && version < FIRST_OFFSET_COMMIT_VERSION) {
            return Errors.UNSUPPORTED_VERSION;
        }
        if (member.epoch() != memberEpoch) {
            return member.isClassic() ? Errors.ILLEGAL_GENERATION : Errors.STALE_MEMBER_EPOCH;
        }
        member.subscription().classic().ifPresent(c -> clocks.heard(memberId, nowMs + c.sessionTimeoutMs()));
        return Errors.NONE;
    }

    /** The first version of OffsetCommit in which a member of the consumer protocol may commit (KIP-848). */
    private static final short FIRST_OFFSET_COMMIT_VERSION = 9;

    @Override
    public Errors checkFetch(String memberId, int memberEpoch, long nowMs) {
        if (memberId == null || (memberId.isEmpty() && memberEpoch < 0)) {
            return Errors.NONE;
        }
        Member member = members.get(memberId);
        if (member == null) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        return member.epoch() == memberEpoch ? Errors.NONE : Errors.STALE_MEMBER_EPOCH;
    }

    // ---- life cycle

    @Override
    public long nextDeadlineMs() {
        return clocks.nextMs();
    }

    @Override
    public void onDeadline(Turn turn) {
        if (turn.nowMs() < clocks.nextMs()) {
            return;
        }
        List<Member> due = members.values().stream()
                .filter(m -> clocks.isDue(m.memberId(), turn.nowMs()))
                .toList();
        if (!due.isEmpty()) {
            new GroupTurn(this, turn).remove(due);
        }
        clocks.findNext();
    }

    @Override
    public void onLoaded(long nowMs) {
        for (Member member : members.values()) {
            MemberSubscription s = member.subscription();
            clocks.heard(
                    member.memberId(),
                    nowMs + s.classic().map(c -> c.sessionTimeoutMs()).orElse(config.sessionTimeoutMs()));
            if (member.state() == MemberState.UNREVOKED_PARTITIONS) {
                clocks.startRebalance(member.memberId(), nowMs + s.rebalanceTimeoutMs());
            }
        }
    }

    @Override
    public void failWaiting(Turn turn, Errors error) {
        // Every request of this protocol is answered in the turn that it comes in.
    }

    // ---- members of the classic protocol

    @Override
    public void classicJoin(
            Turn turn, JoinGroupRequestData request, RequestInfo from, Reply<JoinGroupResponseData> reply) {
        turn.answer(reply, ClassicMembers.join(new GroupTurn(this, turn), request, from));
    }

    @Override
    public void classicSync(
            Turn turn, SyncGroupRequestData request, RequestInfo from, Reply<SyncGroupResponseData> reply) {
        turn.answer(reply, ClassicMembers.sync(new GroupTurn(this, turn), request));
    }

    @Override
    public void classicHeartbeat(
            Turn turn, HeartbeatRequestData request, RequestInfo from, Reply<HeartbeatResponseData> reply) {
        turn.answer(reply, ClassicMembers.heartbeat(new GroupTurn(this, turn), request));
    }

    @Override
    public Errors classicLeave(Turn turn, MemberIdentity identity, RequestInfo from) {
        return ClassicMembers.leave(new GroupTurn(this, turn), identity);
    }

    /** The static member's or dynamic member's record, or why there is none (KIP-345). */
    Errors checkMember(String memberId, String instanceId) {
        if (instanceId != null && !instanceId.isEmpty()) {
            Member present = memberOfInstance(instanceId);
            if (present == null) {
                return Errors.UNKNOWN_MEMBER_ID;
            }
            return present.memberId().equals(memberId) ? Errors.NONE : Errors.FENCED_INSTANCE_ID;
        }
        return members.containsKey(memberId) ? Errors.NONE : Errors.UNKNOWN_MEMBER_ID;
    }

    Optional<Member> find(String memberId) {
        return Optional.ofNullable(members.get(memberId));
    }
}
