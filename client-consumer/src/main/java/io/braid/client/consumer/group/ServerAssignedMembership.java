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
final class ServerAssignedMembership extends MembershipLife {
    static final int HIGHEST_VERSION = 1;
    static final int FIRST_VERSION_WITH_EXPRESSIONS = 1;

    private static final int JOIN_EPOCH = 0;
    private static final int LEAVE_EPOCH = -1;
    private static final int STATIC_LEAVE_EPOCH = -2;
    private static final long NS_PER_MS = 1_000_000;

    private final Map<Uuid, String> names = new HashMap<>();
    private String memberId;
    private int epoch = JOIN_EPOCH;
    private Optional<PartitionSet> target = Optional.empty(); // empty until the coordinator told one
    private Map<Uuid, List<Integer>> unnamed =
            Map.of(); // what else is assigned, of topics whose names are not known yet
    private boolean tellAssignment; // even if nothing was added

    // What the coordinator knows of us, as far as is known.
    private boolean tellAll = true;
    private Subscription told = Subscription.NONE;
    private PartitionSet toldOwned = PartitionSet.EMPTY;

    private boolean inFlight;
    private boolean urgent;
    private long nextHeartbeatNs;
    private long waitsSinceNs;
    private boolean waits; // for another member with our instance id to be gone

    /** @param memberId unique, for the member's whole life */
    ServerAssignedMembership(GroupConfig config, String memberId, Backoff backoff, long nowNs) {
        super(config, backoff, nowNs);
        this.memberId = memberId;
        this.nextHeartbeatNs = nowNs;
    }

    @Override
    void onJoin(long nowNs) {
        epoch = JOIN_EPOCH;
        target = Optional.empty();
        unnamed = Map.of();
        tellAssignment = true;
        tellAll = true;
        urgent = true;
    }

    @Override
    void onSubscription(long nowNs) {
        urgent = true;
    }

    @Override
    boolean mustSayGoodbye() {
        urgent = true;
        return epoch != JOIN_EPOCH || inFlight;
    }

    // ---- heartbeats

    @Override
    public Optional<MemberCall> poll(long nowNs) {
        checkAlive(nowNs);
        if (!speaks() || inFlight || paused(nowNs) || (!urgent && nowNs - nextHeartbeatNs < 0)) {
            return Optional.empty();
        }
        inFlight = true;
        urgent = false;
        return Optional.of(new MemberCall(ApiKeys.CONSUMER_GROUP_HEARTBEAT, HIGHEST_VERSION, heartbeat(), 0));
    }

    private boolean speaks() {
        return minded() || phase() == Phase.LEAVING || (phase() == Phase.EMPTYING && epoch != JOIN_EPOCH);
    }

    @Override
    public long nextNs(long nowNs) {
        long staleNs = minded() ? staleNs() : Long.MAX_VALUE;
        if (!speaks() || inFlight) {
            return staleNs;
        }
        return Math.min(Math.max(urgent ? nowNs : nextHeartbeatNs, notBeforeNs()), staleNs);
    }

