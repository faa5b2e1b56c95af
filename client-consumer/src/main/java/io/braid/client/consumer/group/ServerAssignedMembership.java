package io.braid.client.consumer.group;

import io.braid.client.consumer.PartitionSet;
import io.braid.client.network.Backoff;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/**
 * A member of the consumer protocol (KIP-848): heartbeats are all that it says. It joins with epoch 0 and takes the
 * coordinator's epoch; a heartbeat's answer may carry a new assignment, from which follows what is given up, then what is
 * added, and then a heartbeat at once that says what it owns. A heartbeat says only what changed since the one before, unless that one
 * was not answered well.
 */
final class ServerAssignedMembership implements Membership {
    static final int HIGHEST_VERSION = 1;
    static final int FIRST_VERSION_WITH_EXPRESSIONS = 1;

    private static final int JOIN_EPOCH = 0;
    private static final int LEAVE_EPOCH = -1;
    private static final int STATIC_LEAVE_EPOCH = -2;
    private static final long NS_PER_MS = 1_000_000;

    private final GroupConfig config;
    private final Backoff backoff;
    private final Ownership ownership = new Ownership();
    private final Map<Uuid, String> names = new HashMap<>();

    private String memberId;
    private int epoch = JOIN_EPOCH;
    private Phase phase = Phase.OUTSIDE;
    private Phase afterLeave = Phase.OUTSIDE;
    private Subscription subscription = Subscription.NONE;
    private Optional<PartitionSet> target = Optional.empty(); // empty until the coordinator told one
    private Map<Uuid, List<Integer>> unnamed = Map.of(); // what else is assigned, of topics whose names are not known yet
    private boolean tellAssignment; // even if nothing was added

    // What the coordinator knows of us, as far as is known.
    private boolean tellAll = true;
    private Subscription told = Subscription.NONE;
    private PartitionSet toldOwned = PartitionSet.EMPTY;

    private boolean inFlight;
    private boolean urgent;
    private long nextHeartbeatNs;
    private long notBeforeNs;
    private long aliveNs;
    private long waitsSinceNs;
    private boolean waits; // for another member with our instance id to be gone

    /** Where the member is, apart from what it is giving up. */
    private enum Phase {
        OUTSIDE,
        JOINING,
        MEMBER,
        /** Partitions are given up before the group is left. */
        EMPTYING,
        LEAVING,
        STALE,
        ENDED
    }

    /** @param memberId unique, for the member's whole life */
    ServerAssignedMembership(GroupConfig config, String memberId, Backoff backoff, long nowNs) {
        this.config = config;
        this.memberId = memberId;
        this.backoff = backoff;
        this.aliveNs = nowNs;
        this.notBeforeNs = nowNs;
        this.nextHeartbeatNs = nowNs;
    }

    // ---- what the application wants

    @Override
    public void subscribe(Subscription next, long nowNs) {
        subscription = next;
        if (next.isEmpty()) {
            if (phase == Phase.JOINING || phase == Phase.MEMBER) {
                empty(Phase.OUTSIDE);
            } else if (afterLeave == Phase.JOINING) {
                afterLeave = Phase.OUTSIDE;
            }
        } else if (phase == Phase.OUTSIDE) {
            join();
        } else if (phase == Phase.EMPTYING || phase == Phase.LEAVING) {
            comeBack();
        } else {
            urgent = true;
        }
    }

    private void comeBack() {
        if (afterLeave == Phase.OUTSIDE) {
            afterLeave = Phase.JOINING;
        }
    }

    @Override
    public void alive(long nowNs) {
        aliveNs = nowNs;
        if (phase == Phase.STALE) {
            join();
        } else if (afterLeave == Phase.STALE) {
            afterLeave = Phase.JOINING;
        }
    }

    @Override
    public void leave(long nowNs) {
        if (phase == Phase.JOINING || phase == Phase.MEMBER) {
            empty(Phase.ENDED);
        } else if (phase == Phase.EMPTYING || phase == Phase.LEAVING) {
            afterLeave = Phase.ENDED;
        } else if (phase != Phase.ENDED) {
            end();
        }
    }

