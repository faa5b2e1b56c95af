package io.braid.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.broker.group.consumer.ConsumerGroupConfig;
import io.braid.broker.group.consumer.ServerAssignedProtocol;
import io.braid.controller.Command;
import io.braid.controller.LocalController;
import io.braid.controller.NewTopic;
import io.braid.controller.PoolPolicy;
import io.braid.image.ClusterImage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

/** A core with its log in memory, a clock turned by hand, and short ways to ask it. */
final class CoreDriver {
    static final int SESSION_MS = 10_000;
    static final int REBALANCE_MS = 60_000;

    /** What came of a request; null while it waits. */
    static final class Sent<R> implements Reply<R> {
        R answer;
        Errors error;

        @Override
        public void send(R value) {
            assertThat(isDone()).as("answered twice").isFalse();
            answer = value;
        }

        @Override
        public void fail(Errors why) {
            assertThat(isDone()).as("answered twice").isFalse();
            error = why;
        }

        boolean isDone() {
            return answer != null || error != null;
        }
    }

    final LocalController controller = LocalController.withOneBroker(1, "PLAINTEXT", "broker-1", 9092);
    final RecordCodec codec;
    final ServerAssignedProtocol consumerProtocol = new ServerAssignedProtocol(ConsumerGroupConfig.DEFAULT);
    final List<GroupRecord> log = new ArrayList<>();
    GroupConfig config;
    GroupCore core;
    long nowMs = 1_000_000;
    private long ids;

    CoreDriver(GroupConfig config) {
        this.config = config;
        this.codec = new RecordCodec(consumerProtocol);
        core = newCore();
        core.onLoaded(nowMs);
    }

    static CoreDriver withoutDelay() {
        return new CoreDriver(new GroupConfig(6000, 1_800_000, 0, 100, 7 * 24 * 3_600_000L, 600_000, 100));
    }

    // ---- world

    ClusterImage image() {
        return controller.image();
    }

    Uuid createTopic(String name, int partitions) {
        Uuid id = new Uuid(77, ++ids);
        var unused = controller.submit(new Command.CreateTopics(
                List.of(NewTopic.of(id, name, partitions, 1, Map.of())), PoolPolicy.DEFAULT, false));
        return image().topic(name).orElseThrow().id();
    }

    /** Lets time pass, waking the core whenever it wants. */
    void pass(long ms) {
        long end = nowMs + ms;
        while (core.nextDeadlineMs() <= end) {
            nowMs = Math.max(nowMs, core.nextDeadlineMs());
            take(core.tick(image(), nowMs));
            if (core.nextDeadlineMs() <= nowMs) {
                nowMs++; // only what was put off to the next poll
            }
        }
        nowMs = Math.max(nowMs, end);
    }

    /** A new core from the log, as after a restart; whoever waited is not answered. */
    void restart() {
        core = newCore();
        for (GroupRecord record : log) {
            core.apply(codec.read(codec.key(record), codec.value(record)));
        }
        core.onLoaded(nowMs);
    }

    /** What the core would write of its state. */
    static List<GroupRecord> stateOf(GroupCore core) {
        List<GroupRecord> records = new ArrayList<>();
        core.snapshot(records::add);
        return records;
    }

    GroupCore replayed() {
        GroupCore other = newCore();
        log.forEach(other::apply);
        return other;
    }

    <R> Sent<R> ask(Function<Reply<R>, GroupRequest> request) {
        Sent<R> sent = new Sent<>();
        take(core.decide(request.apply(sent), image(), nowMs));
        return sent;
    }

    private void take(Decision decision) {
        log.addAll(decision.records());
        decision.answers().forEach(Answer::send);
        decision.computations().forEach(computation -> take(core.decide(computation.compute(), image(), nowMs)));
    }

    private GroupCore newCore() {
        return new GroupCore(consumerProtocol, config, () -> new Uuid(0, ++ids));
    }

    // ---- requests

    static RequestInfo from(int version) {
        return new RequestInfo("client", "/127.0.0.1", (short) version);
    }

    static byte[] subscription(String... topics) {
        ByteBuffer bytes = ConsumerProtocol.serializeSubscription(new Subscription(List.of(topics)));
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return copy;
    }

