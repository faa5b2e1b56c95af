package io.braid.client.consumer.group;

import io.braid.client.consumer.PartitionSet;
import io.braid.client.network.Backoff;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.types.SchemaException;

/**
 * A member of the classic protocol: all join, one of them assigns, each asks for its part (JoinGroup, SyncGroup); heartbeats
 * tell when to do it again. With cooperative assignors alone, partitions that stay are kept through a rebalance, and what was
 * given up is assigned by one more (KIP-429); else everything is given up before joining. Static members (KIP-345) say no
 * goodbye. Partitions are known by names only.
 */
final class ClassicMembership extends MembershipLife {
    private static final int NO_GENERATION = -1;

    /** What is next to be done by a member that joins. */
    private enum Step {
        /** The topics that match the expression are not known yet. */
        LOOK,
        JOIN,
        /** This is the leader, and waits for what is known of the group's topics, and then for the assignment. */
        ASSIGN,
        SYNC
    }

    private final ClassicAssignment assignment;
    private final ClassicRequests requests;
    private final TopicLookout topics;

    private Step step = Step.JOIN;
    private String memberId = "";
    private int generation = NO_GENERATION;
    private String protocol = "";
    private Optional<MemberCall> inFlight = Optional.empty();
    private long nextHeartbeatNs;
    private boolean rejoinWhenGiven; // a new round is wanted as soon as nothing is being given up
    private PartitionSet target = PartitionSet.EMPTY;
    private int rounds; // of joining that this member went through

    private List<JoinGroupResponseMember> members = List.of(); // as the leader
    private List<SyncGroupRequestAssignment> assigned = List.of(); // likewise
    private boolean computing; // likewise: the parts of this round

    /** @param topicsAgeNs how often to look for partitions that were added, as the leader, and for topics that match */
    ClassicMembership(GroupConfig config, Backoff backoff, long topicsAgeNs, long nowNs) {
        super(config, backoff, nowNs);
        this.assignment = new ClassicAssignment(config);
        this.requests = new ClassicRequests(config, assignment);
        this.topics = new TopicLookout(topicsAgeNs, nowNs);
    }

    // ---- coming and going

    @Override
    void onJoin(long nowNs) {
        generation = NO_GENERATION;
        assignment.forget();
        topics.follow();
        topics.subscribe(subscription, nowNs);
        inFlight = Optional.empty();
        rejoinWhenGiven = false;
        step = Step.LOOK;
        beginIfReady();
    }

    @Override
    void onSubscription(long nowNs) {
        topics.subscribe(subscription, nowNs);
        if (phase() == Phase.MEMBER && !ownership.revoking()) {
            startRound();
        } else if (step == Step.LOOK || (step == Step.JOIN && inFlight.isEmpty())) {
            step = Step.LOOK;
            beginIfReady();
        } else {
            rejoinWhenGiven = true; // this round goes on with the old subscription, and the next one follows
        }
    }

    /** Joins again with what is owned. */
    private void startRound() {
        rejoinWhenGiven = false;
        rejoin();
        step = Step.LOOK;
        beginIfReady();
    }

    private void beginIfReady() {
        if (topics.ready()) {
            step = Step.JOIN;
            prepare();
        }
    }

    /** Gives up what must not be owned while joining: everything, or only what is not subscribed any more. */
    private void prepare() {
        PartitionSet owned = ownership.owned();
        PartitionSet surplus = assignment.cooperative() ? owned.minus(of(topics.topics(), owned)) : owned;
        if (!ownership.revoking() && !surplus.isEmpty()) {
            ownership.revoke(surplus);
        }
    }

    private static PartitionSet of(Set<String> topics, PartitionSet partitions) {
        PartitionSet.Builder some = PartitionSet.builder();
        partitions.forEachRange((topic, from, to) -> {
            if (topics.contains(topic.name())) {
                some.add(topic.name(), topic.id(), from, to);
            }
        });
        return some.build();
    }

    @Override
    boolean mustSayGoodbye() {
        boolean inGroup = !memberId.isEmpty() && config.instanceId().isEmpty();
        inFlight = Optional.empty(); // whatever was asked: its answer means nothing any more
        generation = NO_GENERATION;
        return inGroup;
    }

    // ---- requests

    @Override
    public Optional<MemberCall> poll(long nowNs) {
        checkAlive(nowNs);
        if (minded()) {
            topics.look(nowNs).forEach(ownership::add);
        }
        if (inFlight.isPresent() || paused(nowNs)) {
            return Optional.empty();
        }
        inFlight = switch (phase()) {
            case JOINING -> joinCall(nowNs);
            case MEMBER, EMPTYING -> heartbeatCall(nowNs);
            case LEAVING -> Optional.of(requests.leave(memberId));
            case OUTSIDE, STALE, ENDED -> Optional.empty();
        };
        return inFlight;
    }

