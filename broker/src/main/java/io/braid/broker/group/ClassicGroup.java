package io.braid.broker.group;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/**
 * A group of the classic protocol: its generation, its members, and the {@link ClassicRebalance} that it may be in.
 *
 * <p>A generation outlives a restart once the leader's assignment is written ({@link ClassicGroupChanged}); joins, syncs
 * and sessions do not, as clients repeat them. Owned by the core's thread.
 */
public final class ClassicGroup implements Group {
    /** The protocol type of Kafka's consumers. */
    static final String CONSUMER = "consumer";

    private final String groupId;
    private final GroupConfig config;
    private final Map<String, ClassicMember> members = new LinkedHashMap<>();
    private final Map<String, String> memberIdByInstance = new HashMap<>();
    private final PendingMembers pending = new PendingMembers();
    private final ClassicRebalance rebalance;

    private ClassicState state = ClassicState.EMPTY;
    private int generation;
    private String protocolType = "";
    private String protocol = "";
    private String leader = "";
    private long changedMs;
    private SubscribedTopics topics = SubscribedTopics.NONE;
    // The record that the log has of the group; null when it has none.
    private ClassicGroupChanged written;
    // No session ends before this; it may be earlier than the earliest end.
    private long sessionsFromMs = NEVER;

    ClassicGroup(String groupId, GroupConfig config) {
        this.groupId = groupId;
        this.config = config;
        this.rebalance = new ClassicRebalance(this, config.initialRebalanceDelayMs());
    }

    // ---- what it is

    @Override
    public String groupId() {
        return groupId;
    }

    @Override
    public GroupType type() {
        return GroupType.CLASSIC;
    }

    public ClassicState state() {
        return state;
    }

    @Override
    public String stateName() {
        return state.protocolName();
    }

    @Override
    public String protocolType() {
        return protocolType;
    }

    /** The chosen protocol of the generation, "" when the group is empty or waits for its first generation. */
    public String protocol() {
        return protocol;
    }

    public int generation() {
        return generation;
    }

    /** Member id of the leader, "" when there is none. */
    public String leader() {
        return leader;
    }

    @Override
    public boolean isEmpty() {
        return members.isEmpty() && state == ClassicState.EMPTY;
    }

    @Override
    public boolean isWaiting() {
        return !pending.isEmpty();
    }

    @Override
    public long emptySinceMs() {
        return changedMs;
    }

    @Override
    public boolean isSubscribedTo(Uuid topicId, String topicName) {
        return !members.isEmpty() && topics.contains(topicName);
    }

    /** In the order in which they joined. */
    public Collection<ClassicMember> members() {
        return Collections.unmodifiableCollection(members.values());
    }

    public Optional<ClassicMember> member(String memberId) {
        return Optional.ofNullable(members.get(memberId));
    }

    /** The static member of that instance. */
    public Optional<ClassicMember> memberOfInstance(String instanceId) {
        return Optional.ofNullable(memberIdByInstance.get(instanceId)).map(members::get);
    }

    // ---- changes from elsewhere

    /**
     * Ends the group because it goes on in the consumer protocol: whoever waits for a rebalance is told to join again, and
     * the group's record is removed. Read its members first.
     */
    public void convertTo(Turn turn) {
        failWaiting(turn, Errors.REBALANCE_IN_PROGRESS);
        turn.write(new ClassicGroupRemoved(groupId));
    }

    /** Has everyone join again; for a group that was made of a consumer group by its {@link ClassicGroupChanged}. */
    public void rebalance(Turn turn) {
        for (ClassicMember member : members.values()) {
            if (member.sessionEndMs() == NEVER) {
                heard(member, turn.nowMs());
            }
        }
        rebalance.prepare(turn);
    }

    void apply(ClassicGroupChanged record) {
        written = record;
        generation = record.generation();
        protocolType = record.protocolType();
        protocol = record.protocol();
        leader = record.leader();
        changedMs = record.changedMs();
        Map<String, ClassicMember> before = new HashMap<>(members);
        members.clear();
        memberIdByInstance.clear();
        for (ClassicGroupChanged.Member of : record.members()) {
            ClassicMember member = before.get(of.memberId());
            if (member == null) {
                member = new ClassicMember(of.memberId(), of.instanceId());
                member.client(of.clientId(), of.clientHost());
                member.timeouts(of.rebalanceTimeoutMs(), of.sessionTimeoutMs());
                member.protocols(List.of(new ClassicMember.Protocol(record.protocol(), of.metadata())));
            }
            member.assignment(of.assignment());
            put(member);
        }
        state = members.isEmpty() ? ClassicState.EMPTY : ClassicState.STABLE;
        topics = SubscribedTopics.of(this);
    }

    /** The group as a record, in its present generation. */
    ClassicGroupChanged record(long atMs) {
        List<ClassicGroupChanged.Member> rows = new ArrayList<>();
        for (ClassicMember m : members.values()) {
            rows.add(new ClassicGroupChanged.Member(
                    m.memberId(),
                    m.instanceId(),
                    m.clientId(),
                    m.clientHost(),
                    m.rebalanceTimeoutMs(),
                    m.sessionTimeoutMs(),
                    m.metadata(protocol).orElse(ClassicMember.NOTHING),
                    m.assignment()));
        }
        return new ClassicGroupChanged(groupId, generation, protocolType, protocol, leader, atMs, rows);
    }

