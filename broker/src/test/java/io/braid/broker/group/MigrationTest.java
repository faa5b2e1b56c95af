package io.braid.broker.group;

import static io.braid.broker.group.consumer.Requests.beat;
import static io.braid.broker.group.consumer.Requests.given;
import static io.braid.broker.group.consumer.Requests.join;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.braid.broker.group.consumer.ConsumerGroupConfig;
import io.braid.broker.group.consumer.ConsumerGroupConfig.MigrationPolicy;
import io.braid.broker.group.consumer.GroupHarness;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Groups whose members change from the classic to the consumer protocol and back while they work (KIP-848). */
class MigrationTest {
    private static final String G = GroupHarness.GROUP;
    private static final String COOPERATIVE = "cooperative-sticky";
    private static final short VERSION = 9;

    private GroupHarness h = new GroupHarness(ConsumerGroupConfig.DEFAULT);
    private Uuid orders;

    @BeforeEach
    void topic() {
        orders = h.createTopic("orders", 4);
    }

    @Test
    void aClassicGroupBecomesAConsumerGroupAndSharesItsPartitions() {
        Classic a = new Classic();
        a.startGroup(0, 1, 2, 3);

        ConsumerGroupHeartbeatResponseData b = h.heartbeat(join("b", "orders"));

        assertEquals(Errors.NONE.code(), b.errorCode());
        assertEquals(GroupType.CONSUMER, group().type());
        assertTrue(given(b).isEmpty(), "a has everything still");
        assertEquals(Errors.REBALANCE_IN_PROGRESS, a.heartbeat());
        a.join();
        assertEquals(1, a.generation, "it has to revoke in its generation");
        assertEquals(List.of(0, 1), a.sync());
        assertNull(given(h.heartbeat(beat("b", b.memberEpoch()))), "a did not say yet that it revoked");
        a.join();
        assertEquals(b.memberEpoch(), a.generation);
        assertEquals(List.of(0, 1), a.sync());
        assertEquals(Errors.NONE, a.heartbeat());
        assertEquals(
                "2-3",
                given(h.heartbeat(beat("b", b.memberEpoch()))).get(orders).toString());
        assertEquals("Stable", group().stateName());
        assertEquals(Errors.NONE, group().checkCommit(a.id, null, a.generation, VERSION, h.nowMs));
        assertEquals(Errors.ILLEGAL_GENERATION, group().checkCommit(a.id, null, 1, VERSION, h.nowMs));
        h.restart();
        assertEquals(Errors.NONE, a.heartbeat());
    }

    @Test
    void anEagerMemberGivesUpEverythingWhenItJoins() {
        Classic a = new Classic();
        a.startGroup(0, 1, 2, 3);
        ConsumerGroupHeartbeatResponseData b = h.heartbeat(join("b", "orders"));
        assertEquals(Errors.REBALANCE_IN_PROGRESS, a.heartbeat());

        a.owned = List.of();
        a.join();

        assertEquals(b.memberEpoch(), a.generation);
        assertEquals(List.of(0, 1), a.sync());
        assertEquals(
                "2-3",
                given(h.heartbeat(beat("b", b.memberEpoch()))).get(orders).toString());
    }

    @Test
    void theLastConsumerMemberLeavesAClassicGroupBehind() {
        Classic a = new Classic();
        a.startGroup(0, 1, 2, 3);
        h.heartbeat(join("b", "orders"));
        a.join();
        a.sync();
        a.join();
        a.sync();

        h.heartbeat(beat("b", -1));

        assertEquals(GroupType.CLASSIC, group().type());
        assertEquals(Errors.REBALANCE_IN_PROGRESS, a.heartbeat(), "its generation is known");
        int before = a.generation;
        a.join();
        assertEquals(a.id, a.leader, "clients assign again");
        assertTrue(a.generation > before);
        assertEquals(List.of(0, 1, 2, 3), a.sync(0, 1, 2, 3));
        h.restart();
        assertEquals(Errors.NONE, a.heartbeat());
        assertEquals(1, h.core().groups().size());
    }

    @Test
    void aSilentConsumerMemberEndsTheMixtureToo() {
        Classic a = new Classic();
        a.startGroup(0, 1, 2, 3);
        h.heartbeat(join("b", "orders"));
        for (int i = 0; i < 16; i++) {
            if (a.heartbeat() == Errors.REBALANCE_IN_PROGRESS) {
                a.join();
                a.sync(0, 1, 2, 3);
            }
            h.pass(3_000);
        }

        assertEquals(GroupType.CLASSIC, group().type());
        assertEquals(Errors.NONE, a.heartbeat());
    }

