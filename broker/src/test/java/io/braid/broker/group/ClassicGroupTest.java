package io.braid.broker.group;

import static io.braid.broker.group.CoreDriver.REBALANCE_MS;
import static io.braid.broker.group.CoreDriver.SESSION_MS;
import static io.braid.broker.group.CoreDriver.joinRequest;
import static org.assertj.core.api.Assertions.assertThat;

import io.braid.broker.group.CoreDriver.Sent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** The rules of the classic protocol, with the KIP that each comes from. */
class ClassicGroupTest {
    private final CoreDriver driver = CoreDriver.withoutDelay();

    // ---- joining

    @Test
    void aNewMemberIsGivenItsIdFirst_KIP394() {
        Sent<JoinGroupResponseData> first = driver.join(joinRequest("g", "", "range"), 4);
        assertThat(error(first)).isEqualTo(Errors.MEMBER_ID_REQUIRED);
        assertThat(first.answer.memberId()).startsWith("client-");
        Sent<JoinGroupResponseData> second = driver.join(joinRequest("g", first.answer.memberId(), "range"), 4);
        assertThat(error(second)).isEqualTo(Errors.NONE);
        assertThat(second.answer.leader()).isEqualTo(first.answer.memberId());
        assertThat(second.answer.generationId()).isEqualTo(1);
    }

    @Test
    void anIdThatIsNotUsedIsForgottenAndSoIsTheGroup_KIP394() {
        driver.join(joinRequest("g", "", "range"), 4);
        driver.pass(SESSION_MS);
        assertThat(driver.core.groups()).isEmpty();
        assertThat(driver.log).isEmpty();
    }