    private Optional<MemberCall> joinCall(long nowNs) {
        if (ownership.revoking()) {
            return heartbeatCall(nowNs);
        }
        return switch (step) {
            case JOIN -> Optional.of(requests.join(memberId, generation, topics.topics(), ownership.owned()));
            case SYNC -> Optional.of(requests.sync(memberId, generation, protocol, assigned));
            case ASSIGN -> heartbeatCall(nowNs);
            case LOOK -> Optional.empty();
        };
    }

    private Optional<MemberCall> heartbeatCall(long nowNs) {
        if (generation == NO_GENERATION || nowNs - nextHeartbeatNs < 0) {
            return Optional.empty();
        }
        nextHeartbeatNs = nowNs + config.heartbeatInterval().toNanos();
        return Optional.of(requests.heartbeat(memberId, generation));
    }

    @Override
    public long nextNs(long nowNs) {
        long nextNs = minded() ? Math.min(staleNs(), topics.nextNs()) : Long.MAX_VALUE;
        if (inFlight.isPresent()) {
            return nextNs;
        }
        boolean waits = phase() == Phase.JOINING && step == Step.LOOK;
        boolean assigns = phase() == Phase.JOINING && step == Step.ASSIGN;
        boolean beats = phase() == Phase.MEMBER || phase() == Phase.EMPTYING || assigns || ownership.revoking();
        if (beats) {
            boolean inGroup = generation != NO_GENERATION;
            return inGroup ? Math.min(nextNs, Math.max(nextHeartbeatNs, notBeforeNs())) : nextNs;
        }
        boolean asks = (phase() == Phase.JOINING && !waits) || phase() == Phase.LEAVING;
        return asks ? Math.min(nextNs, Math.max(nowNs, notBeforeNs())) : nextNs;
    }

    // ---- answers

    @Override
    public void onNoAnswer(MemberCall call, long nowNs) {
        if (!isCurrent(call)) {
            return;
        }
        inFlight = Optional.empty();
        pause(nowNs);
        if (call.key() == ApiKeys.SYNC_GROUP) {
            startRound();
        } else if (call.key() == ApiKeys.HEARTBEAT) {
            nextHeartbeatNs = nowNs;
        }
    }

    /** Whether an answer is the one that is waited for: a leave does not wait for what was asked before it. */
    private boolean isCurrent(MemberCall call) {
        return inFlight.filter(call::equals).isPresent();
    }

    @Override
    public void onAnswer(MemberCall call, ApiMessage answer, long nowNs) {
        if (!isCurrent(call)) {
            return;
        }
        inFlight = Optional.empty();
        switch (call.key()) {
            case JOIN_GROUP -> onJoinAnswer((JoinGroupResponseData) answer, nowNs);
            case SYNC_GROUP -> onSyncAnswer((SyncGroupResponseData) answer, nowNs);
            case HEARTBEAT -> {
                Errors error = Errors.forCode(((HeartbeatResponseData) answer).errorCode());
                if (error == Errors.NONE) {
                    noPause(nowNs);
                } else {
                    onError(call.key(), error, nowNs);
                }
            }
            default -> {
                memberId = "";
                onLeft(nowNs); // whatever the answer is, there is nothing more to do about it
            }
        }
    }

    private void onJoinAnswer(JoinGroupResponseData answer, long nowNs) {
        Errors error = Errors.forCode(answer.errorCode());
        if (error == Errors.MEMBER_ID_REQUIRED) {
            memberId = answer.memberId();
        } else if (error != Errors.NONE) {
            onError(ApiKeys.JOIN_GROUP, error, nowNs);
        } else if (phase() == Phase.JOINING) {
            noPause(nowNs);
            rounds++;
            memberId = answer.memberId();
            generation = answer.generationId();
            protocol = answer.protocolName();
            nextHeartbeatNs = nowNs + config.heartbeatInterval().toNanos();
            assigned = List.of();
            members = answer.members();
            computing = false;
            if (answer.leader().equals(memberId)) {
                // With skip the coordinator has an assignment already, but nobody else looks after the topics.
                step = answer.skipAssignment() ? Step.SYNC : Step.ASSIGN;
                ownership.add(topics.lead(ClassicAssignment.topics(members), nowNs));
            } else {
                step = Step.SYNC;
                topics.follow();
            }
        } else { // what is owned is given up already, on the way out
            memberId = answer.memberId();
            generation = answer.generationId();
        }
    }