    @Test
    void membersOfBothProtocolsLeaveInOneRequest() {
        Classic a = new Classic();
        a.startGroup(0, 1, 2, 3);
        h.heartbeat(join("b", "orders"));

        assertEquals(List.of(Errors.NONE, Errors.NONE, Errors.UNKNOWN_MEMBER_ID), leave("b", a.id, "c"));

        assertEquals(GroupType.CLASSIC, group().type());
        assertTrue(group().isEmpty());
    }

    @Test
    void aNewClassicMemberJoinsAConsumerGroup() {
        h.heartbeat(join("b", "orders"));
        Classic a = new Classic();
        assertEquals(Errors.MEMBER_ID_REQUIRED, a.join());
        assertEquals(Errors.NONE, a.join());
        assertEquals("", a.leader);
        assertEquals(List.of(), a.sync());
        assertEquals(Errors.NONE, a.heartbeat(), "nothing is free yet");

        var revoke = given(h.heartbeat(beat("b", 2)));
        h.heartbeat(io.braid.broker.group.consumer.Requests.owns("b", 2, revoke));

        assertEquals(Errors.REBALANCE_IN_PROGRESS, a.heartbeat());
        a.join();
        assertEquals(List.of(2, 3), a.sync());
        assertEquals(Errors.NONE, a.heartbeat());
    }

    @Test
    void aClassicMemberThatDoesNotJoinInTimeIsTakenOut() {
        Classic a = new Classic();
        a.startGroup(0, 1, 2, 3);
        ConsumerGroupHeartbeatResponseData b = h.heartbeat(join("b", "orders"));
        for (int i = 0; i < 11; i++) {
            a.heartbeat();
            h.heartbeat(beat("b", b.memberEpoch()));
            h.pass(3_000);
        }

        assertEquals(Errors.UNKNOWN_MEMBER_ID, a.heartbeat());
    }

    @Test
    void aStaticClassicMemberComesBackToWhatItHad() {
        h.heartbeat(join("b", "orders"));
        Classic a = new Classic();
        a.instance = "i";
        assertEquals(Errors.NONE, a.join());
        a.sync();
        var revoke = given(h.heartbeat(beat("b", 2)));
        h.heartbeat(io.braid.broker.group.consumer.Requests.owns("b", 2, revoke));
        a.join();
        List<Integer> had = a.sync();
        assertEquals(2, had.size());
        String former = a.id;

        Classic again = new Classic();
        again.instance = "i";
        again.join();

        assertFalse(again.id.equals(former));
        assertEquals(had, again.sync());
        assertEquals(Errors.FENCED_INSTANCE_ID, a.heartbeat());
        ConsumerGroupHeartbeatResponseData upgraded =
                h.heartbeat(join("new", "orders").setInstanceId("i"));
        assertEquals(2, given(upgraded).get(orders).size(), "the same instance, now of the consumer protocol");
    }

    @Test
    void theLastConsumerMemberComesBackAsAClassicOne() {
        h.heartbeat(join("b", "orders").setInstanceId("i"));
        h.heartbeat(beat("b", -2).setInstanceId("i"));
        Classic a = new Classic();
        a.instance = "i";

        assertEquals(Errors.REBALANCE_IN_PROGRESS, a.join());

        assertEquals(GroupType.CLASSIC, group().type());
        assertEquals(Errors.NONE, a.join());
        assertEquals(a.id, a.leader);
        assertTrue(a.generation > 2);
        assertEquals(List.of(0, 1, 2, 3), a.sync(0, 1, 2, 3));
        h.restart();
        assertEquals(Errors.NONE, a.heartbeat());
    }

    @Test
    void thePolicyMayForbidIt() {
        h = new GroupHarness(
                new ConsumerGroupConfig(45_000, 5_000, 10, List.of("uniform"), MigrationPolicy.DISABLED, 4_096));
        orders = h.createTopic("orders", 4);
        new Classic().startGroup(0, 1, 2, 3);

        assertEquals(
                Errors.GROUP_ID_NOT_FOUND.code(),
                h.heartbeat(join("b", "orders")).errorCode());
        assertEquals(GroupType.CLASSIC, group().type());
    }

    @Test
    void aGroupThatIsNotOfConsumersStaysWhatItIs() {
        Classic connect = new Classic();
        connect.protocolType = "connect";
        connect.startGroup(0);

        assertEquals(
                Errors.GROUP_ID_NOT_FOUND.code(),
                h.heartbeat(join("b", "orders")).errorCode());
    }

    @Test
    void anEmptyClassicGroupMakesWay() {
        Classic a = new Classic();
        a.startGroup(0, 1, 2, 3);
        leave(a.id);

        assertEquals(4, given(h.heartbeat(join("b", "orders"))).size());
        assertEquals(GroupType.CONSUMER, group().type());
        h.restart();
    }

