package io.braid.broker.group.consumer;

import static io.braid.broker.group.consumer.Requests.beat;
import static io.braid.broker.group.consumer.Requests.given;
import static io.braid.broker.group.consumer.Requests.join;
import static io.braid.broker.group.consumer.Requests.owns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of KIP-848, one by one. */
class ConsumerGroupRulesTest {

    private GroupHarness h = new GroupHarness(ConsumerGroupConfig.DEFAULT);
    private Uuid orders;

    @BeforeEach
    void topic() {
        orders = h.createTopic("orders", 6);
    }

    // ---- validation

    static Stream<Arguments> invalidRequests() {
        return Stream.of(
                Arguments.of("no group", join("a", "orders").setGroupId(""), Errors.INVALID_REQUEST),
                Arguments.of("no member id", join("", "orders"), Errors.INVALID_REQUEST),
                Arguments.of("empty instance id", join("a", "orders").setInstanceId(""), Errors.INVALID_REQUEST),
                Arguments.of("empty rack", join("a", "orders").setRackId(""), Errors.INVALID_REQUEST),
                Arguments.of("no time-out", join("a", "orders").setRebalanceTimeoutMs(-1), Errors.INVALID_REQUEST),
                Arguments.of("no partitions", join("a", "orders").setTopicPartitions(null), Errors.INVALID_REQUEST),
                Arguments.of("no topics", join("a").setSubscribedTopicNames(null), Errors.INVALID_REQUEST),
                Arguments.of("epoch -3", beat("a", -3), Errors.INVALID_REQUEST),
                Arguments.of("-2 without instance", beat("a", -2), Errors.INVALID_REQUEST),
                Arguments.of("assignor", join("a", "orders").setServerAssignor("x"), Errors.UNSUPPORTED_ASSIGNOR),
                Arguments.of("expression", join("a").setSubscribedTopicRegex("a(b"), Errors.INVALID_REGULAR_EXPRESSION),
                Arguments.of(
                        "an expression that would fill the heap",
                        join("a").setSubscribedTopicRegex("(((a{100}){100}){100}){100}"),
                        Errors.INVALID_REGULAR_EXPRESSION),
                Arguments.of("unknown group", beat("a", 5), Errors.UNKNOWN_MEMBER_ID),
                Arguments.of("leaving an unknown group", beat("a", -1), Errors.GROUP_ID_NOT_FOUND));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("invalidRequests")
    void anInvalidRequestIsRefusedAndLeavesNothing(
            String what, ConsumerGroupHeartbeatRequestData request, Errors error) {
        assertEquals(error, Errors.forCode(h.heartbeat(request).errorCode()), what);
        assertEquals(List.of(), h.log);
    }

    @Test
    void versionZeroMayLeaveTheMemberIdToTheBroker() {
        ConsumerGroupHeartbeatResponseData joined = h.heartbeat(join("", "orders"), (short) 0);

        assertEquals(Errors.NONE.code(), joined.errorCode());
        assertEquals(36, joined.memberId().length());
    }

    // ---- joining and reconciliation

    @Test
    void theFirstMemberGetsEverythingAtOnce() {
        ConsumerGroupHeartbeatResponseData joined = h.heartbeat(join("a", "orders"));

        assertEquals("a", joined.memberId());
        assertEquals(2, joined.memberEpoch(), "epoch 1 is that of the empty group");
        assertEquals(5_000, joined.heartbeatIntervalMs());
        assertEquals("0-5", given(joined).get(orders).toString());
        assertEquals("Stable", h.group().stateName());
    }

    @Test
    void aPartitionIsGivenOnlyOnceItsOwnerSaysItGaveItUp() {
        h.heartbeat(join("a", "orders"));
        ConsumerGroupHeartbeatResponseData b = h.heartbeat(join("b", "orders"));
        assertEquals(3, b.memberEpoch());
        assertTrue(given(b).isEmpty());
        assertEquals(500, b.heartbeatIntervalMs(), "who waits asks sooner");

        ConsumerGroupHeartbeatResponseData a = h.heartbeat(beat("a", 2));
        assertEquals(2, a.memberEpoch(), "a member that revokes stays in its epoch");
        assertEquals("0-2", given(a).get(orders).toString());
        assertNull(given(h.heartbeat(beat("b", 3))), "not yet");
        assertNull(given(h.heartbeat(beat("a", 2))), "a says nothing of what it has");
        assertEquals("Reconciling", h.group().stateName());

        a = h.heartbeat(owns("a", 2, given(a)));
        assertEquals(3, a.memberEpoch());
        assertEquals("3-5", given(h.heartbeat(beat("b", 3))).get(orders).toString());
        assertEquals("Stable", h.group().stateName());
    }

    @Test
    void aHeartbeatThatSaysAndHearsNothingNewWritesNothing() {
        h.heartbeat(join("a", "orders"));
        int records = h.log.size();

        ConsumerGroupHeartbeatResponseData again = h.heartbeat(beat("a", 2));

        assertNull(again.assignment());
        assertEquals(records, h.log.size());
    }

    @Test
    void aFullHeartbeatIsAnsweredWithTheAssignment() {
        PartitionSet all = given(h.heartbeat(join("a", "orders")));

        ConsumerGroupHeartbeatResponseData full =
                h.heartbeat(owns("a", 2, all).setRebalanceTimeoutMs(30_000).setSubscribedTopicNames(List.of("orders")));

        assertEquals(all, given(full));
    }

    // ---- fencing

    @Test
    void anotherEpochIsFencedUnlessTheAnswerWithTheNewOneWasLost() {
        PartitionSet all = given(h.heartbeat(join("a", "orders")));
        assertError(Errors.FENCED_MEMBER_EPOCH, beat("a", 3));
        assertError(Errors.UNKNOWN_MEMBER_ID, beat("nobody", 2));
        h.growTopic("orders", 8);
        ConsumerGroupHeartbeatResponseData lost = h.heartbeat(beat("a", 2));
        assertEquals(3, lost.memberEpoch());

        assertError(Errors.FENCED_MEMBER_EPOCH, beat("a", 2));
        ConsumerGroupHeartbeatResponseData repeated =
                h.heartbeat(owns("a", 2, all).setRebalanceTimeoutMs(30_000).setSubscribedTopicNames(List.of("orders")));
        assertEquals(3, repeated.memberEpoch());
        assertEquals("0-7", given(repeated).get(orders).toString());
        assertError(Errors.FENCED_MEMBER_EPOCH, owns("a", 2, PartitionSet.of(orders, PartitionRanges.of(0, 9))));
    }

    @Test
    void aFencedMemberMayJoinAnewWithItsId() {
        h.heartbeat(join("a", "orders"));
        h.heartbeat(join("b", "orders"));
        h.heartbeat(beat("a", 2)); // has to revoke

        ConsumerGroupHeartbeatResponseData again = h.heartbeat(join("a", "orders"));

        assertEquals(3, again.memberEpoch(), "who joins has nothing: what it had is released");
        assertEquals("0-2", given(again).get(orders).toString());
        assertEquals(3, h.group().epoch());
    }

    @Test
    void commitsAndFetchesAreCheckedAgainstTheMemberEpoch() {
        h.heartbeat(join("a", "orders"));
        ServerAssignedGroup g = h.group();
        short v9 = 9;

        assertEquals(Errors.NONE, g.checkCommit("a", null, 2, v9, h.nowMs));
        assertEquals(Errors.STALE_MEMBER_EPOCH, g.checkCommit("a", null, 1, v9, h.nowMs));
        assertEquals(Errors.UNKNOWN_MEMBER_ID, g.checkCommit("b", null, 2, v9, h.nowMs));
        assertEquals(Errors.UNKNOWN_MEMBER_ID, g.checkCommit("", null, -1, v9, h.nowMs), "the group has members");
        assertEquals(Errors.UNSUPPORTED_VERSION, g.checkCommit("a", null, 2, (short) 8, h.nowMs));
        assertEquals(Errors.NONE, g.checkFetch("a", 2, h.nowMs));
        assertEquals(Errors.STALE_MEMBER_EPOCH, g.checkFetch("a", 3, h.nowMs));
        assertEquals(Errors.UNKNOWN_MEMBER_ID, g.checkFetch("b", 2, h.nowMs));
        assertEquals(Errors.NONE, g.checkFetch(null, -1, h.nowMs));
        h.heartbeat(beat("a", -1));
        assertEquals(Errors.NONE, g.checkCommit("", null, -1, v9, h.nowMs), "nobody manages the group");
    }

    // ---- time-outs and leaving

    @Test
    void aSilentMemberIsTakenOutWhenItsSessionEnds() {
        h.heartbeat(join("a", "orders"));
        h.heartbeat(join("b", "orders"));
        h.pass(40_000);
        h.heartbeat(beat("a", 2));
        h.pass(4_999);
        assertEquals(2, h.group().memberCount());

        h.pass(1);

        assertEquals(1, h.group().memberCount());
        assertError(Errors.UNKNOWN_MEMBER_ID, beat("b", 3));
        assertEquals(6, h.group().target("a").size());
    }

    @Test
    void aMemberThatDoesNotRevokeInTimeIsTakenOut() {
        h.heartbeat(join("a", "orders"));
        h.heartbeat(join("b", "orders"));
        for (int i = 0; i < 7; i++) {
            h.heartbeat(beat("a", 2)); // revoke 3-5: for 30 s it does not
            h.heartbeat(beat("b", h.group().member("b").epoch()));
            h.pass(5_000);
        }

        assertNull(h.group().member("a"));
        h.heartbeat(beat("b", h.group().member("b").epoch()));
        assertEquals("0-5", h.group().member("b").assigned().get(orders).toString());
    }

    @Test
    void aMemberThatLeavesIsGoneAndTheEmptyGroupRemains() {
        h.heartbeat(join("a", "orders"));

        ConsumerGroupHeartbeatResponseData left = h.heartbeat(beat("a", -1));

        assertEquals(-1, left.memberEpoch());
        assertEquals("Empty", h.group().stateName());
        assertEquals(h.group().epoch(), h.group().assignmentEpoch());
        assertEquals(h.nowMs, h.group().emptySinceMs());
        h.restart();
        h.call((turn, reply) -> {
            h.group().remove(turn);
            turn.answer(reply, "removed");
        });
        assertNull(h.groupOrNull());
        h.restart();
        assertNull(h.groupOrNull());
    }

    @Test
    void aGroupTakesNoMoreMembersThanItsLimit() {
        h = new GroupHarness(new ConsumerGroupConfig(
                45_000, 5_000, 1, List.of("uniform"), ConsumerGroupConfig.MigrationPolicy.BIDIRECTIONAL, 4_096));
        h.createTopic("orders", 6);
        h.heartbeat(join("a", "orders"));

        assertError(Errors.GROUP_MAX_SIZE_REACHED, join("b", "orders"));
        assertError(Errors.NONE, join("a", "orders"));
    }

    // ---- static members (KIP-345)

    @Test
    void aStaticMemberComesBackToWhatItHad() {
        h.heartbeat(join("a", "orders").setInstanceId("i"));
        h.heartbeat(join("b", "orders"));
        PartitionSet kept = given(h.heartbeat(beat("a", 2)));
        h.heartbeat(owns("a", 2, kept));
        int epoch = h.group().epoch();

        assertError(Errors.UNRELEASED_INSTANCE_ID, join("a2", "orders").setInstanceId("i"));
        assertEquals(-2, h.heartbeat(beat("a", -2).setInstanceId("i")).memberEpoch());
        assertError(Errors.FENCED_MEMBER_EPOCH, owns("a", 3, kept));
        h.pass(1_000);
        ConsumerGroupHeartbeatResponseData back =
                h.heartbeat(join("a2", "orders").setInstanceId("i"));

        assertEquals(kept, given(back));
        assertEquals(epoch, h.group().epoch(), "nobody else notices");
        assertNull(h.group().member("a"));
        assertError(Errors.FENCED_INSTANCE_ID, beat("a", 3).setInstanceId("i"));
        assertError(Errors.UNKNOWN_MEMBER_ID, beat("a", 3));
        assertEquals(Errors.FENCED_INSTANCE_ID, h.group().checkCommit("a", "i", 3, (short) 9, h.nowMs));
    }

    @Test
    void aStaticMemberThatDoesNotComeBackIsTakenOut() {
        h.heartbeat(join("a", "orders").setInstanceId("i"));
        h.heartbeat(join("b", "orders"));
        h.heartbeat(beat("a", 2));
        h.heartbeat(beat("a", -2).setInstanceId("i"));
        assertEquals("3-5", given(h.heartbeat(beat("b", 3))).get(orders).toString(), "what it was revoking is free");

        h.pass(30_000);
        h.heartbeat(beat("b", 3));
        h.pass(15_000);

        assertEquals("0-5", given(h.heartbeat(beat("b", 3))).get(orders).toString());
    }

    // ---- topics

    @Test
    void topicsThatComeGrowAndGoGiveANewEpoch() {
        h.heartbeat(join("a", "later", "orders"));
        assertEquals(2, h.group().epoch());
        h.createTopic("other", 3);
        h.heartbeat(beat("a", 2));
        assertEquals(2, h.group().epoch(), "nobody asked for that topic");

        Uuid later = h.createTopic("later", 2);
        assertEquals("0-1", given(h.heartbeat(beat("a", 2))).get(later).toString());
        h.growTopic("later", 4);
        ConsumerGroupHeartbeatResponseData grown = h.heartbeat(beat("a", 3));
        assertEquals(4, grown.memberEpoch());
        assertEquals("0-3", given(grown).get(later).toString());
        h.deleteTopic("later");
        ConsumerGroupHeartbeatResponseData gone = h.heartbeat(beat("a", 4));
        assertEquals(List.of(orders), List.copyOf(given(gone).topics()));
        assertEquals(5, h.heartbeat(owns("a", 4, given(gone))).memberEpoch());
    }

    @Test
    void anotherSubscriptionGivesANewEpochAndMovesPartitions() {
        Uuid other = h.createTopic("other", 2);
        h.heartbeat(join("a", "orders"));

        ConsumerGroupHeartbeatResponseData revoke = h.heartbeat(beat("a", 2).setSubscribedTopicNames(List.of("other")));
        assertTrue(given(revoke).isEmpty());
        ConsumerGroupHeartbeatResponseData moved = h.heartbeat(owns("a", 2, PartitionSet.EMPTY));

        assertEquals(3, moved.memberEpoch());
        assertEquals("0-1", given(moved).get(other).toString());
    }

    @Test
    void theAssignorMostMembersAskForIsUsed() {
        h.heartbeat(join("a", "orders").setServerAssignor("range"));
        assertEquals("range", h.group().assignor());
        h.heartbeat(join("b", "orders").setServerAssignor("uniform"));
        h.heartbeat(join("c", "orders").setServerAssignor("uniform"));
        assertEquals("uniform", h.group().assignor());
        int epoch = h.group().epoch();
        h.heartbeat(beat("b", h.group().member("b").epoch()).setServerAssignor("range"));
        assertEquals(epoch + 1, h.group().epoch(), "another assignor, another assignment");
    }

    // ---- expressions

    @Test
    void anExpressionFollowsTheTopics() {
        h.defer = true;
        ConsumerGroupHeartbeatResponseData joined = h.heartbeat(join("a").setSubscribedTopicRegex("ord.*|new-[ab]"));
        assertTrue(given(joined).isEmpty());
        assertEquals(500, joined.heartbeatIntervalMs());
        h.compute();
        ConsumerGroupHeartbeatResponseData resolved = h.heartbeat(beat("a", joined.memberEpoch()));
        assertEquals("0-5", given(resolved).get(orders).toString());

        h.createTopic("new-c", 1);
        h.createTopic("__orders", 1);
        Uuid added = h.createTopic("new-a", 1);
        h.heartbeat(beat("a", resolved.memberEpoch()));
        h.compute();
        ConsumerGroupHeartbeatResponseData more = h.heartbeat(beat("a", resolved.memberEpoch()));
        assertEquals(List.of(orders, added), List.copyOf(given(more).topics()));
        assertTrue(h.group().isSubscribedTo(added, "new-a"));

        h.restart();
        h.deleteTopic("new-a");
        ConsumerGroupHeartbeatResponseData less = h.heartbeat(beat("a", more.memberEpoch()));
        h.compute();
        assertEquals(List.of("orders"), h.group().regexTopics("ord.*|new-[ab]"));
        assertEquals(List.of(orders), List.copyOf(given(less).topics()));

        h.heartbeat(beat("a", -1));
        assertNull(h.group().regexTopics("ord.*|new-[ab]"), "an expression nobody uses is forgotten");
    }

    // ---- assigning on another thread

    @Test
    void whoJoinsWhileAnAssignmentIsMadeWaitsInTheEpochBefore() {
        h = slow();
        orders = h.createTopic("orders", 6);
        ConsumerGroupHeartbeatResponseData a = h.heartbeat(join("a", "orders"));
        assertEquals(1, a.memberEpoch());
        assertEquals("Assigning", h.group().stateName());
        ConsumerGroupHeartbeatResponseData b = h.heartbeat(join("b", "orders"));
        assertEquals(1, h.computations.size(), "one at a time");

        h.decide(h.computations.poll().compute());
        assertEquals(1, h.computations.size(), "b came too late for the first");
        h.compute();

        assertEquals(3, h.group().assignmentEpoch());
        assertEquals(1, b.memberEpoch());
        assertEquals("0-2", given(h.heartbeat(beat("a", 1))).get(orders).toString());
        assertEquals("3-5", given(h.heartbeat(beat("b", 1))).get(orders).toString());
    }

    @Test
    void targetsOfMembersThatLeftOrWereReplacedMeanwhileFollowThem() {
        h = slow();
        orders = h.createTopic("orders", 6);
        h.heartbeat(join("a", "orders").setInstanceId("i"));
        h.heartbeat(join("b", "orders"));
        h.heartbeat(beat("a", -2).setInstanceId("i"));
        h.decide(h.computations.poll().compute()); // that of a alone
        h.heartbeat(join("a2", "orders").setInstanceId("i"));
        h.heartbeat(beat("b", -1));

        h.decide(h.computations.poll().compute()); // that of a and b

        assertEquals("0-2", h.group().target("a2").get(orders).toString());
        assertTrue(h.group().target("b").isEmpty());
        assertTrue(h.group().target("a").isEmpty());
        h.compute();
        assertEquals("0-5", h.group().target("a2").get(orders).toString());
    }

    @Test
    void anAssignmentForAGroupThatIsGoneIsDropped() {
        h = slow();
        h.createTopic("orders", 6);
        h.heartbeat(join("a", "orders"));
        var late = h.computations.poll();
        h.restart();
        int records = h.log.size();

        h.decide(late.compute());

        assertEquals(records, h.log.size());
        h.heartbeat(beat("a", 1));
        h.compute();
        assertEquals(2, h.group().assignmentEpoch(), "the next heartbeat starts it anew");
    }

    // ---- restart and describe

    @Test
    void afterARestartMembersHaveAFullSession() {
        h.heartbeat(join("a", "orders"));
        h.pass(40_000);
        h.restart();
        h.pass(44_000);

        ConsumerGroupHeartbeatResponseData on = h.heartbeat(beat("a", 2));

        assertEquals(Errors.NONE.code(), on.errorCode());
        assertEquals(2, on.memberEpoch());
    }

    @Test
    void describeShowsEpochsAndAssignments() {
        h.heartbeat(join("a", "orders").setRackId("r1").setInstanceId("i"));
        h.heartbeat(join("b", "orders"));

        DescribedGroup described =
                h.call((turn, reply) -> turn.answer(reply, h.protocol.describe(turn, GroupHarness.GROUP)));

        assertEquals("Reconciling", described.groupState());
        assertEquals(3, described.groupEpoch());
        assertEquals(3, described.assignmentEpoch());
        assertEquals("uniform", described.assignorName());
        var a = described.members().get(0);
        assertEquals("i", a.instanceId());
        assertEquals("r1", a.rackId());
        assertEquals(2, a.memberEpoch());
        assertEquals(List.of("orders"), a.subscribedTopicNames());
        assertEquals("orders", a.assignment().topicPartitions().get(0).topicName());
        assertEquals(6, a.assignment().topicPartitions().get(0).partitions().size());
        assertEquals(
                3, a.targetAssignment().topicPartitions().get(0).partitions().size());
        assertEquals(1, a.memberType());
        assertNotNull(described.members().get(1));
    }

    private GroupHarness slow() {
        GroupHarness slow = new GroupHarness(new ConsumerGroupConfig(
                45_000, 5_000, 100, List.of("uniform"), ConsumerGroupConfig.MigrationPolicy.BIDIRECTIONAL, 0));
        slow.defer = true;
        return slow;
    }

    private void assertError(Errors error, ConsumerGroupHeartbeatRequestData request) {
        assertEquals(error, Errors.forCode(h.heartbeat(request).errorCode()));
    }
}