    private void join() {
        phase = Phase.JOINING;
        afterLeave = Phase.OUTSIDE;
        epoch = JOIN_EPOCH;
        target = Optional.empty();
        unnamed = Map.of();
        tellAssignment = true;
        tellAll = true;
        urgent = true;
    }

    /** Gives everything up, and then leaves. */
    private void empty(Phase then) {
        afterLeave = then;
        phase = Phase.EMPTYING;
        target = Optional.empty();
        unnamed = Map.of();
        if (ownership.revoking()) {
            return; // the rest follows when that is done
        }
        if (ownership.owned().isEmpty()) {
            beginLeave();
        } else {
            ownership.revoke(ownership.owned());
        }
    }

    private void beginLeave() {
        if (afterLeave == Phase.ENDED && !config.leaveOnClose() && config.instanceId().isEmpty()) {
            end();
            return;
        }
        phase = Phase.LEAVING;
        urgent = true;
        if (epoch == JOIN_EPOCH && !inFlight) {
            onLeft(); // never was in
        }
    }

    private void onLeft() {
        if (afterLeave == Phase.ENDED) {
            end();
        } else if (afterLeave == Phase.JOINING) {
            join();
        } else {
            phase = afterLeave;
            epoch = JOIN_EPOCH;
        }
    }

    private void end() {
        phase = Phase.ENDED;
        ownership.lose();
        ownership.add(new MemberEvent.Left());
    }

    private void fail(Errors error, String message) {
        ownership.lose();
        phase = Phase.ENDED;
        String text = message == null || message.isEmpty() ? error.message() : message;
        ownership.add(new MemberEvent.Fail(error.exception("group " + config.groupId() + ": " + text)));
    }

    // ---- heartbeats

    @Override
    public Optional<MemberCall> poll(long nowNs) {
        if (minded() && nowNs - aliveNs >= maxPollNs()) {
            ownership.lose();
            afterLeave = Phase.STALE;
            beginLeave();
        }
        if (!speaks() || inFlight || nowNs - notBeforeNs < 0 || !urgent && nowNs - nextHeartbeatNs < 0) {
            return Optional.empty();
        }
        inFlight = true;
        urgent = false;
        return Optional.of(new MemberCall(ApiKeys.CONSUMER_GROUP_HEARTBEAT, HIGHEST_VERSION, heartbeat(), 0));
    }

    private boolean speaks() {
        return phase == Phase.JOINING
                || phase == Phase.MEMBER
                || phase == Phase.LEAVING
                || phase == Phase.EMPTYING && epoch != JOIN_EPOCH;
    }

    /** Whether it matters that the application gives signs of life. */
    private boolean minded() {
        return phase == Phase.JOINING || phase == Phase.MEMBER;
    }

    private long maxPollNs() {
        return config.maxPollInterval().toNanos();
    }

    @Override
    public long nextNs(long nowNs) {
        if (!speaks()) {
            return Long.MAX_VALUE;
        }
        long staleNs = minded() ? aliveNs + maxPollNs() : Long.MAX_VALUE;
        if (inFlight) {
            return staleNs;
        }
        long heartbeatNs = urgent ? nowNs : nextHeartbeatNs;
        return Math.min(Math.max(heartbeatNs, notBeforeNs), staleNs);
    }

