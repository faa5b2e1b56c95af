package io.braid.client.consumer.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.client.consumer.PartitionSet;
import io.braid.client.network.Backoff;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The member's side of KIP-848, rule by rule. */
class ServerAssignedMembershipTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Uuid ID = new Uuid(1, 1);
    private static final Uuid OTHER_ID = new Uuid(2, 2);
    private static final int INTERVAL_MS = 5000;

    private long nowNs = 1000 * SECOND;
    private ServerAssignedMembership member = member(builder -> builder);
    private MemberCall call;

    private ServerAssignedMembership member(UnaryOperator<GroupConfig.Builder> settings) {
        GroupConfig config = settings.apply(GroupConfig.builder("g")).build();
        Backoff backoff = new Backoff(Duration.ofMillis(10), Duration.ofMillis(10), () -> 0.5);
        return new ServerAssignedMembership(config, "me", backoff, nowNs);
    }

    private static PartitionSet of(int... partitions) {
        PartitionSet.Builder set = PartitionSet.builder();
        Arrays.stream(partitions).forEach(partition -> set.add("t", ID, partition));
        return set.build();
    }

    private ConsumerGroupHeartbeatRequestData sends() {
        call = member.poll(nowNs).orElseThrow(() -> new AssertionError("nothing to send"));
        return (ConsumerGroupHeartbeatRequestData) call.request();
    }

    private List<MemberEvent> told(int epoch, Integer... partitions) {
        ConsumerGroupHeartbeatResponseData answer = answer(epoch);
        answer.setAssignment(new ConsumerGroupHeartbeatResponseData.Assignment()
                .setTopicPartitions(List.of(new ConsumerGroupHeartbeatResponseData.TopicPartitions()
                        .setTopicId(ID)
                        .setPartitions(List.of(partitions)))));
        member.onAnswer(call, answer, nowNs);
        return member.takeEvents();
    }

    private static ConsumerGroupHeartbeatResponseData answer(int epoch) {
        return new ConsumerGroupHeartbeatResponseData()
                .setMemberId("me")
                .setMemberEpoch(epoch)
                .setHeartbeatIntervalMs(INTERVAL_MS);
    }

    private List<MemberEvent> toldError(Errors error) {
        member.onAnswer(call, new ConsumerGroupHeartbeatResponseData().setErrorCode(error.code()), nowNs);
        return member.takeEvents();
    }

    private void know() {
        member.onTopics(List.of(new KnownTopic("t", ID, 10)), nowNs);
    }

    /** In the group at epoch 1 with these partitions, which the coordinator knows. */
    private void joined(Integer... partitions) {
        member.subscribe(Subscription.to(Set.of("t")), nowNs);
        know();
        sends();
        told(1, partitions);
        if (partitions.length > 0) {
            sends();
            member.onAnswer(call, answer(1), nowNs);
        }
        assertThat(member.takeEvents()).isEmpty();
        assertThat(member.state()).isEqualTo(MemberState.STABLE);
    }

    private void later(long seconds) {
        nowNs += seconds * SECOND;
    }

    // ---- joining

    @Test
    void joinsWithEpochZeroAndEverythingItHasToSay() {
        member = member(builder -> builder.rackId("r1")
                .serverAssignor("range")
                .maxPollInterval(Duration.ofSeconds(7))
                .instanceId("one"));
        member.subscribe(Subscription.to(Set.of("b", "a")), nowNs);

        ConsumerGroupHeartbeatRequestData request = sends();

        assertThat(request)
                .isEqualTo(new ConsumerGroupHeartbeatRequestData()
                        .setGroupId("g")
                        .setMemberId("me")
                        .setMemberEpoch(0)
                        .setInstanceId("one")
                        .setRackId("r1")
                        .setServerAssignor("range")
                        .setRebalanceTimeoutMs(7000)
                        .setSubscribedTopicNames(List.of("a", "b"))
                        .setTopicPartitions(List.of()));
        assertThat(member.poll(nowNs)).as("one at a time").isEmpty();
        assertThat(member.identity()).isEqualTo(MemberIdentity.NONE);
    }

    @Test
    void subscribesByExpression() {
        member.subscribe(Subscription.matching("t.*"), nowNs);
        assertThat(sends().subscribedTopicRegex()).isEqualTo("t.*");
        told(1);
        member.subscribe(Subscription.to(Set.of("t")), nowNs);
        ConsumerGroupHeartbeatRequestData request = sends();
        assertThat(request.subscribedTopicRegex()).as("taken back").isEmpty();
        assertThat(request.subscribedTopicNames()).containsExactly("t");
    }

    @Test
    void saysOnlyWhatChanged() {
        joined(0, 1);
        assertThat(member.poll(nowNs)).isEmpty();
        assertThat(member.nextNs(nowNs)).isEqualTo(nowNs + INTERVAL_MS * 1_000_000L);
        later(5);

        assertThat(sends())
                .isEqualTo(new ConsumerGroupHeartbeatRequestData()
                        .setGroupId("g")
                        .setMemberId("me")
                        .setMemberEpoch(1));
    }

    @Test
    void anEmptyFirstAssignmentIsToldToo() {
        member.subscribe(Subscription.to(Set.of("t")), nowNs);
        know();
        sends();

        assertThat(told(1)).containsExactly(new MemberEvent.Assign(PartitionSet.EMPTY, PartitionSet.EMPTY));
        assertThat(member.identity()).isEqualTo(new MemberIdentity("me", 1));
    }

    // ---- reconciling

    @Test
    void takesPartitionsAndSaysSoAtOnce() {
        member.subscribe(Subscription.to(Set.of("t")), nowNs);
        know();
        sends();

        assertThat(told(1, 0, 1)).containsExactly(new MemberEvent.Assign(of(0, 1), of(0, 1)));
        assertThat(sends().topicPartitions())
                .isEqualTo(List.of(new ConsumerGroupHeartbeatRequestData.TopicPartitions()
                        .setTopicId(ID)
                        .setPartitions(List.of(0, 1))));
    }

    @Test
    void givesUpBeforeItTakes() {
        joined(0, 1);
        later(5);
        sends();
        assertThat(told(2, 1, 2)).containsExactly(new MemberEvent.Revoke(1, of(0)));
        assertThat(member.owned()).as("until it is done").isEqualTo(of(0, 1));
        assertThat(member.state()).isEqualTo(MemberState.REVOKING);
        later(5);
        assertThat(sends().topicPartitions()).as("goes on beating").isNull();
        member.onAnswer(call, answer(2), nowNs);

        member.onRevoked(1, nowNs);

        assertThat(member.takeEvents()).containsExactly(new MemberEvent.Assign(of(2), of(1, 2)));
        assertThat(sends().topicPartitions().get(0).partitions()).containsExactly(1, 2);
    }

    @Test
    void aNewerAssignmentCountsOnceTheRevocationIsDone() {
        joined(0, 1);
        later(5);
        sends();
        told(2, 1);
        later(5);
        sends();
        assertThat(told(3, 5)).as("while it gives up").isEmpty();

        member.onRevoked(1, nowNs);
        assertThat(member.takeEvents()).containsExactly(new MemberEvent.Revoke(2, of(1)));
        member.onRevoked(1, nowNs);
        assertThat(member.takeEvents()).as("an old one").isEmpty();
        member.onRevoked(2, nowNs);
        assertThat(member.takeEvents()).containsExactly(new MemberEvent.Assign(of(5), of(5)));
    }

    @Test
    void namesAreAskedForAndWhatHasOneIsTaken() {
        member.subscribe(Subscription.matching(".*"), nowNs);
        know();
        sends();
        ConsumerGroupHeartbeatResponseData answer = answer(1);
        answer.setAssignment(new ConsumerGroupHeartbeatResponseData.Assignment()
                .setTopicPartitions(List.of(
                        new ConsumerGroupHeartbeatResponseData.TopicPartitions()
                                .setTopicId(ID)
                                .setPartitions(List.of(0)),
                        new ConsumerGroupHeartbeatResponseData.TopicPartitions()
                                .setTopicId(OTHER_ID)
                                .setPartitions(List.of(3)))));
        member.onAnswer(call, answer, nowNs);
        assertThat(member.takeEvents())
                .containsExactly(
                        new MemberEvent.WantTopics(Set.of(), Set.of(OTHER_ID)), new MemberEvent.Assign(of(0), of(0)));

        member.onTopics(List.of(new KnownTopic("u", OTHER_ID, 4)), nowNs);

        PartitionSet added = PartitionSet.range("u", OTHER_ID, 3, 4);
        assertThat(member.takeEvents()).containsExactly(new MemberEvent.Assign(added, of(0).union(added)));
    }

    // ---- failures

    @ParameterizedTest
    @EnumSource(
            value = Errors.class,
            names = {"FENCED_MEMBER_EPOCH", "UNKNOWN_MEMBER_ID"})
    void oneWhoIsFencedLosesEverythingAndJoinsAgain(Errors error) {
        joined(0, 1);
        later(5);
        sends();

        assertThat(toldError(error)).containsExactly(new MemberEvent.Lose(of(0, 1)));
        assertThat(member.identity()).isEqualTo(MemberIdentity.NONE);
        ConsumerGroupHeartbeatRequestData request = sends();
        assertThat(request.memberEpoch()).isZero();
        assertThat(request.memberId()).isEqualTo("me");
        assertThat(request.topicPartitions()).isEmpty();
    }

    @Test
    void aRevocationOfOneWhoWasFencedMeansNothing() {
        joined(0, 1);
        later(5);
        sends();
        told(2, 1);
        later(5);
        sends();
        assertThat(toldError(Errors.FENCED_MEMBER_EPOCH)).containsExactly(new MemberEvent.Lose(of(0, 1)));
        sends();
        told(1, 7);
        member.onRevoked(1, nowNs);

        assertThat(member.takeEvents()).isEmpty();
        assertThat(member.owned()).isEqualTo(of(7));
    }

    @ParameterizedTest
    @EnumSource(
            value = Errors.class,
            names = {"NOT_COORDINATOR", "COORDINATOR_NOT_AVAILABLE", "COORDINATOR_LOAD_IN_PROGRESS"})
    void whatPassesIsTriedAgainWithEverythingAndNothingIsLost(Errors error) {
        joined(0, 1);
        later(5);
        sends();

        boolean moved = error != Errors.COORDINATOR_LOAD_IN_PROGRESS;
        assertThat(toldError(error)).isEqualTo(moved ? List.of(new MemberEvent.CoordinatorMoved()) : List.of());
        assertThat(member.poll(nowNs)).as("after a pause").isEmpty();
        nowNs = member.nextNs(nowNs);
        ConsumerGroupHeartbeatRequestData request = sends();
        assertThat(request.memberEpoch()).isEqualTo(1);
        assertThat(request.subscribedTopicNames()).containsExactly("t");
        assertThat(request.topicPartitions().get(0).partitions()).containsExactly(0, 1);
    }

    @Test
    void anAnswerThatNeverCameIsAskedForAgainWithEverything() {
        joined(0);
        later(5);
        sends();
        member.onNoAnswer(call, nowNs);
        nowNs = member.nextNs(nowNs);

        assertThat(sends().subscribedTopicNames()).containsExactly("t");
        assertThat(member.owned()).isEqualTo(of(0));
    }

    @Test
    void aNameThatIsTakenIsWaitedForAndThenGivenUp() {
        member = member(builder -> builder.instanceId("one").instanceWait(Duration.ofSeconds(60)));
        member.subscribe(Subscription.to(Set.of("t")), nowNs);
        sends();
        assertThat(toldError(Errors.UNRELEASED_INSTANCE_ID)).isEmpty();
        later(59);
        sends();
        assertThat(toldError(Errors.UNRELEASED_INSTANCE_ID)).isEmpty();
        later(1);
        sends();

        assertThat(toldError(Errors.UNRELEASED_INSTANCE_ID)).singleElement().isInstanceOf(MemberEvent.Fail.class);
        assertThat(member.state()).isEqualTo(MemberState.ENDED);
        assertThat(member.nextNs(nowNs)).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @EnumSource(
            value = Errors.class,
            names = {
                "GROUP_AUTHORIZATION_FAILED",
                "TOPIC_AUTHORIZATION_FAILED",
                "INVALID_REQUEST",
                "GROUP_MAX_SIZE_REACHED",
                "UNSUPPORTED_ASSIGNOR",
                "INVALID_REGULAR_EXPRESSION",
                "FENCED_INSTANCE_ID",
                "UNSUPPORTED_VERSION"
            })
    void whatDoesNotPassEndsTheMembership(Errors error) {
        joined(0);
        later(5);
        sends();
        List<MemberEvent> events = toldError(error);

        assertThat(events.get(0)).isEqualTo(new MemberEvent.Lose(of(0)));
        assertThat(((MemberEvent.Fail) events.get(1)).fatal())
                .isInstanceOf(error.exception().getClass());
        assertThat(member.poll(nowNs + 100 * SECOND)).isEmpty();
    }

    // ---- leaving

    @Test
    void leavesAfterEverythingIsGivenUp() {
        joined(0, 1);
        member.leave(nowNs);
        assertThat(member.takeEvents()).containsExactly(new MemberEvent.Revoke(1, of(0, 1)));
        assertThat(member.poll(nowNs)).as("not before").isEmpty();
        member.onRevoked(1, nowNs);

        assertThat(sends())
                .isEqualTo(new ConsumerGroupHeartbeatRequestData()
                        .setGroupId("g")
                        .setMemberId("me")
                        .setMemberEpoch(-1));
        member.onAnswer(call, answer(-1), nowNs);
        assertThat(member.takeEvents()).containsExactly(new MemberEvent.Left());
        assertThat(member.state()).isEqualTo(MemberState.ENDED);
    }

    @Test
    void aStaticMemberSaysThatItComesBack() {
        member = member(builder -> builder.instanceId("one"));
        joined();
        member.leave(nowNs);

        assertThat(sends().memberEpoch()).isEqualTo(-2);
    }

    @ParameterizedTest
    @EnumSource(
            value = Errors.class,
            names = {"UNKNOWN_MEMBER_ID", "FENCED_MEMBER_EPOCH", "GROUP_AUTHORIZATION_FAILED"})
    void oneWhoLeavesIsGoneWhateverTheAnswer(Errors error) {
        joined();
        member.leave(nowNs);
        sends();

        assertThat(toldError(error)).containsExactly(new MemberEvent.Left());
    }

    @Test
    void withoutASubscriptionItIsOutsideUntilThereIsOneAgain() {
        joined(0);
        member.subscribe(Subscription.NONE, nowNs);
        member.onRevoked(1, nowNs);
        assertThat(sends().memberEpoch()).isEqualTo(-1);
        member.onAnswer(call, answer(-1), nowNs);
        assertThat(member.state()).isEqualTo(MemberState.OUTSIDE);
        assertThat(member.nextNs(nowNs)).isEqualTo(Long.MAX_VALUE);

        member.subscribe(Subscription.to(Set.of("u")), nowNs);
        ConsumerGroupHeartbeatRequestData request = sends();
        assertThat(request.memberEpoch()).isZero();
        assertThat(request.subscribedTopicNames()).containsExactly("u");
    }

    @Test
    void oneWhoseJoinIsUnderWayLeavesBehindIt() {
        member.subscribe(Subscription.to(Set.of("t")), nowNs);
        sends();
        member.leave(nowNs);
        assertThat(member.takeEvents()).isEmpty();
        assertThat(told(1, 0)).as("does not take what it was assigned").isEmpty();

        assertThat(sends().memberEpoch()).isEqualTo(-1);
    }

    // ---- signs of life

    @Test
    void anApplicationThatIsSilentLosesItsPlaceUntilItsNextSignOfLife() {
        joined(0);
        Optional<MemberCall> none = Optional.empty();
        nowNs = member.nextNs(nowNs);
        for (int beats = 0; member.state() == MemberState.STABLE && beats < 100; beats++) {
            sends();
            member.onAnswer(call, answer(member.state() == MemberState.STABLE ? 1 : -1), nowNs);
            nowNs = Math.min(member.nextNs(nowNs), nowNs + 5 * SECOND);
        }
        assertThat(member.takeEvents()).containsExactly(new MemberEvent.Lose(of(0)));
        assertThat(member.state()).isEqualTo(MemberState.STALE);
        assertThat(member.poll(nowNs + 1000 * SECOND)).isEqualTo(none);

        member.alive(nowNs);
        assertThat(sends().memberEpoch()).isZero();
    }
}
