package io.braid.broker.group;

import io.braid.broker.group.consumer.ConsumerGroupConfig;
import io.braid.broker.group.consumer.ServerAssignedProtocol;
import io.braid.controller.Command;
import io.braid.controller.LocalController;
import io.braid.controller.NewTopic;
import io.braid.controller.PoolPolicy;
import io.braid.image.ClusterImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A heartbeat of a member that has nothing to say, in a stable group: classic, and KIP-848 with 100,000 partitions. */
@State(Scope.Thread)
public class HeartbeatBenchmark {
    private static final String GROUP = "g";
    private static final String CLASSIC = "classic";
    private static final String MEMBER = "m";

    private final ServerAssignedProtocol protocol = new ServerAssignedProtocol(ConsumerGroupConfig.DEFAULT);
    private final GroupConfig config =
            new GroupConfig(1, 1_800_000, 0, Integer.MAX_VALUE, 7L * 24 * 3_600_000, 600_000, 4_096);
    private final RequestInfo from = new RequestInfo("client", "/127.0.0.1", (short) 1);
    private GroupCore core;
    private ClusterImage image;
    private long nowMs;
    private long ids;
    private ConsumerGroupHeartbeatRequestData beat;
    private HeartbeatRequestData classicBeat;

    @Setup(Level.Iteration)
    public void settle() {
        LocalController controller = LocalController.withOneBroker(1, "PLAINTEXT", "127.0.0.1", 9092);
        controller.apply(new Command.CreateTopics(
                List.of(NewTopic.of(new Uuid(1, 2), "t", 100_000, 1, Map.of())), PoolPolicy.DEFAULT, false));
        image = controller.image();
        nowMs = 1_000_000;
        core = new GroupCore(protocol, config, () -> new Uuid(42, ++ids));
        core.onLoaded(nowMs);
        joinConsumerGroup();
        joinClassicGroup();
    }

    private void joinConsumerGroup() {
        ConsumerGroupHeartbeatResponseData joined = heartbeat(new ConsumerGroupHeartbeatRequestData()
                .setGroupId(GROUP)
                .setMemberId(MEMBER)
                .setMemberEpoch(0)
                .setRebalanceTimeoutMs(30_000)
                .setSubscribedTopicNames(List.of("t"))
                .setTopicPartitions(List.of()));
        beat = new ConsumerGroupHeartbeatRequestData()
                .setGroupId(GROUP)
                .setMemberId(MEMBER)
                .setMemberEpoch(joined.memberEpoch());
        for (int i = 0; i < 3; i++) { // until it has been told of its partitions
            beat.setMemberEpoch(heartbeat(beat).memberEpoch());
        }
    }

    private void joinClassicGroup() {
        JoinGroupRequestData.JoinGroupRequestProtocolCollection protocols =
                new JoinGroupRequestData.JoinGroupRequestProtocolCollection();
        protocols.add(new JoinGroupRequestData.JoinGroupRequestProtocol()
                .setName("range")
                .setMetadata(new byte[16]));
        JoinGroupRequestData join = new JoinGroupRequestData()
                .setGroupId(CLASSIC)
                .setProtocolType("consumer")
                .setSessionTimeoutMs(10_000)
                .setRebalanceTimeoutMs(60_000)
                .setProtocols(protocols);
        Answered<JoinGroupResponseData> joined = new Answered<>();
        decide(new JoinGroup(join, new RequestInfo("client", "/127.0.0.1", (short) 3), config, joined));
        while (joined.answer == null) {
            nowMs = Math.max(nowMs + 1, core.nextDeadlineMs());
            take(core.tick(image, nowMs));
        }
        SyncGroupRequestData sync = new SyncGroupRequestData()
                .setGroupId(CLASSIC)
                .setGenerationId(joined.answer.generationId())
                .setMemberId(joined.answer.memberId());
        decide(new SyncGroup(sync, new RequestInfo("client", "/127.0.0.1", (short) 5), new Answered<>()));
        classicBeat = new HeartbeatRequestData()
                .setGroupId(CLASSIC)
                .setGenerationId(joined.answer.generationId())
                .setMemberId(joined.answer.memberId());
        require(classicGroup().errorCode());
    }

    /** Keeps the last answer. */
    private static final class Answered<R> implements Reply<R> {
        R answer;

        @Override
        public void send(R response) {
            answer = response;
        }

        @Override
        public void fail(Errors error) {
            throw error.exception();
        }
    }

    @Benchmark
    public HeartbeatResponseData classicGroup() {
        Answered<HeartbeatResponseData> reply = new Answered<>();
        decide(new Heartbeat(classicBeat, from, reply));
        return reply.answer;
    }

    @Benchmark
    public ConsumerGroupHeartbeatResponseData consumerGroup() {
        return heartbeat(beat);
    }

    private ConsumerGroupHeartbeatResponseData heartbeat(ConsumerGroupHeartbeatRequestData request) {
        Answered<ConsumerGroupHeartbeatResponseData> reply = new Answered<>();
        decide(new GroupRequest() {
            @Override
            public String groupId() {
                return GROUP;
            }

            @Override
            public void decide(Turn turn) {
                protocol.heartbeat(turn, request, from, reply);
            }
        });
        require(reply.answer.errorCode());
        return reply.answer;
    }

    private void decide(GroupRequest request) {
        take(core.decide(request, image, nowMs));
    }

    private void take(Decision decision) {
        decision.answers().forEach(Answer::send);
        List<Computation> computations = new ArrayList<>(decision.computations());
        computations.forEach(computation -> decide(computation.compute()));
    }

    private static void require(short errorCode) {
        if (errorCode != Errors.NONE.code()) {
            throw Errors.forCode(errorCode).exception();
        }
    }
}
