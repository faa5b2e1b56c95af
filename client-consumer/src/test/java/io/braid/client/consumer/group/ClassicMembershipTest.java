package io.braid.client.consumer.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.client.consumer.PartitionSet;
import io.braid.client.network.Backoff;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The member's side of the classic protocol, with KIP-345, KIP-394, KIP-429 and KIP-814. */
class ClassicMembershipTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long TOPICS_AGE_NS = 300 * SECOND;

    private long nowNs = 1000 * SECOND;
    private ClassicMembership member = member(b -> b.classicAssignors(ClassicAssignor.COOPERATIVE_STICKY));
    private String assignor = "cooperative-sticky";
    private MemberCall call;

    private ClassicMembership member(UnaryOperator<GroupConfig.Builder> settings) {
        GroupConfig config = settings.apply(GroupConfig.builder("g")).build();
        Backoff backoff = new Backoff(Duration.ofMillis(10), Duration.ofMillis(10), () -> 0.5);
        return new ClassicMembership(config, backoff, TOPICS_AGE_NS, nowNs);
    }

    private void eager() {
        member = member(b -> b.classicAssignors(ClassicAssignor.RANGE));
        assignor = "range";
    }

    private static PartitionSet of(int... partitions) {
        return PartitionSet.of(Arrays.stream(partitions)
                .mapToObj(p -> new TopicPartition("t", p))
                .toList());
    }

    private static io.braid.client.consumer.group.Subscription topics(String topic) {
        return io.braid.client.consumer.group.Subscription.to(Set.of(topic));
    }

    private static io.braid.client.consumer.group.Subscription matching(String expression) {
        return io.braid.client.consumer.group.Subscription.matching(expression);
    }

    private <T> T sends(ApiKeys key, Class<T> type) {
        call = member.poll(nowNs).orElseThrow(() -> new AssertionError("nothing to send"));
        assertThat(call.key()).isEqualTo(key);
        return type.cast(call.request());
    }

    private JoinGroupRequestData joins() {
        return sends(ApiKeys.JOIN_GROUP, JoinGroupRequestData.class);
    }

    private Subscription joinsWith() {
        return ConsumerProtocolCodec.subscription(
                joins().protocols().find(assignor).metadata(), Optional.empty());
    }

    private List<MemberEvent> joined(int generation, String leader, JoinGroupResponseMember... members) {
        member.onAnswer(
                call,
                new JoinGroupResponseData()
                        .setGenerationId(generation)
                        .setMemberId("me")
                        .setLeader(leader)
                        .setProtocolName(assignor)
                        .setMembers(List.of(members)),
                nowNs);
        return member.takeEvents();
    }

    private List<MemberEvent> refused(Errors error) {
        Object answer =
                switch (call.key()) {
                    case JOIN_GROUP ->
                        new JoinGroupResponseData().setErrorCode(error.code()).setMemberId("me");
                    case SYNC_GROUP -> new SyncGroupResponseData().setErrorCode(error.code());
                    default -> new HeartbeatResponseData().setErrorCode(error.code());
                };
        member.onAnswer(call, (ApiMessage) answer, nowNs);
        return member.takeEvents();
    }

    private List<MemberEvent> assigned(int... partitions) {
        List<TopicPartition> list = List.copyOf(of(partitions).toTopicPartitions());
        member.onAnswer(
                call,
                new SyncGroupResponseData().setAssignment(ConsumerProtocolCodec.assignment(new Assignment(list))),
                nowNs);
        return member.takeEvents();
    }

    /** A follower of generation 1 with these partitions. */
    private void settle(int... partitions) {
        member.subscribe(topics("t"), nowNs);
        joins();
        joined(1, "other");
        sends(ApiKeys.SYNC_GROUP, SyncGroupRequestData.class);
        assigned(partitions);
        assertThat(member.state()).isEqualTo(MemberState.STABLE);
        assertThat(member.owned()).isEqualTo(of(partitions));
    }

    private void beats() {
        nowNs += 3 * SECOND;
        sends(ApiKeys.HEARTBEAT, HeartbeatRequestData.class);
    }

    private static JoinGroupResponseMember with(String id, String topic) {
        return new JoinGroupResponseMember()
                .setMemberId(id)
                .setMetadata(ConsumerProtocolCodec.subscription(
                        List.of(topic), Optional.empty(), PartitionSet.EMPTY, -1, Optional.empty()));
    }

    // ---- joining

    @Test
    void joinsAgainWithTheIdItIsGiven() {
        member.subscribe(topics("t"), nowNs);
        assertThat(joins().memberId()).isEmpty();
        assertThat(refused(Errors.MEMBER_ID_REQUIRED)).isEmpty();

        assertThat(joins().memberId()).isEqualTo("me");
    }

    @Test
    void offersWhatItCanDoInItsOrder() {
        member = member(b -> b.sessionTimeout(Duration.ofSeconds(9)).instanceId("one"));
        member.subscribe(topics("t"), nowNs);
        JoinGroupRequestData request = joins();

        assertThat(request.protocols()).extracting(p -> p.name()).containsExactly("range", "cooperative-sticky");
        assertThat(request.protocolType()).isEqualTo("consumer");
        assertThat(request.sessionTimeoutMs()).isEqualTo(9000);
        assertThat(request.rebalanceTimeoutMs()).isEqualTo(300_000);
        assertThat(request.groupInstanceId()).isEqualTo("one");
    }

    @Test
    void theLeaderAssignsWithWhatIsKnownOfTheTopics() {
        member.subscribe(topics("t"), nowNs);
        joins();
        assertThat(joined(1, "me", with("me", "t"), with("you", "t")))
                .containsExactly(new MemberEvent.WantTopics(Set.of("t"), Set.of()));
        assertThat(member.poll(nowNs)).isEmpty();
        member.onRoute(new KnownTopic("t", Uuid.ZERO_UUID, 3), nowNs); // what came of one topic is not the answer
        assertThat(member.takeEvents()).isEmpty();
        member.onTopics(List.of(new KnownTopic("t", Uuid.ZERO_UUID, 4)), nowNs);
        MemberEvent.Compute compute = (MemberEvent.Compute) member.takeEvents().get(0);
        Map<String, byte[]> parts = compute.parts().get();
        member.onComputed(compute.round(), Optional.of(parts), nowNs);

        SyncGroupRequestData request = sends(ApiKeys.SYNC_GROUP, SyncGroupRequestData.class);
        assertThat(request.generationId()).isEqualTo(1);
        assertThat(request.assignments()).extracting(a -> a.memberId()).containsExactlyInAnyOrder("me", "you");
        assertThat(request.assignments())
                .allMatch(a -> ConsumerProtocolCodec.assignment(a.assignment())
                                .partitions()
                                .size()
                        == 2);
    }

    @Test
    void theLeaderGivesSignsOfLifeWhileItLooksAndComputes() {
        member.subscribe(topics("t"), nowNs);
        joins();
        joined(1, "me", with("me", "t"));
        long nextNs = member.nextNs(nowNs);
        assertThat(nextNs).isGreaterThan(nowNs).isLessThan(nowNs + 10 * SECOND);
        nowNs = nextNs;
        assertThat(sends(ApiKeys.HEARTBEAT, HeartbeatRequestData.class).generationId())
                .isEqualTo(1);
    }

    @Test
    void whatIsAddedWhileTheLeaderComputesIsForTheNextRound() {
        member.subscribe(topics("t"), nowNs);
        joins();
        joined(1, "me", with("me", "t"));
        member.onTopics(List.of(new KnownTopic("t", Uuid.ZERO_UUID, 4)), nowNs);
        MemberEvent.Compute compute = (MemberEvent.Compute) member.takeEvents().get(0);
        member.onTopics(List.of(new KnownTopic("t", Uuid.ZERO_UUID, 5)), nowNs);
        assertThat(member.takeEvents()).isEmpty();
        member.onComputed(compute.round(), Optional.of(compute.parts().get()), nowNs);
        sends(ApiKeys.SYNC_GROUP, SyncGroupRequestData.class);
        assigned(0, 1, 2, 3);

        joins();
    }

    @Test
    void theLeaderLooksAgainWhenATopicThatWasMissingIsThere() {
        member.subscribe(topics("t"), nowNs);
        joins();
        joined(1, "me", with("me", "t"));
        member.onTopics(List.of(), nowNs);
        MemberEvent.Compute compute = (MemberEvent.Compute) member.takeEvents().get(0);
        member.onComputed(compute.round(), Optional.of(compute.parts().get()), nowNs);
        sends(ApiKeys.SYNC_GROUP, SyncGroupRequestData.class);
        assigned();
        member.onRoute(new KnownTopic("t", Uuid.ZERO_UUID, 4), nowNs);
        assertThat(member.nextNs(nowNs)).isLessThanOrEqualTo(nowNs);
        member.poll(nowNs);
        assertThat(member.takeEvents()).containsExactly(new MemberEvent.WantTopics(Set.of("t"), Set.of()));
    }

    @Test
    void theLeaderStartsARoundWhenPartitionsWereAdded() {
        theLeaderAssignsWithWhatIsKnownOfTheTopics();
        assigned(0, 1);
        nowNs += TOPICS_AGE_NS;
        member.alive(nowNs);
        sends(ApiKeys.HEARTBEAT, HeartbeatRequestData.class);
        member.onAnswer(call, new HeartbeatResponseData(), nowNs);
        assertThat(member.takeEvents()).containsExactly(new MemberEvent.WantTopics(Set.of("t"), Set.of()));
        member.onTopics(List.of(new KnownTopic("t", Uuid.ZERO_UUID, 4)), nowNs);
        assertThat(member.state()).as("nothing new").isEqualTo(MemberState.STABLE);
        member.onTopics(List.of(new KnownTopic("t", Uuid.ZERO_UUID, 5)), nowNs);

        assertThat(joinsWith().ownedPartitions()).hasSize(2);
    }

    @Test
    void anExpressionIsMatchedBeforeItJoins() {
        member.subscribe(matching("t.?"), nowNs);
        assertThat(member.poll(nowNs)).isEmpty();
        assertThat(member.takeEvents()).containsExactly(new MemberEvent.WantAllTopics());
        List<KnownTopic> all = List.of(
                new KnownTopic("t", Uuid.ZERO_UUID, 1),
                new KnownTopic("tu", Uuid.ZERO_UUID, 1),
                new KnownTopic("tuv", Uuid.ZERO_UUID, 1));
        member.onAllTopics(all, nowNs);

        assertThat(joinsWith().topics()).containsExactly("t", "tu");
    }

    // ---- rebalances

    @Test
    void aCooperativeMemberKeepsWhatStays() {
        settle(0, 1);
        beats();
        assertThat(refused(Errors.REBALANCE_IN_PROGRESS)).as("keeps everything").isEmpty();
        Subscription told = joinsWith();
        assertThat(told.ownedPartitions()).hasSize(2);
        assertThat(told.generationId()).contains(1);
        joined(2, "other");
        sends(ApiKeys.SYNC_GROUP, SyncGroupRequestData.class);

        assertThat(assigned(1)).containsExactly(new MemberEvent.Revoke(1, of(0)));
        member.onRevoked(1, nowNs);
        assertThat(member.takeEvents()).containsExactly(new MemberEvent.Assign(PartitionSet.EMPTY, of(1)));
        assertThat(joinsWith().ownedPartitions())
                .as("and lets others have the rest")
                .hasSize(1);
    }

    @Test
    void anEagerMemberGivesUpEverythingBeforeItJoins() {
        eager();
        settle(0, 1);
        beats();
        assertThat(refused(Errors.REBALANCE_IN_PROGRESS)).containsExactly(new MemberEvent.Revoke(1, of(0, 1)));
        beats();
        assertThat(refused(Errors.REBALANCE_IN_PROGRESS)).as("goes on beating").isEmpty();
        member.onRevoked(1, nowNs);

        joins();
        joined(2, "other");
        sends(ApiKeys.SYNC_GROUP, SyncGroupRequestData.class);
        assertThat(assigned(1)).containsExactly(new MemberEvent.Assign(of(1), of(1)));
    }

    @Test
    void aRebalanceDuringSyncIsJoinedAtOnce() {
        settle(0);
        beats();
        refused(Errors.REBALANCE_IN_PROGRESS);
        joins();
        joined(2, "other");
        sends(ApiKeys.SYNC_GROUP, SyncGroupRequestData.class);
        assertThat(refused(Errors.REBALANCE_IN_PROGRESS)).isEmpty();

        assertThat(joins().memberId()).isEqualTo("me");
        assertThat(member.owned()).isEqualTo(of(0));
    }

    @Test
    void topicsThatAreNotWantedAnyMoreAreGivenUpFirst() {
        settle(0);
        member.subscribe(topics("u"), nowNs);
        assertThat(member.takeEvents()).containsExactly(new MemberEvent.Revoke(1, of(0)));
        member.onRevoked(1, nowNs);

        assertThat(joinsWith().topics()).containsExactly("u");
    }

    // ---- failures

    @ParameterizedTest
    @EnumSource(
            value = Errors.class,
            names = {"UNKNOWN_MEMBER_ID", "ILLEGAL_GENERATION"})
    void oneWhoIsThrownOutLosesEverythingAndJoinsAnew(Errors error) {
        settle(0, 1);
        beats();
        assertThat(refused(error)).containsExactly(new MemberEvent.Lose(of(0, 1)));
        nowNs = member.nextNs(nowNs);

        JoinGroupRequestData request = joins();
        assertThat(request.memberId()).isEqualTo(error == Errors.UNKNOWN_MEMBER_ID ? "" : "me");
        Subscription told = ConsumerProtocolCodec.subscription(
                request.protocols().find(assignor).metadata(), Optional.empty());
        assertThat(told.ownedPartitions()).isEmpty();
        assertThat(told.generationId()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Errors.class,
            names = {
                "FENCED_INSTANCE_ID",
                "GROUP_AUTHORIZATION_FAILED",
                "INCONSISTENT_GROUP_PROTOCOL",
                "INVALID_SESSION_TIMEOUT",
                "GROUP_MAX_SIZE_REACHED"
            })
    void whatDoesNotPassEndsTheMembership(Errors error) {
        member.subscribe(topics("t"), nowNs);
        joins();

        assertThat(refused(error)).singleElement().isInstanceOf(MemberEvent.Fail.class);
        assertThat(member.poll(nowNs + 1000 * SECOND)).isEmpty();
    }

    @Test
    void aLostCoordinatorIsAskedAgainWithoutLosingAnything() {
        settle(0);
        beats();
        assertThat(refused(Errors.NOT_COORDINATOR)).containsExactly(new MemberEvent.CoordinatorMoved());
        assertThat(member.poll(nowNs)).as("after a pause").isEmpty();
        nowNs = member.nextNs(nowNs);
        sends(ApiKeys.HEARTBEAT, HeartbeatRequestData.class);
        member.onNoAnswer(call, nowNs);

        assertThat(member.owned()).isEqualTo(of(0));
        assertThat(member.identity()).isEqualTo(new MemberIdentity("me", 1));
    }

    // ---- leaving

    @Test
    void leavesAfterEverythingIsGivenUpAndDoesNotWaitForAJoin() {
        settle(0);
        beats();
        refused(Errors.REBALANCE_IN_PROGRESS);
        joins();
        MemberCall join = call;
        member.leave(nowNs);
        assertThat(member.takeEvents()).containsExactly(new MemberEvent.Revoke(1, of(0)));
        member.onRevoked(1, nowNs);

        LeaveGroupRequestData request = sends(ApiKeys.LEAVE_GROUP, LeaveGroupRequestData.class);
        assertThat(request.members()).extracting(m -> m.memberId()).containsExactly("me");
        member.onAnswer(join, new JoinGroupResponseData().setMemberId("me").setLeader("me"), nowNs);
        assertThat(member.takeEvents()).as("too late").isEmpty();
        member.onNoAnswer(call, nowNs);
        nowNs = member.nextNs(nowNs);
        sends(ApiKeys.LEAVE_GROUP, LeaveGroupRequestData.class);
        member.onAnswer(call, new LeaveGroupResponseData(), nowNs);
        assertThat(member.takeEvents()).containsExactly(new MemberEvent.Left());
    }

    @Test
    void aStaticMemberSaysNoGoodbye() {
        member = member(
                b -> b.classicAssignors(ClassicAssignor.COOPERATIVE_STICKY).instanceId("one"));
        settle(0);
        member.leave(nowNs);
        member.takeEvents();
        member.onRevoked(1, nowNs);

        assertThat(member.takeEvents()).containsExactly(new MemberEvent.Left());
    }
}