    private void onSyncAnswer(SyncGroupResponseData answer, long nowNs) {
        Errors error = Errors.forCode(answer.errorCode());
        if (error != Errors.NONE) {
            onError(ApiKeys.SYNC_GROUP, error, nowNs);
            return;
        }
        noPause(nowNs);
        if (phase() != Phase.JOINING) {
            return; // on the way out
        }
        try {
            target = PartitionSet.of(assignment.accept(protocol, answer.assignment(), identity()));
        } catch (SchemaException e) {
            fail(Errors.INCONSISTENT_GROUP_PROTOCOL, "the leader's assignment cannot be read: " + e.getMessage());
            return;
        }
        joined();
        PartitionSet surplus = ownership.owned().minus(target);
        if (surplus.isEmpty()) {
            take();
        } else {
            rejoinWhenGiven = true;
            ownership.revoke(surplus);
        }
    }

    private void take() {
        ownership.assign(target.minus(ownership.owned()));
        if (rejoinWhenGiven) {
            startRound();
        }
    }

    @Override
    void onGivenUp(long nowNs) {
        if (phase() == Phase.MEMBER) {
            take();
        } else if (rejoinWhenGiven) {
            startRound();
        } else if (step == Step.JOIN) {
            prepare();
        }
    }

    private void onError(ApiKeys asked, Errors error, long nowNs) {
        switch (error) {
            case REBALANCE_IN_PROGRESS -> onRebalance(asked, nowNs);
            case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION -> {
                if (error == Errors.UNKNOWN_MEMBER_ID) {
                    memberId = "";
                }
                onThrownOut(nowNs);
                pause(nowNs);
            }
            case NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE -> {
                ownership.add(new MemberEvent.CoordinatorMoved());
                tryAgain(asked, nowNs);
            }
            default -> {
                if (error.exception() instanceof RetriableException) {
                    tryAgain(asked, nowNs);
                } else {
                    fail(error, error.message());
                }
            }
        }
    }

    private void tryAgain(ApiKeys asked, long nowNs) {
        pause(nowNs);
        if (asked == ApiKeys.SYNC_GROUP && phase() == Phase.JOINING) {
            startRound();
        } else if (asked == ApiKeys.HEARTBEAT) {
            nextHeartbeatNs = nowNs;
        }
    }

    private void onRebalance(ApiKeys asked, long nowNs) {
        if (!minded()) {
            return; // on the way out
        }
        if (asked == ApiKeys.JOIN_GROUP) {
            pause(nowNs);
        } else if (ownership.revoking()) {
            rejoinWhenGiven = true;
        } else {
            startRound();
        }
    }

    // ---- topics

    @Override
    public void onAllTopics(Collection<KnownTopic> found, long nowNs) {
        boolean changed = topics.onAll(found);
        if (phase() == Phase.JOINING && step == Step.LOOK) {
            beginIfReady();
        } else if (changed && minded()) {
            wantRound();
        }
    }

    @Override
    public void onRoute(KnownTopic topic, long nowNs) {
        topics.onThere(topic.name(), nowNs);
    }

    @Override
    public void onTopics(Collection<KnownTopic> found, long nowNs) {
        boolean changed = topics.onLed(found);
        if (phase() == Phase.JOINING && step == Step.ASSIGN && !computing) {
            computing = true;
            Map<String, KnownTopic> known = new TreeMap<>();
            found.forEach(topic -> known.put(topic.name(), topic));
            ownership.add(new MemberEvent.Compute(rounds, assignment.computation(protocol, members, known)));
        } else if (changed && minded()) {
            wantRound();
        }
    }

    @Override
    public void onComputed(int round, Optional<Map<String, byte[]>> parts, long nowNs) {
        if (phase() != Phase.JOINING || step != Step.ASSIGN || round != rounds) {
            return;
        }
        if (parts.isEmpty()) {
            fail(Errors.INCONSISTENT_GROUP_PROTOCOL, "a member's subscription cannot be read");
            return;
        }
        assigned = new ArrayList<>();
        parts.get()
                .forEach((member, bytes) -> assigned.add(
                        new SyncGroupRequestAssignment().setMemberId(member).setAssignment(bytes)));
        step = Step.SYNC;
    }

    private void wantRound() {
        if (phase() == Phase.MEMBER && !ownership.revoking()) {
            startRound();
        } else {
            rejoinWhenGiven = true;
        }
    }

    // ---- what is seen

    @Override
    public MemberIdentity identity() {
        return generation == NO_GENERATION ? MemberIdentity.NONE : new MemberIdentity(memberId, generation);
    }
}