    private ConsumerGroupHeartbeatRequestData heartbeat() {
        ConsumerGroupHeartbeatRequestData request = new ConsumerGroupHeartbeatRequestData()
                .setGroupId(config.groupId())
                .setMemberId(memberId)
                .setInstanceId(config.instanceId().orElse(null));
        if (phase == Phase.LEAVING) {
            return request.setMemberEpoch(config.instanceId().isPresent() ? STATIC_LEAVE_EPOCH : LEAVE_EPOCH);
        }
        request.setMemberEpoch(epoch);
        boolean all = tellAll || epoch == JOIN_EPOCH;
        if (all) {
            request.setRackId(config.rackId().orElse(null))
                    .setRebalanceTimeoutMs((int) config.maxPollInterval().toMillis())
                    .setServerAssignor(config.serverAssignor().orElse(null));
        }
        if (all || !subscription.equals(told)) {
            request.setSubscribedTopicNames(new ArrayList<>(subscription.topics()));
            if (subscription.expression().isPresent() || told.expression().isPresent()) {
                request.setSubscribedTopicRegex(subscription.expression().orElse(""));
            }
            told = subscription;
        }
        PartitionSet owned = ownership.owned();
        if (all || !ownership.revoking() && !owned.equals(toldOwned)) {
            request.setTopicPartitions(epoch == JOIN_EPOCH ? List.of() : wire(owned));
            toldOwned = owned;
        }
        tellAll = false;
        return request;
    }

    private static List<TopicPartitions> wire(PartitionSet partitions) {
        List<TopicPartitions> topics = new ArrayList<>();
        for (PartitionSet.Topic topic : partitions.topics()) {
            topics.add(new TopicPartitions()
                    .setTopicId(topic.id())
                    .setPartitions(partitions.partitions(topic).boxed().toList()));
        }
        return topics;
    }

    @Override
    public void onNoAnswer(MemberCall call, long nowNs) {
        inFlight = false;
        retry(nowNs);
    }

    /** The same again after a pause; whatever the coordinator was told may be lost with it. */
    private void retry(long nowNs) {
        tellAll = true;
        urgent = true;
        notBeforeNs = nowNs + backoff.nextNs();
    }

    @Override
    public void onAnswer(MemberCall call, ApiMessage message, long nowNs) {
        inFlight = false;
        ConsumerGroupHeartbeatResponseData answer = (ConsumerGroupHeartbeatResponseData) message;
        ConsumerGroupHeartbeatRequestData request = (ConsumerGroupHeartbeatRequestData) call.request();
        Errors error = Errors.forCode(answer.errorCode());
        if (error == Errors.NONE) {
            backoff.reset();
            waits = false;
            onGoodAnswer(request, answer, nowNs);
        } else {
            onError(request, error, answer.errorMessage(), nowNs);
        }
    }

    private void onGoodAnswer(
            ConsumerGroupHeartbeatRequestData request, ConsumerGroupHeartbeatResponseData answer, long nowNs) {
        if (request.memberEpoch() < 0) {
            onLeft();
            return;
        }
        nextHeartbeatNs = nowNs + answer.heartbeatIntervalMs() * NS_PER_MS;
        if (answer.memberId() != null && !answer.memberId().isEmpty()) {
            memberId = answer.memberId();
        }
        epoch = answer.memberEpoch();
        if (phase == Phase.JOINING) {
            phase = Phase.MEMBER;
        }
        if (phase == Phase.MEMBER && answer.assignment() != null) {
            Map<Uuid, List<Integer>> assigned = new TreeMap<>();
            answer.assignment()
                    .topicPartitions()
                    .forEach(topic -> assigned.put(topic.topicId(), topic.partitions()));
            target = Optional.of(PartitionSet.EMPTY);
            name(assigned);
        }
        wantNames();
        reconcile();
    }

    private void onError(ConsumerGroupHeartbeatRequestData request, Errors error, String message, long nowNs) {
        switch (error) {
            case NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE -> {
                ownership.add(new MemberEvent.CoordinatorMoved());
                retry(nowNs);
            }
            case FENCED_MEMBER_EPOCH, UNKNOWN_MEMBER_ID -> onFenced(request);
            case UNRELEASED_INSTANCE_ID -> onNameTaken(error, message, nowNs);
            default -> {
                if (error.exception() instanceof RetriableException) {
                    retry(nowNs);
                } else if (request.memberEpoch() < 0) {
                    onLeft(); // whatever it is: there is nothing more to do about it
                } else {
                    fail(error, message);
                }
            }
        }
    }