    private ConsumerGroupHeartbeatRequestData heartbeat() {
        ConsumerGroupHeartbeatRequestData request = new ConsumerGroupHeartbeatRequestData()
                .setGroupId(config.groupId())
                .setMemberId(memberId)
                .setInstanceId(config.instanceId().orElse(null));
        if (phase() == Phase.LEAVING) {
            return request.setMemberEpoch(config.instanceId().isPresent() ? STATIC_LEAVE_EPOCH : LEAVE_EPOCH);
        }
        request.setMemberEpoch(epoch);
        boolean all = tellAll || epoch == JOIN_EPOCH;
        if (all) {
            request.setRackId(config.rackId().orElse(null))
                    .setRebalanceTimeoutMs((int) config.maxPollInterval().toMillis())
                    .setServerAssignor(config.serverAssignor().orElse(null));
        }
        if (!subscription.isEmpty() && (all || !subscription.equals(told))) {
            request.setSubscribedTopicNames(new ArrayList<>(subscription.topics()));
            if (subscription.expression().isPresent() || told.expression().isPresent()) {
                request.setSubscribedTopicRegex(subscription.expression().orElse(""));
            }
            told = subscription;
        }
        PartitionSet owned = ownership.owned();
        if (all || (!ownership.revoking() && !owned.equals(toldOwned))) {
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
        pause(nowNs);
    }

    @Override
    public void onAnswer(MemberCall call, ApiMessage message, long nowNs) {
        inFlight = false;
        ConsumerGroupHeartbeatResponseData answer = (ConsumerGroupHeartbeatResponseData) message;
        ConsumerGroupHeartbeatRequestData request = (ConsumerGroupHeartbeatRequestData) call.request();
        Errors error = Errors.forCode(answer.errorCode());
        if (error == Errors.NONE) {
            noPause(nowNs);
            waits = false;
            onGoodAnswer(request, answer, nowNs);
        } else {
            onError(request, error, answer.errorMessage(), nowNs);
        }
    }

    private void onGoodAnswer(
            ConsumerGroupHeartbeatRequestData request, ConsumerGroupHeartbeatResponseData answer, long nowNs) {
        if (request.memberEpoch() < 0) {
            epoch = JOIN_EPOCH;
            onLeft(nowNs);
            return;
        }
        nextHeartbeatNs = nowNs + answer.heartbeatIntervalMs() * NS_PER_MS;
        if (answer.memberId() != null && !answer.memberId().isEmpty()) {
            memberId = answer.memberId();
        }
        epoch = answer.memberEpoch();
        if (phase() == Phase.JOINING) {
            joined();
        }
        if (phase() == Phase.MEMBER && answer.assignment() != null) {
            Map<Uuid, List<Integer>> assigned = new TreeMap<>();
            answer.assignment().topicPartitions().forEach(topic -> assigned.put(topic.topicId(), topic.partitions()));
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
            case FENCED_MEMBER_EPOCH, UNKNOWN_MEMBER_ID -> onFenced(nowNs);
            case UNRELEASED_INSTANCE_ID -> onNameTaken(error, message, nowNs);
            default -> {
                if (error.exception() instanceof RetriableException) {
                    retry(nowNs);
                } else if (request.memberEpoch() < 0) {
                    onFenced(nowNs); // whatever it is: there is nothing more to do about it
                } else {
                    fail(error, message);
                }
            }
        }
    }

    private void onFenced(long nowNs) {
        epoch = JOIN_EPOCH;
        onThrownOut(nowNs);
    }

    private void onNameTaken(Errors error, String message, long nowNs) {
        if (!waits) {
            waits = true;
            waitsSinceNs = nowNs;
        }
        if (goes()) {
            onFenced(nowNs);
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

    @Override
    public void onRoute(KnownTopic topic, long nowNs) {
        onTopics(List.of(topic), nowNs);
    }

    @Override
    public void onAllTopics(Collection<KnownTopic> topics, long nowNs) {
        onTopics(topics, nowNs);
    }

    @Override
    public void onComputed(int round, Optional<Map<String, byte[]>> parts, long nowNs) {
        throw new IllegalStateException("the coordinator assigns");
    }

    /** Adds to the target what is assigned of topics whose names are known. */
    private void name(Map<Uuid, List<Integer>> assigned) {
        PartitionSet.Builder known = PartitionSet.builder().addAll(target.orElseThrow());
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
        if (phase() == Phase.MEMBER && !unnamed.isEmpty()) {
            ownership.add(new MemberEvent.WantTopics(Set.of(), Set.copyOf(unnamed.keySet())));
        }
    }

    /** Goes a step from what is owned to what was assigned: first gives up, then takes. */
    private void reconcile() {
        if (phase() != Phase.MEMBER || ownership.revoking() || target.isEmpty()) {
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
    void onGivenUp(long nowNs) {
        tellAssignment = true;
        reconcile();
    }

    @Override
    public MemberIdentity identity() {
        return epoch > 0 ? new MemberIdentity(memberId, epoch) : MemberIdentity.NONE;
    }
}