    // ---- parts, for the requests and the rebalance

    GroupConfig config() {
        return config;
    }

    ClassicRebalance rebalance() {
        return rebalance;
    }

    PendingMembers pending() {
        return pending;
    }

    void state(ClassicState now) {
        state = now;
    }

    void leader(String memberId) {
        leader = memberId;
    }

    void beginGeneration(String chosenProtocol) {
        generation++;
        protocol = chosenProtocol;
        topics = SubscribedTopics.of(this);
    }

    void protocolType(String type) {
        protocolType = type;
    }

    /** Adds a member, or one that was taken out and changed. */
    void put(ClassicMember member) {
        members.put(member.memberId(), member);
        if (member.isStatic()) {
            memberIdByInstance.put(member.instanceId(), member.memberId());
        }
    }

    /** Takes a member out; who led is followed by the member that has been there longest. */
    void take(ClassicMember member) {
        members.remove(member.memberId());
        if (member.isStatic()) {
            memberIdByInstance.remove(member.instanceId(), member.memberId());
        }
        if (leader.equals(member.memberId())) {
            leader = members.isEmpty() ? "" : members.keySet().iterator().next();
        }
    }

    /** One member takes the place of another, leadership included. */
    void replace(ClassicMember before, ClassicMember now) {
        boolean leads = leader.equals(before.memberId());
        take(before);
        put(now);
        if (leads) {
            leader = now.memberId();
        }
    }

    /** The member was heard of: its session begins anew. */
    void heard(ClassicMember member, long nowMs) {
        heard(member, nowMs, member.sessionTimeoutMs());
    }

    void heard(ClassicMember member, long nowMs, int timeoutMs) {
        member.heard(nowMs, timeoutMs);
        sessionsFromMs = Math.min(sessionsFromMs, member.sessionEndMs());
    }

    /** Whether the request comes from a member of the group, as KIP-345 asks. */
    Errors checkMember(String memberId, String instanceId) {
        if (instanceId != null && !instanceId.isEmpty()) {
            String present = memberIdByInstance.get(instanceId);
            if (present == null) {
                return Errors.UNKNOWN_MEMBER_ID;
            }
            return present.equals(memberId) ? Errors.NONE : Errors.FENCED_INSTANCE_ID;
        }
        return members.containsKey(memberId) ? Errors.NONE : Errors.UNKNOWN_MEMBER_ID;
    }

    /** Forgets a group that nobody came into after all. */
    void forgetIfUnused(Turn turn) {
        if (written == null && isEmpty() && pending.isEmpty()) {
            turn.state().forget(this);
        }
    }

    // ---- offsets

    @Override
    public Errors checkCommit(String memberId, String instanceId, int generationId, short version, long nowMs) {
        boolean named = !memberId.isEmpty() || instanceId != null;
        if (generationId < 0 && state == ClassicState.EMPTY) {
            return Errors.NONE; // nobody manages the group: anyone may commit
        }
        if (generationId < 0 && !named) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        Errors error = checkMember(memberId, instanceId);
        if (error != Errors.NONE) {
            return error;
        }
        if (generationId != generation) {
            return Errors.ILLEGAL_GENERATION;
        }
        if (state == ClassicState.COMPLETING) {
            return Errors.REBALANCE_IN_PROGRESS;
        }
        heard(members.get(memberId), nowMs);
        return Errors.NONE;
    }

    @Override
    public Errors checkFetch(String memberId, int memberEpoch, long nowMs) {
        return Errors.NONE; // the classic protocol has no rule
    }

    // ---- life cycle

    @Override
    public long nextDeadlineMs() {
        return Math.min(Math.min(sessionsFromMs, rebalance.nextDeadlineMs()), pending.nextDeadlineMs());
    }

    @Override
    public void onDeadline(Turn turn) {
        long nowMs = turn.nowMs();
        if (pending.expire(nowMs)) {
            rebalance.completeIfAllJoined(turn);
        }
        if (nowMs >= sessionsFromMs) {
            for (ClassicMember member : List.copyOf(members.values())) {
                if (member.expiresMs() <= nowMs && members.containsKey(member.memberId())) {
                    rebalance.remove(turn, member);
                }
            }
            // Not expiresMs: whoever waits now has a session again when its wait ends, which announces it.
            sessionsFromMs = members.values().stream()
                    .mapToLong(ClassicMember::expiresMs)
                    .min()
                    .orElse(NEVER);
        }
        rebalance.onDeadline(turn);
        forgetIfUnused(turn);
    }

    @Override
    public void onLoaded(long nowMs) {
        members.values().forEach(member -> heard(member, nowMs));
    }

    @Override
    public void failWaiting(Turn turn, Errors error) {
        for (ClassicMember member : members.values()) {
            rebalance.answerWaiting(turn, member, error);
        }
    }

    @Override
    public void remove(Turn turn) {
        if (written != null) {
            turn.write(new ClassicGroupRemoved(groupId));
        } else {
            turn.state().forget(this);
        }
    }

    @Override
    public void snapshot(Consumer<GroupRecord> records) {
        if (written != null) {
            records.accept(written);
        }
    }
}
