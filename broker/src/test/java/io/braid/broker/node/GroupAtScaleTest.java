package io.braid.broker.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.protocol.ApiCatalog;
import io.braid.protocol.network.ProtocolClient;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Fifty members (KIP-848) share 100,000 partitions of a real node. They speak raw heartbeats and do at once what they are told; how
 * long it took after the last of them joined is printed.
 */
@Tag("long")
@Timeout(60)
class GroupAtScaleTest {
    private static final int PARTITIONS = 100_000;
    private static final int MEMBERS = 50;
    private static final short FIND_COORDINATOR_VERSION = 4; // the first with several keys
    private static final short HEARTBEAT_VERSION = 1;

    @TempDir
    Path data;

    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private TestNode node;
    private ProtocolClient client;

    private static final class Member {
        final String id = Uuid.randomUuid().toString();
        int epoch;
        Uuid topic = Uuid.ZERO_UUID;
        BitSet owned = new BitSet();
        boolean tells; // what it owns, with the next heartbeat
    }

    @BeforeEach
    void start() throws Exception {
        node = TestNode.start(data);
        ApiCatalog catalog = ApiCatalog.builder()
                .kafka(ApiKeys.FIND_COORDINATOR)
                .kafka(ApiKeys.CONSUMER_GROUP_HEARTBEAT)
                .build();
        client = ProtocolClient.connect("127.0.0.1", node.port(), catalog, (EventLoop) loops.next())
                .get();
    }

    @AfterEach
    void stop() {
        client.close();
        node.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void everyPartitionHasOneOwnerAfterTheLastJoin() throws Exception {
        try (Admin admin = node.admin()) {
            admin.createTopics(List.of(new NewTopic("big", Optional.of(PARTITIONS), Optional.empty())))
                    .all()
                    .get();
        }
        awaitCoordinator();
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            members.add(new Member());
            join(members.get(i));
        }
        long joinedNs = System.nanoTime();
        int rounds = 0;
        while (!settled(members)) {
            rounds++;
            for (Member member : members) {
                beat(member);
            }
        }
        System.out.printf(
                "%d members share %d partitions %d ms and %d heartbeats each after the last join%n",
                MEMBERS, PARTITIONS, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - joinedNs), rounds);
    }

    /** Asking for the coordinator is what creates the topic of the offsets. */
    private void awaitCoordinator() throws Exception {
        short error;
        do {
            FindCoordinatorResponseData answer = (FindCoordinatorResponseData) send(
                    ApiKeys.FIND_COORDINATOR,
                    FIND_COORDINATOR_VERSION,
                    new FindCoordinatorRequestData().setCoordinatorKeys(List.of("g")));
            error = answer.coordinators().get(0).errorCode();
        } while (error == Errors.COORDINATOR_NOT_AVAILABLE.code());
        assertThat(Errors.forCode(error)).isEqualTo(Errors.NONE);
    }

    private void join(Member member) throws Exception {
        ConsumerGroupHeartbeatResponseData answer;
        do {
            answer = heartbeat(request(member)
                    .setSubscribedTopicNames(List.of("big"))
                    .setRebalanceTimeoutMs(60_000)
                    .setTopicPartitions(List.of()));
        } while (answer.errorCode() == Errors.COORDINATOR_LOAD_IN_PROGRESS.code()
                || answer.errorCode() == Errors.NOT_COORDINATOR.code());
        take(member, answer);
    }

    private void beat(Member member) throws Exception {
        ConsumerGroupHeartbeatRequestData request = request(member);
        if (member.tells) {
            member.tells = false;
            request.setTopicPartitions(List.of(new TopicPartitions()
                    .setTopicId(member.topic)
                    .setPartitions(member.owned.stream().boxed().toList())));
        }
        take(member, heartbeat(request));
    }

    private static ConsumerGroupHeartbeatRequestData request(Member member) {
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId("g")
                .setMemberId(member.id)
                .setMemberEpoch(member.epoch);
    }

    private static void take(Member member, ConsumerGroupHeartbeatResponseData answer) {
        assertThat(Errors.forCode(answer.errorCode())).as(answer.errorMessage()).isEqualTo(Errors.NONE);
        member.epoch = answer.memberEpoch();
        if (answer.assignment() != null) {
            member.owned = new BitSet();
            answer.assignment().topicPartitions().forEach(topic -> {
                member.topic = topic.topicId();
                topic.partitions().forEach(member.owned::set);
            });
            member.tells = true;
        }
    }

    /** Whether all partitions are owned, evenly; fails when one is owned twice. */
    private static boolean settled(List<Member> members) {
        BitSet all = new BitSet();
        for (Member member : members) {
            assertThat(member.owned.intersects(all)).as("owned twice").isFalse();
            all.or(member.owned);
        }
        return all.cardinality() == PARTITIONS
                && members.stream().allMatch(m -> m.owned.cardinality() == PARTITIONS / MEMBERS);
    }

    private ConsumerGroupHeartbeatResponseData heartbeat(ConsumerGroupHeartbeatRequestData request) throws Exception {
        return (ConsumerGroupHeartbeatResponseData) send(ApiKeys.CONSUMER_GROUP_HEARTBEAT, HEARTBEAT_VERSION, request);
    }

    private ApiMessage send(ApiKeys api, short version, ApiMessage request) throws Exception {
        return client.send(api.id, version, request, Duration.ofSeconds(30)).get();
    }
}