    @Test
    void aMemberThatIsNotKnownMustBeginAnew() {
        assertThat(error(driver.join("g", "unheard-of"))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        stableGroup("g", 1);
        assertThat(error(driver.join("g", "unheard-of"))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void sessionsAreWithinTheBoundsOfTheBroker() {
        Sent<JoinGroupResponseData> tooShort =
                driver.join(joinRequest("g", "", "range").setSessionTimeoutMs(5999), 3);
        Sent<JoinGroupResponseData> tooLong =
                driver.join(joinRequest("g", "", "range").setSessionTimeoutMs(1_800_001), 3);
        assertThat(error(tooShort)).isEqualTo(Errors.INVALID_SESSION_TIMEOUT);
        assertThat(error(tooLong)).isEqualTo(Errors.INVALID_SESSION_TIMEOUT);
    }

    @Test
    void theLeaderHearsOfAllMembersTheOthersOfNone() {
        Sent<JoinGroupResponseData> one = driver.join("g", "");
        Sent<JoinGroupResponseData> two = driver.join("g", "");
        assertThat(two.isDone()).isFalse();
        String leader = one.answer.memberId();
        one = driver.join("g", leader);
        assertThat(one.answer.members()).hasSize(2);
        assertThat(two.answer.members()).isEmpty();
        assertThat(two.answer.leader()).isEqualTo(leader);
        assertThat(one.answer.generationId())
                .isEqualTo(two.answer.generationId())
                .isEqualTo(2);
    }

    @Test
    void theFirstRebalanceWaitsForOthersAndAsLongAgainWhenSomebodyCame_KIP134() {
        CoreDriver slow = new CoreDriver(GroupConfig.DEFAULT);
        Sent<JoinGroupResponseData> one = slow.join("g", "");
        slow.pass(2999);
        Sent<JoinGroupResponseData> two = slow.join("g", "");
        slow.pass(2999);
        assertThat(one.isDone()).isFalse();
        slow.pass(2);
        assertThat(one.answer.members()).hasSize(2);
        assertThat(two.isDone()).isTrue();
    }

    @Test
    void theFirstRebalanceWaitsNoLongerThanTheRebalanceTimeout_KIP134() {
        CoreDriver slow = new CoreDriver(GroupConfig.DEFAULT);
        Sent<JoinGroupResponseData> first =
                slow.join(joinRequest("g", "", "range").setRebalanceTimeoutMs(7000), 3);
        for (int i = 0; i < 7; i++) {
            slow.join(joinRequest("g", "", "range").setRebalanceTimeoutMs(7000), 3);
            slow.pass(1000);
        }
        assertThat(first.isDone()).isTrue();
    }

    @Test
    void eachMemberVotesForTheFirstProtocolThatAllSupport() {
        Sent<JoinGroupResponseData> one = driver.join(joinRequest("g", "", "a", "b", "c"), 3);
        Sent<JoinGroupResponseData> two = driver.join(joinRequest("g", "", "c", "b"), 3);
        Sent<JoinGroupResponseData> three = driver.join(joinRequest("g", "", "c", "b"), 3);
        one = driver.join(joinRequest("g", one.answer.memberId(), "a", "b", "c"), 3);
        assertThat(List.of(one, two, three))
                .allSatisfy(sent -> assertThat(sent.answer.protocolName()).isEqualTo("c"));
    }

    @Test
    void whoSharesNoProtocolWithTheOthersIsRefused() {
        stableGroup("g", 1);
        assertThat(error(driver.join(joinRequest("g", "", "other"), 3))).isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(error(driver.join(joinRequest("g", "", "range").setProtocolType("connect"), 3)))
                .isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(error(driver.join(joinRequest("new", ""), 3))).isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void aGroupHasNoMoreMembersThanGroupMaxSize_KIP389() {
        driver.config = new GroupConfig(6000, 1_800_000, 0, 1, 1, 1, 1);
        stableGroup("g", 1);
        assertThat(error(driver.join("g", ""))).isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
    }

    @Test
    void aFollowerThatJoinsAgainWithTheSameMetadataDisturbsNobody() {
        List<String> members = stableGroup("g", 2);
        Sent<JoinGroupResponseData> again = driver.join("g", members.get(1));
        assertThat(again.answer.generationId()).isEqualTo(2);
        assertThat(driver.heartbeat("g", 2, members.get(0))).isEqualTo(Errors.NONE);
    }

    @Test
    void aLeaderThatJoinsAgainStartsARebalance() {
        List<String> members = stableGroup("g", 2);
        assertThat(driver.join("g", members.get(0)).isDone()).isFalse();
        assertThat(driver.heartbeat("g", 2, members.get(1))).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
    }

    // ---- rebalancing

    @Test
    void whoDoesNotJoinWithinTheRebalanceTimeoutIsOut() {
        List<String> members = stableGroup("g", 2);
        Sent<JoinGroupResponseData> newcomer = driver.join("g", "");
        for (int i = 0; i < 12; i++) {
            driver.heartbeat("g", 2, members.get(0));
            driver.heartbeat("g", 2, members.get(1));
            driver.pass(REBALANCE_MS / 12);
        }
        assertThat(newcomer.answer.members()).hasSize(1);
        assertThat(newcomer.answer.leader()).isEqualTo(newcomer.answer.memberId());
        assertThat(driver.heartbeat("g", 2, members.get(0))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void whoIsSilentForASessionIsOutAndTheOthersRebalance() {
        List<String> members = stableGroup("g", 2);
        driver.pass(SESSION_MS - 1);
        assertThat(driver.heartbeat("g", 2, members.get(0))).isEqualTo(Errors.NONE);
        driver.pass(2);
        assertThat(driver.heartbeat("g", 2, members.get(0))).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        assertThat(driver.heartbeat("g", 2, members.get(1))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(driver.join("g", members.get(0)).answer.generationId()).isEqualTo(3);
    }

    @Test
    void whoDoesNotFetchItsAssignmentInTimeIsOut() {
        Sent<JoinGroupResponseData> one = driver.join("g", "");
        Sent<JoinGroupResponseData> two = driver.join("g", "");
        one = driver.join("g", one.answer.memberId());
        Sent<SyncGroupResponseData> waiting = driver.sync("g", 2, two.answer.memberId());
        for (int i = 0; i < 12; i++) {
            driver.heartbeat("g", 2, one.answer.memberId());
            driver.pass(REBALANCE_MS / 12);
        }
        assertThat(waiting.answer.errorCode()).isEqualTo(Errors.REBALANCE_IN_PROGRESS.code());
        assertThat(driver.heartbeat("g", 2, one.answer.memberId())).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(driver.join("g", two.answer.memberId()).answer.leader()).isEqualTo(two.answer.memberId());
    }

    @Test
    void allAreAnsweredWithTheirsWhenTheLeaderBringsTheAssignment() {
        Sent<JoinGroupResponseData> one = driver.join("g", "");
        Sent<JoinGroupResponseData> two = driver.join("g", "");
        driver.join("g", one.answer.memberId());
        Sent<SyncGroupResponseData> waiting = driver.sync("g", 2, two.answer.memberId());
        assertThat(waiting.isDone()).isFalse();
        Sent<SyncGroupResponseData> leaders =
                driver.sync("g", 2, one.answer.memberId(), one.answer.memberId(), two.answer.memberId());
        assertThat(text(waiting.answer.assignment())).isEqualTo(two.answer.memberId());
        assertThat(text(leaders.answer.assignment())).isEqualTo(one.answer.memberId());
        assertThat(leaders.answer.protocolName()).isEqualTo("range");
        Sent<SyncGroupResponseData> again = driver.sync("g", 2, two.answer.memberId());
        assertThat(text(again.answer.assignment())).isEqualTo(two.answer.memberId());
    }

    @Test
    void whatBelongsToAnotherGenerationIsRefused() {
        List<String> members = stableGroup("g", 1);
        assertThat(driver.heartbeat("g", 0, members.get(0))).isEqualTo(Errors.ILLEGAL_GENERATION);
        assertThat(driver.sync("g", 2, members.get(0)).answer.errorCode()).isEqualTo(Errors.ILLEGAL_GENERATION.code());
        assertThat(driver.heartbeat("g", 1, "other")).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(driver.heartbeat("nobody", 1, "other")).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void whoLeavesIsReplacedAtOnce_KIP800() {
        List<String> members = stableGroup("g", 2);
        var answer = driver.leave(
                "g",
                new MemberIdentity().setMemberId(members.get(0)).setReason("done"),
                new MemberIdentity().setMemberId("other"));
        assertThat(answer.members())
                .extracting(row -> Errors.forCode(row.errorCode()))
                .containsExactly(Errors.NONE, Errors.UNKNOWN_MEMBER_ID);
        Sent<JoinGroupResponseData> rest = driver.join("g", members.get(1));
        assertThat(rest.answer.leader()).isEqualTo(members.get(1));
    }

    @Test
    void aGroupThatAllLeaveIsEmptyAndKeepsItsGeneration() {
        List<String> members = stableGroup("g", 1);
        driver.leave("g", new MemberIdentity().setMemberId(members.get(0)));
        assertThat(driver.core.groups()).singleElement().satisfies(group -> {
            assertThat(group.stateName()).isEqualTo("Empty");
            assertThat(((ClassicGroup) group).generation()).isEqualTo(2);
        });
        driver.restart();
        assertThat(driver.join("g", "").answer.generationId()).isEqualTo(3);
    }

    @Test
    void aStableGroupGoesOnAfterARestart() {
        List<String> members = stableGroup("g", 2);
        driver.restart();
        assertThat(driver.heartbeat("g", 2, members.get(0))).isEqualTo(Errors.NONE);
        assertThat(text(driver.sync("g", 2, members.get(1)).answer.assignment()))
                .isEqualTo(members.get(1));
        driver.pass(SESSION_MS + 1);
        assertThat(driver.heartbeat("g", 2, members.get(0))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void whoeverWaitsIsToldWhenTheCoordinatorMoves() {
        driver.join("g", "");
        Sent<JoinGroupResponseData> waiting = driver.join("g", "");
        driver.core.onUnload(Errors.NOT_COORDINATOR).forEach(Answer::send);
        assertThat(error(waiting)).isEqualTo(Errors.NOT_COORDINATOR);
    }

    // ---- static members

    @Test
    void aStaticMemberComesBackWithoutARebalanceAndItsOldProcessIsFenced_KIP345() {
        Sent<JoinGroupResponseData> one = driver.joinStatic("g", "", "i1", 5);
        Sent<JoinGroupResponseData> two = driver.joinStatic("g", "", "i2", 5);
        driver.joinStatic("g", one.answer.memberId(), "i1", 5);
        driver.sync("g", 2, one.answer.memberId(), one.answer.memberId(), two.answer.memberId());
        Sent<JoinGroupResponseData> back = driver.joinStatic("g", "", "i2", 5);
        assertThat(back.answer.generationId()).isEqualTo(2);
        assertThat(back.answer.memberId()).isNotEqualTo(two.answer.memberId());
        Sent<SyncGroupResponseData> sync = driver.sync("g", 2, back.answer.memberId());
        assertThat(text(sync.answer.assignment())).isEqualTo(two.answer.memberId());
        assertThat(error(driver.joinStatic("g", two.answer.memberId(), "i2", 5)))
                .isEqualTo(Errors.FENCED_INSTANCE_ID);
        assertThat(driver.heartbeat("g", 2, one.answer.memberId())).isEqualTo(Errors.NONE);
    }

    @Test
    void aStaticLeaderThatComesBackIsToldToAssignNothing_KIP814() {
        Sent<JoinGroupResponseData> one = driver.joinStatic("g", "", "i1", 9);
        driver.sync("g", 1, one.answer.memberId(), one.answer.memberId());
        Sent<JoinGroupResponseData> back = driver.joinStatic("g", "", "i1", 9);
        assertThat(back.answer.skipAssignment()).isTrue();
        assertThat(back.answer.leader()).isEqualTo(back.answer.memberId());
        assertThat(back.answer.members()).hasSize(1);
        Sent<JoinGroupResponseData> older = driver.joinStatic("g", "", "i1", 8);
        assertThat(older.answer.skipAssignment()).isFalse();
        assertThat(older.answer.leader()).isEqualTo(back.answer.memberId());
        assertThat(older.answer.members()).isEmpty();
    }

    @Test
    void aStaticMemberIsRemovedByItsInstanceAlone_KIP345() {
        Sent<JoinGroupResponseData> one = driver.joinStatic("g", "", "i1", 5);
        driver.sync("g", 1, one.answer.memberId(), one.answer.memberId());
        var answer = driver.leave("g", new MemberIdentity().setGroupInstanceId("i1"));
        assertThat(answer.members().get(0).errorCode()).isEqualTo(Errors.NONE.code());
        var wrong = driver.leave("g", new MemberIdentity().setGroupInstanceId("i1"));
        assertThat(wrong.members().get(0).errorCode()).isEqualTo(Errors.UNKNOWN_MEMBER_ID.code());
    }

    @Test
    void aStaticMemberThatIsAwayIsWaitedForUntilItsSessionEnds_KIP345() {
        Sent<JoinGroupResponseData> one = driver.joinStatic("g", "", "i1", 5);
        driver.sync("g", 1, one.answer.memberId(), one.answer.memberId());
        Sent<JoinGroupResponseData> two = driver.joinStatic("g", "", "i2", 5);
        driver.pass(SESSION_MS - 1);
        assertThat(two.isDone()).isFalse();
        driver.pass(2);
        assertThat(two.answer.members()).hasSize(1);
    }

    // ---- helpers

    /** A group with an assignment; its generation is the number of its members. */
    private List<String> stableGroup(String group, int members) {
        Sent<JoinGroupResponseData> leader = driver.join(group, "");
        List<Sent<JoinGroupResponseData>> others = new java.util.ArrayList<>();
        String leaderId = leader.answer.memberId();
        if (members == 2) {
            others.add(driver.join(group, ""));
            driver.join(group, leaderId);
        }
        List<String> ids = new java.util.ArrayList<>(List.of(leaderId));
        others.forEach(other -> ids.add(other.answer.memberId()));
        driver.sync(group, members, leaderId, ids.toArray(String[]::new));
        ids.stream().skip(1).forEach(id -> driver.sync(group, members, id));
        return ids;
    }

    private static String text(byte[] assignment) {
        return new String(assignment, StandardCharsets.UTF_8);
    }

    private static Errors error(Sent<JoinGroupResponseData> sent) {
        return Errors.forCode(sent.answer.errorCode());
    }
}