    static JoinGroupRequestData joinRequest(String group, String memberId, String... protocols) {
        JoinGroupRequestProtocolCollection supported = new JoinGroupRequestProtocolCollection();
        for (String name : protocols) {
            supported.add(new JoinGroupRequestProtocol().setName(name).setMetadata(subscription("t")));
        }
        return new JoinGroupRequestData()
                .setGroupId(group)
                .setMemberId(memberId)
                .setProtocolType("consumer")
                .setSessionTimeoutMs(SESSION_MS)
                .setRebalanceTimeoutMs(REBALANCE_MS)
                .setProtocols(supported);
    }

    Sent<JoinGroupResponseData> join(JoinGroupRequestData request, int version) {
        return ask(reply -> new JoinGroup(request, from(version), config, reply));
    }

    /** Joins as clients before KIP-394 do, without an id. */
    Sent<JoinGroupResponseData> join(String group, String memberId) {
        return join(joinRequest(group, memberId, "range"), 3);
    }

    Sent<JoinGroupResponseData> joinStatic(String group, String memberId, String instanceId, int version) {
        return join(joinRequest(group, memberId, "range").setGroupInstanceId(instanceId), version);
    }

    /** Syncs with an assignment for each member id: the id's own bytes. */
    Sent<SyncGroupResponseData> sync(String group, int generation, String memberId, String... assigned) {
        SyncGroupRequestData request = new SyncGroupRequestData()
                .setGroupId(group)
                .setGenerationId(generation)
                .setMemberId(memberId);
        for (String member : assigned) {
            request.assignments()
                    .add(new SyncGroupRequestAssignment()
                            .setMemberId(member)
                            .setAssignment(member.getBytes(StandardCharsets.UTF_8)));
        }
        return ask(reply -> new SyncGroup(request, from(5), reply));
    }

    Errors heartbeat(String group, int generation, String memberId) {
        return heartbeat(group, generation, memberId, null);
    }

    /** @param instanceId null for a member that is not static */
    Errors heartbeat(String group, int generation, String memberId, String instanceId) {
        HeartbeatRequestData request = new HeartbeatRequestData()
                .setGroupId(group)
                .setGroupInstanceId(instanceId)
                .setGenerationId(generation)
                .setMemberId(memberId);
        return Errors.forCode(ask((Reply<org.apache.kafka.common.message.HeartbeatResponseData> reply) ->
                        new Heartbeat(request, from(4), reply))
                .answer
                .errorCode());
    }

    LeaveGroupResponseData leave(String group, MemberIdentity... members) {
        LeaveGroupRequestData request =
                new LeaveGroupRequestData().setGroupId(group).setMembers(List.of(members));
        return ask((Reply<LeaveGroupResponseData> reply) -> new LeaveGroup(request, from(5), reply)).answer;
    }

    Errors commit(String group, String memberId, int generation, String topic, int partition, long offset) {
        return commit(group, memberId, null, generation, topic, partition, offset);
    }

    /** @param instanceId null for a member that is not static */
    Errors commit(
            String group,
            String memberId,
            String instanceId,
            int generation,
            String topic,
            int partition,
            long offset) {
        OffsetCommitRequestData request = new OffsetCommitRequestData()
                .setGroupId(group)
                .setGroupInstanceId(instanceId)
                .setMemberId(memberId)
                .setGenerationIdOrMemberEpoch(generation)
                .setTopics(List.of(new OffsetCommitRequestTopic()
                        .setName(topic)
                        .setPartitions(List.of(new OffsetCommitRequestPartition()
                                .setPartitionIndex(partition)
                                .setCommittedOffset(offset)
                                .setCommittedMetadata("m")))));
        return commit(request, 9);
    }

    Errors commit(OffsetCommitRequestData request, int version) {
        OffsetCommitResponseData answer = ask((Reply<OffsetCommitResponseData> reply) ->
                        new CommitOffsets(request, from(version), config, topic -> true, reply))
                .answer;
        return Errors.forCode(answer.topics().get(0).partitions().get(0).errorCode());
    }

    /** The committed offset, or -1. */
    long committed(String group, String topic, int partition) {
        OffsetFetchRequestGroup request = new OffsetFetchRequestGroup()
                .setGroupId(group)
                .setTopics(
                        List.of(new OffsetFetchRequestTopics().setName(topic).setPartitionIndexes(List.of(partition))));
        OffsetFetchResponseGroup answer = ask((Reply<OffsetFetchResponseGroup> reply) ->
                        new FetchOffsets(request, from(8), name -> true, reply))
                .answer;
        return answer.topics().get(0).partitions().get(0).committedOffset();
    }
}