    /** The coordinator does not count on us any more: others may have our partitions already. */
    private void onFenced(ConsumerGroupHeartbeatRequestData request) {
        ownership.lose();
        epoch = JOIN_EPOCH;
        if (request.memberEpoch() < 0 || phase == Phase.LEAVING || phase == Phase.EMPTYING) {
            onLeft();
        } else {
            join();
        }
    }

    private void onNameTaken(Errors error, String message, long nowNs) {
        if (!waits) {
            waits = true;
            waitsSinceNs = nowNs;
        }
        if (phase == Phase.LEAVING) {
            onLeft();
        } else if (nowNs - waitsSinceNs >= config.instanceWait().toNanos()) {
            fail(error, message);
        } else {
            retry(nowNs);
        }
    }

    // ---- assignment

    @Override
    public void onTopics(Collection<KnownTopic> topics, long nowNs) {
        topics.stream()
                .filter(topic -> !topic.id().equals(Uuid.ZERO_UUID))
                .forEach(topic -> names.put(topic.id(), topic.name()));
        if (target.isPresent()) {
            name(unnamed);
            reconcile();
        }
    }

    /** Adds to the target what is assigned of topics whose names are known. */
    private void name(Map<Uuid, List<Integer>> assigned) {
        PartitionSet.Builder known =
                PartitionSet.builder().addAll(target.orElseThrow());
        Map<Uuid, List<Integer>> unknown = new TreeMap<>();
        assigned.forEach((id, partitions) -> {
            String name = names.get(id);
            if (name == null) {
                unknown.put(id, partitions);
            } else {
                partitions.forEach(partition -> known.add(name, id, partition));
            }
        });
        target = Optional.of(known.build());
        unnamed = unknown;
    }

    /** Asks for names that are missing: with each heartbeat, since a topic may be newer than what the asked broker knows. */
    private void wantNames() {
        if (phase == Phase.MEMBER && !unnamed.isEmpty()) {
            ownership.add(new MemberEvent.WantTopics(Set.of(), Set.copyOf(unnamed.keySet())));
        }
    }

    /** Goes a step from what is owned to what was assigned: first gives up, then takes. */
    private void reconcile() {
        if (phase != Phase.MEMBER || ownership.revoking() || target.isEmpty()) {
            return;
        }
        PartitionSet owned = ownership.owned();
        PartitionSet surplus = owned.minus(target.get());
        if (!surplus.isEmpty()) {
            ownership.revoke(surplus);
            return;
        }
        PartitionSet added = target.get().minus(owned);
        if (!added.isEmpty() || tellAssignment) {
            tellAssignment = false;
            ownership.assign(added);
        }
        urgent |= !ownership.owned().equals(toldOwned);
    }

    @Override
    public void onRevoked(int revocation, long nowNs) {
        if (!ownership.revoked(revocation)) {
            return;
        }
        tellAssignment = true;
        if (phase == Phase.EMPTYING) {
            empty(afterLeave);
        } else {
            reconcile();
        }
    }

    // ---- what is seen

    @Override
    public List<MemberEvent> takeEvents() {
        return ownership.takeEvents();
    }

    @Override
    public MemberState state() {
        return switch (phase) {
            case OUTSIDE -> MemberState.OUTSIDE;
            case JOINING -> MemberState.JOINING;
            case MEMBER -> ownership.revoking() ? MemberState.REVOKING : MemberState.STABLE;
            case EMPTYING -> MemberState.REVOKING;
            case LEAVING -> MemberState.LEAVING;
            case STALE -> MemberState.STALE;
            case ENDED -> MemberState.ENDED;
        };
    }

    @Override
    public MemberIdentity identity() {
        return epoch > 0 ? new MemberIdentity(memberId, epoch) : MemberIdentity.NONE;
    }

    @Override
    public PartitionSet owned() {
        return ownership.owned();
    }
}