    private Group group() {
        return h.core().groups().iterator().next();
    }

    private List<Errors> leave(String... ids) {
        LeaveGroupRequestData request = new LeaveGroupRequestData().setGroupId(G);
        for (String id : ids) {
            request.members().add(new LeaveGroupRequestData.MemberIdentity().setMemberId(id));
        }
        LeaveGroupResponseData left =
                h.call((turn, reply) -> new LeaveGroup(request, from((short) 5), reply).decide(turn));
        return left.members().stream().map(m -> Errors.forCode(m.errorCode())).toList();
    }

    private static RequestInfo from(short version) {
        return new RequestInfo("classic", "/127.0.0.1", version);
    }

    /** A consumer of the classic protocol, cooperative unless it is told to own nothing. */
    private final class Classic {
        String id = "";
        String instance;
        String protocolType = "consumer";
        int generation = -1;
        String leader;
        List<Integer> owned = List.of();

        void startGroup(int... partitions) {
            assertEquals(Errors.MEMBER_ID_REQUIRED, join());
            List<JoinGroupResponseData> joined = new ArrayList<>();
            assertEquals(Errors.NONE, join(joined));
            assertEquals(id, leader);
            sync(partitions);
        }

        Errors join() {
            return join(new ArrayList<>());
        }

        private Errors join(List<JoinGroupResponseData> answers) {
            ByteBuffer subscription =
                    org.apache.kafka.clients.consumer.internals.ConsumerProtocol.serializeSubscription(
                            new Subscription(List.of("orders"), null, partitions(owned), generation, Optional.empty()));
            JoinGroupRequestData request = new JoinGroupRequestData()
                    .setGroupId(G)
                    .setMemberId(id)
                    .setGroupInstanceId(instance)
                    .setProtocolType(protocolType)
                    .setSessionTimeoutMs(10_000)
                    .setRebalanceTimeoutMs(30_000);
            request.protocols()
                    .add(new JoinGroupRequestData.JoinGroupRequestProtocol()
                            .setName(COOPERATIVE)
                            .setMetadata(bytes(subscription)));
            JoinGroupResponseData joined =
                    h.callLater((turn, reply) -> new JoinGroup(request, from(VERSION), h.config, reply).decide(turn));
            answers.add(joined);
            id = joined.memberId();
            if (joined.errorCode() == Errors.NONE.code()) {
                generation = joined.generationId();
                leader = joined.leader();
            }
            return Errors.forCode(joined.errorCode());
        }

        /** Syncs; a leader gives itself the partitions. Returns what it then has. */
        List<Integer> sync(int... partitions) {
            SyncGroupRequestData request = new SyncGroupRequestData()
                    .setGroupId(G)
                    .setMemberId(id)
                    .setGroupInstanceId(instance)
                    .setGenerationId(generation)
                    .setProtocolType(protocolType)
                    .setProtocolName(COOPERATIVE);
            if (id.equals(leader)) {
                Assignment all = new Assignment(
                        partitions(IntStream.of(partitions).boxed().toList()));
                request.assignments()
                        .add(new SyncGroupRequestData.SyncGroupRequestAssignment()
                                .setMemberId(id)
                                .setAssignment(bytes(
                                        org.apache.kafka.clients.consumer.internals.ConsumerProtocol
                                                .serializeAssignment(all))));
            }
            SyncGroupResponseData synced =
                    h.callLater((turn, reply) -> new SyncGroup(request, from((short) 5), reply).decide(turn));
            assertEquals(Errors.NONE, Errors.forCode(synced.errorCode()));
            assertArrayEquals(
                    new String[] {protocolType, COOPERATIVE},
                    new String[] {synced.protocolType(), synced.protocolName()});
            owned = org.apache.kafka.clients.consumer.internals.ConsumerProtocol.deserializeAssignment(
                            ByteBuffer.wrap(synced.assignment()))
                    .partitions()
                    .stream()
                    .map(TopicPartition::partition)
                    .toList();
            return owned;
        }

        Errors heartbeat() {
            HeartbeatRequestData request = new HeartbeatRequestData()
                    .setGroupId(G)
                    .setMemberId(id)
                    .setGroupInstanceId(instance)
                    .setGenerationId(generation);
            HeartbeatResponseData beat =
                    h.call((turn, reply) -> new Heartbeat(request, from((short) 4), reply).decide(turn));
            return Errors.forCode(beat.errorCode());
        }

        private List<TopicPartition> partitions(List<Integer> numbers) {
            return numbers.stream().map(p -> new TopicPartition("orders", p)).toList();
        }

        private byte[] bytes(ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            return bytes;
        }
    }
}
