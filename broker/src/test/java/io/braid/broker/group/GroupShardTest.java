package io.braid.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.broker.group.CoreDriver.Sent;
import io.braid.broker.group.consumer.ConsumerGroupConfig;
import io.braid.broker.group.consumer.ServerAssignedProtocol;
import io.braid.protocol.records.BatchHeader;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A partition's shell on a log in memory, whose thread is turned by hand. */
class GroupShardTest {
    private final CoreDriver world = CoreDriver.withoutDelay();
    private final MemoryLog log = new MemoryLog();
    private final GroupShard shard = shard();

    @BeforeEach
    void topic() {
        world.createTopic("t", 10);
    }

    @Test
    void requestsAreToldToComeAgainWhileTheLogIsRead() {
        shard.start();
        Sent<OffsetCommitResponseData> early = commit("g", 1);
        log.turn();
        assertThat(early.error).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);
        assertThat(commitNow("g", 1)).isEqualTo(Errors.NONE);
    }

    @Test
    void requestsThatWaitTogetherShareABatchAndAreAnsweredWhenItIsCommitted() {
        load();
        log.holdsBack = true;
        List<Sent<OffsetCommitResponseData>> sent = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            sent.add(commit("g" + i, i));
        }
        Sent<OffsetFetchResponseGroup> read = fetch("g1");
        log.turn();
        assertThat(log.batches).hasSize(1);
        assertThat(sent).noneMatch(Sent::isDone);
        assertThat(read.isDone()).as("a read of what is not committed").isFalse();
        log.release();
        assertThat(sent).allMatch(one -> one.answer != null);
        assertThat(read.answer.topics()).hasSize(1);
    }

    @Test
    void anAppendThatFailsThrowsTheStateAwayAndLoadsWhatIsInTheLog() {
        load();
        commitNow("kept", 7);
        log.failsWith = Errors.NOT_ENOUGH_REPLICAS;
        Sent<OffsetCommitResponseData> lost = commit("lost", 8);
        log.turn();
        assertThat(lost.error).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        log.failsWith = Errors.NONE;
        log.nowMs += 1000;
        shard.poll(log.nowMs);
        log.turn();
        assertThat(offsets("kept")).isEqualTo(1);
        assertThat(offsets("lost")).isZero();
    }

    @Test
    void whoeverWaitsIsToldWhenLeadershipIsLost() {
        load();
        log.holdsBack = true;
        Sent<OffsetCommitResponseData> waiting = commit("g", 1);
        log.turn();
        shard.close();
        log.turn();
        assertThat(waiting.error).isEqualTo(Errors.NOT_COORDINATOR);
        Sent<OffsetCommitResponseData> late = commit("g", 1);
        log.turn();
        assertThat(late.error).isEqualTo(Errors.NOT_COORDINATOR);
    }

    @Test
    void theLogStaysWithinAMultipleOfTheState() {
        load();
        for (int i = 0; i < 60_000; i++) {
            commit("g" + i % 7, i);
            if (i % 50 == 0) {
                log.turn();
            }
        }
        log.turn();
        assertThat(log.nextOffset - log.startOffset).isLessThan(11_000);
        assertThat(log.startOffset).isGreaterThan(40_000);
        shard.close();
        log.turn();
        GroupShard next = shard();
        next.start();
        log.turn();
        Sent<OffsetFetchResponseGroup> read = new Sent<>();
        next.submit(new FetchOffsets(
                new OffsetFetchRequestGroup().setGroupId("g1").setTopics(null), CoreDriver.from(8), t -> true, read));
        log.turn();
        assertThat(read.answer.topics().get(0).partitions()).isNotEmpty();
        assertThat(read.answer.topics().get(0).partitions())
                .allSatisfy(p -> assertThat(p.committedOffset()).isGreaterThan(59_000));
    }

    @Test
    void aRecordThatIsNoneOfOursStopsTheLoad() {
        log.batches.add(new Stored(0, ByteBuffer.wrap(new byte[100])));
        log.nextOffset = 1;
        shard.start();
        log.turn();
        Sent<OffsetCommitResponseData> sent = commit("g", 1);
        log.turn();
        assertThat(sent.error).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
    }

    // ---- helpers

    private GroupShard shard() {
        ServerAssignedProtocol protocol = new ServerAssignedProtocol(ConsumerGroupConfig.DEFAULT);
        return new GroupShard(
                0,
                log,
                () -> new GroupCore(protocol, world.config, Uuid::randomUuid),
                new RecordCodec(protocol),
                world::image,
                Runnable::run,
                GroupEvents.NONE);
    }

    private void load() {
        shard.start();
        log.turn();
    }

    private Sent<OffsetCommitResponseData> commit(String group, long offset) {
        OffsetCommitRequestData request = new OffsetCommitRequestData()
                .setGroupId(group)
                .setTopics(List.of(new OffsetCommitRequestTopic()
                        .setName("t")
                        .setPartitions(List.of(new OffsetCommitRequestPartition()
                                .setPartitionIndex((int) (offset % 10))
                                .setCommittedOffset(offset)))));
        Sent<OffsetCommitResponseData> sent = new Sent<>();
        shard.submit(new CommitOffsets(request, CoreDriver.from(9), world.config, topic -> true, sent));
        return sent;
    }

    private Errors commitNow(String group, long offset) {
        Sent<OffsetCommitResponseData> sent = commit(group, offset);
        log.turn();
        return Errors.forCode(sent.answer.topics().get(0).partitions().get(0).errorCode());
    }

    private Sent<OffsetFetchResponseGroup> fetch(String group) {
        Sent<OffsetFetchResponseGroup> sent = new Sent<>();
        shard.submit(new FetchOffsets(
                new OffsetFetchRequestGroup().setGroupId(group).setTopics(null),
                CoreDriver.from(8),
                topic -> true,
                sent));
        return sent;
    }

    private int offsets(String group) {
        Sent<OffsetFetchResponseGroup> sent = fetch(group);
        log.turn();
        return sent.answer.topics().size();
    }

    private record Stored(long baseOffset, ByteBuffer batch) {}

    /** A log whose thread runs what was submitted when it is told to. */
    private static final class MemoryLog implements CoordinatorLog {
        final List<Stored> batches = new ArrayList<>();
        final ArrayDeque<LongConsumer> tasks = new ArrayDeque<>();
        final List<Runnable> held = new ArrayList<>();
        long nowMs = 1_000_000;
        long startOffset;
        long nextOffset;
        boolean holdsBack;
        Errors failsWith = Errors.NONE;

        void turn() {
            LongConsumer task;
            while ((task = tasks.poll()) != null) {
                task.accept(nowMs);
            }
        }

        void release() {
            holdsBack = false;
            tasks.add(now -> held.forEach(Runnable::run));
            turn();
            held.clear();
        }

        @Override
        public boolean run(int partition, LongConsumer task) {
            return tasks.add(task);
        }

        @Override
        public void append(int partition, ByteBuffer batch, Done done) {
            if (failsWith != Errors.NONE) {
                Errors error = failsWith;
                tasks.add(now -> done.done(error, -1, -1));
                return;
            }
            long base = nextOffset;
            BatchHeader.setBaseOffset(batch, 0, base);
            nextOffset += BatchHeader.count(batch, 0);
            long next = nextOffset;
            batches.add(new Stored(base, batch));
            Runnable commit = () -> done.done(Errors.NONE, base, next);
            if (holdsBack) {
                held.add(commit);
            } else {
                tasks.add(now -> commit.run());
            }
        }

        @Override
        public void read(int partition, Sink sink) {
            for (Stored stored : batches) {
                if (stored.baseOffset() >= startOffset
                        && !sink.batches(stored.batch().duplicate())) {
                    return;
                }
                turn();
            }
            sink.end(startOffset, nextOffset);
        }

        @Override
        public void dropBefore(int partition, long offset) {
            startOffset = offset;
        }
    }
}
