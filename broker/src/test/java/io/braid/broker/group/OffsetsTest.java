package io.braid.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.broker.group.CoreDriver.Sent;
import io.braid.controller.Command;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Committed offsets: who may commit, how they are read, when they go; and the groups that they make. */
class OffsetsTest {
    private static final long RETENTION_MS = 3_600_000;
    private static final long CHECK_MS = 60_000;

    private final CoreDriver driver =
            new CoreDriver(new GroupConfig(6000, 1_800_000, 0, 100, RETENTION_MS, CHECK_MS, 10));
    private Uuid topicId;

    @BeforeEach
    void topics() {
        topicId = driver.createTopic("t", 3);
        driver.createTopic("u", 3);
    }

    // ---- who may commit

    @Test
    void anyoneCommitsForAGroupWithoutMembers() {
        assertThat(driver.commit("g", "", -1, "t", 1, 42)).isEqualTo(Errors.NONE);
        assertThat(driver.committed("g", "t", 1)).isEqualTo(42);
        assertThat(driver.committed("g", "t", 2)).isEqualTo(-1);
        assertThat(driver.committed("other", "t", 1)).isEqualTo(-1);
    }

    @Test
    void aGroupWithMembersTakesCommitsOfItsMembersAndGenerationOnly() {
        String member = stable("g");
        assertThat(driver.commit("g", "", -1, "t", 0, 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(driver.commit("g", "other", 1, "t", 0, 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(driver.commit("g", member, 2, "t", 0, 1)).isEqualTo(Errors.ILLEGAL_GENERATION);
        assertThat(driver.commit("g", member, 1, "t", 0, 1)).isEqualTo(Errors.NONE);
    }

    @Test
    void aMemberMayCommitWhileOthersJoinButNotBeforeItHasItsNewAssignment() {
        String member = stable("g");
        driver.join("g", "");
        assertThat(driver.commit("g", member, 1, "t", 0, 1)).isEqualTo(Errors.NONE);
        driver.join("g", member);
        assertThat(driver.commit("g", member, 2, "t", 0, 1)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
    }

    @Test
    void aGenerationOfAGroupThatIsNotThereIsRefused_KIP848() {
        OffsetCommitRequestData request = request("gone", "t", 0, 1).setGenerationIdOrMemberEpoch(3);
        assertThat(driver.commit(request, 8)).isEqualTo(Errors.ILLEGAL_GENERATION);
        assertThat(driver.commit(request, 9)).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
    }

    @Test
    void aCommitCountsAsAHeartbeat() {
        String member = stable("g");
        driver.pass(CoreDriver.SESSION_MS - 1);
        driver.commit("g", member, 1, "t", 0, 1);
        driver.pass(CoreDriver.SESSION_MS - 1);
        assertThat(driver.heartbeat("g", 1, member)).isEqualTo(Errors.NONE);
    }

    @Test
    void unknownPartitionsAndLongTextsAreRefusedOneByOne() {
        assertThat(driver.commit("g", "", -1, "nope", 0, 1)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(driver.commit("g", "", -1, "t", 3, 1)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        OffsetCommitRequestData request = request("g", "t", 0, 1);
        request.topics().get(0).partitions().get(0).setCommittedMetadata("12345678901");
        assertThat(driver.commit(request, 9)).isEqualTo(Errors.OFFSET_METADATA_TOO_LARGE);
        request.topics().get(0).partitions().get(0).setCommittedMetadata("äöüß12");
        assertThat(driver.commit(request, 9)).isEqualTo(Errors.NONE);
    }

    @Test
    void topicsComeByIdFromVersionTen_KIP848() {
        OffsetCommitRequestData request = request("g", "", 2, 9);
        request.topics().get(0).setTopicId(topicId);
        assertThat(driver.commit(request, 10)).isEqualTo(Errors.NONE);
        assertThat(driver.committed("g", "t", 2)).isEqualTo(9);
        request.topics().get(0).setTopicId(new Uuid(1, 1));
        assertThat(driver.commit(request, 10)).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
    }

    // ---- how they are read

    @Test
    void allOffsetsAreReadWhenNoTopicsAreNamed() {
        driver.commit("g", "", -1, "t", 1, 10);
        driver.commit("g", "", -1, "u", 0, 20);
        OffsetFetchResponseGroup all =
                fetch(new OffsetFetchRequestGroup().setGroupId("g").setTopics(null), 8);
        assertThat(all.topics()).extracting(topic -> topic.name()).containsExactlyInAnyOrder("t", "u");
        assertThat(all.topics())
                .filteredOn(topic -> topic.name().equals("t"))
                .extracting(topic -> topic.topicId())
                .containsExactly(topicId);
    }

    @Test
    void aTopicThatIsUnknownByIdIsAnErrorOfItsOwn() {
        OffsetFetchRequestGroup request = new OffsetFetchRequestGroup()
                .setGroupId("g")
                .setTopics(List.of(new OffsetFetchRequestTopics()
                        .setTopicId(new Uuid(1, 1))
                        .setPartitionIndexes(List.of(0))));
        assertThat(fetch(request, 10).topics().get(0).partitions().get(0).errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
    }

    // ---- when they go

    @Test
    void offsetsOfAnEmptyGroupExpireAfterTheirRetentionSinceItWasEmptied_KIP211() {
        String member = stable("g");
        driver.commit("g", member, 1, "t", 0, 1);
        driver.pass(CoreDriver.SESSION_MS / 2);
        driver.leave("g", new MemberIdentity().setMemberId(member));
        driver.pass(RETENTION_MS - 1000);
        assertThat(driver.committed("g", "t", 0)).isEqualTo(1);
        driver.pass(CHECK_MS + 1000);
        assertThat(driver.committed("g", "t", 0)).isEqualTo(-1);
        assertThat(driver.core.groups()).isEmpty();
        assertThat(CoreDriver.stateOf(driver.replayed())).isEmpty();
    }

    @Test
    void offsetsOfASubscribedTopicStayThoseOfOthersExpire_KIP211() {
        String member = stable("g");
        driver.commit("g", member, 1, "t", 0, 1);
        driver.commit("g", member, 1, "u", 0, 2);
        for (long passed = 0; passed < RETENTION_MS + 2 * CHECK_MS; passed += CoreDriver.SESSION_MS / 2) {
            driver.heartbeat("g", 1, member);
            driver.pass(CoreDriver.SESSION_MS / 2);
        }
        assertThat(driver.committed("g", "t", 0)).isEqualTo(1);
        assertThat(driver.committed("g", "u", 0)).isEqualTo(-1);
    }

    @Test
    void anOldClientSaysHowLongItsOffsetsStay() {
        driver.commit(request("g", "t", 0, 1).setRetentionTimeMs(100_000), 4);
        driver.pass(99_000);
        assertThat(driver.committed("g", "t", 0)).isEqualTo(1);
        driver.pass(1000 + CHECK_MS);
        assertThat(driver.committed("g", "t", 0)).isEqualTo(-1);
    }

    @Test
    void aTopicThatIsMadeAnewHasNoOffsets() {
        driver.commit("g", "", -1, "t", 0, 5);
        var unused = driver.controller.submit(new Command.DeleteTopics(List.of(Command.TopicRef.named("t"))));
        driver.createTopic("t", 3);
        assertThat(driver.committed("g", "t", 0)).isEqualTo(-1);
        var decision = driver.core.onTopicsDeleted(List.of(topicId), driver.image(), driver.nowMs);
        assertThat(decision.records()).containsExactly(new OffsetRemoved("g", topicId, 0));
    }

    @Test
    void offsetsAreDeletedUnlessAMemberSubscribes_KIP496() {
        String member = stable("g");
        driver.commit("g", member, 1, "t", 0, 1);
        driver.commit("g", member, 1, "u", 0, 2);
        OffsetDeleteResponseData answer = delete("g", "t", "u");
        assertThat(answer.topics().find("t").partitions().find(0).errorCode())
                .isEqualTo(Errors.GROUP_SUBSCRIBED_TO_TOPIC.code());
        assertThat(answer.topics().find("u").partitions().find(0).errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(driver.committed("g", "u", 0)).isEqualTo(-1);
        assertThat(delete("gone", "t").errorCode()).isEqualTo(Errors.GROUP_ID_NOT_FOUND.code());
    }

    // ---- groups

    @Test
    void aGroupIsDeletedWithItsOffsetsOnceItIsEmpty() {
        String member = stable("g");
        driver.commit("g", member, 1, "t", 0, 1);
        assertThat(deleteGroup("g")).isEqualTo(Errors.NON_EMPTY_GROUP);
        driver.leave("g", new MemberIdentity().setMemberId(member));
        assertThat(deleteGroup("g")).isEqualTo(Errors.NONE);
        assertThat(deleteGroup("g")).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        assertThat(CoreDriver.stateOf(driver.replayed())).isEmpty();
    }

    @Test
    void groupsAreListedByStateAndType_KIP518_KIP848() {
        stable("stable");
        driver.commit("offsets-only", "", -1, "t", 0, 1);
        assertThat(list(List.of(), List.of())).containsExactly("offsets-only", "stable");
        assertThat(list(List.of("STABLE"), List.of())).containsExactly("stable");
        assertThat(list(List.of("empty"), List.of("classic"))).containsExactly("offsets-only");
        assertThat(list(List.of(), List.of("consumer"))).isEmpty();
    }

    @Test
    void aGroupIsDescribedWithItsMembersAndOneThatIsNotThereAsDead_KIP1043() {
        String member = stable("g");
        DescribedGroup found = describe("g", 5);
        assertThat(found.groupState()).isEqualTo("Stable");
        assertThat(found.protocolData()).isEqualTo("range");
        assertThat(found.members()).singleElement().satisfies(row -> {
            assertThat(row.memberId()).isEqualTo(member);
            assertThat(new String(row.memberAssignment(), StandardCharsets.UTF_8))
                    .isEqualTo(member);
        });
        assertThat(describe("gone", 5).groupState()).isEqualTo("Dead");
        assertThat(describe("gone", 5).errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(describe("gone", 6).errorCode()).isEqualTo(Errors.GROUP_ID_NOT_FOUND.code());
    }

    // ---- helpers

    private String stable(String group) {
        Sent<JoinGroupResponseData> joined = driver.join(group, "");
        String id = joined.answer.memberId();
        driver.sync(group, 1, id, id);
        return id;
    }

    private static OffsetCommitRequestData request(String group, String topic, int partition, long offset) {
        return new OffsetCommitRequestData()
                .setGroupId(group)
                .setTopics(List.of(new OffsetCommitRequestTopic()
                        .setName(topic)
                        .setPartitions(List.of(new OffsetCommitRequestPartition()
                                .setPartitionIndex(partition)
                                .setCommittedOffset(offset)))));
    }

    private OffsetFetchResponseGroup fetch(OffsetFetchRequestGroup request, int version) {
        return driver.ask((Reply<OffsetFetchResponseGroup> reply) ->
                        new FetchOffsets(request, CoreDriver.from(version), name -> true, reply))
                .answer;
    }

    private OffsetDeleteResponseData delete(String group, String... topics) {
        OffsetDeleteRequestTopicCollection asked = new OffsetDeleteRequestTopicCollection();
        for (String topic : topics) {
            asked.add(new OffsetDeleteRequestTopic()
                    .setName(topic)
                    .setPartitions(List.of(new OffsetDeleteRequestPartition().setPartitionIndex(0))));
        }
        OffsetDeleteRequestData request =
                new OffsetDeleteRequestData().setGroupId(group).setTopics(asked);
        return driver.ask((Reply<OffsetDeleteResponseData> reply) -> new DeleteOffsets(request, t -> true, reply))
                .answer;
    }

    private Errors deleteGroup(String group) {
        return Errors.forCode(driver.ask((Reply<DeletableGroupResult> reply) -> new DeleteGroup(group, reply))
                .answer
                .errorCode());
    }

    private DescribedGroup describe(String group, int version) {
        return driver.ask((Reply<DescribedGroup> reply) -> new DescribeGroup(group, (short) version, reply)).answer;
    }

    private List<String> list(List<String> states, List<String> types) {
        return GroupListing.of(states, types).of(driver.core.state()).stream()
                .map(group -> group.groupId())
                .toList();
    }
}
