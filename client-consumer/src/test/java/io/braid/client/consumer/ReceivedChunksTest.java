package io.braid.client.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;

/** What a slow partition keeps does not keep the others from being fetched. */
class ReceivedChunksTest {
    private static final int FRAME_BYTES = 32 << 10;
    private static final int CHUNK_BYTES = 8 << 10;
    private static final int FRAMES = 4; // which fill the half of the memory that is for what was received

    private final FetchSettings settings = new FetchSettings(
            FRAME_BYTES, CHUNK_BYTES, 2L * FRAMES * FRAME_BYTES, 1, 20, 100, 500, false, false, OffsetReset.earliest());
    private final ReceivedChunks received = new ReceivedChunks(settings);
    private final AssignedTopic topic = new AssignedTopic("t");

    private AssignedPartition partition(int number) {
        AssignedPartition partition = new AssignedPartition(topic, number);
        partition.stage = AssignedPartition.Stage.READY;
        partition.fetchOffset = 0;
        return partition;
    }

    private static ByteBuffer batch(long offset) {
        return MemoryRecords.withRecords(offset, Compression.NONE, 0, new SimpleRecord(new byte[CHUNK_BYTES - 100]))
                .buffer();
    }

    @Test
    void thereMayBeRoomOnceTheOthersAreReadThoughEveryFrameIsKept() {
        AssignedPartition slow = partition(0);
        List<AssignedPartition> others = List.of(partition(1), partition(2), partition(3));
        for (int i = 0; i < FRAMES; i++) {
            Frame frame = new Frame(FRAME_BYTES, () -> {});
            received.receive(frame);
            received.add(slow, batch(slow.fetchOffset), List.of(), frame);
            others.forEach(other -> received.add(other, batch(other.fetchOffset), List.of(), frame));
            received.release(frame);
        }
        Chunk inHand = received.take();
        assertThat(inHand.partition).isEqualTo(slow);
        assertThat(received.makeRoom()).as("most of it is unread").isFalse();

        Queue<Chunk> rest = new ArrayDeque<>();
        for (Chunk chunk = received.take(); chunk != null; chunk = received.take()) {
            assertThat(chunk.partition).isNotEqualTo(slow);
            received.giveBack(chunk, false, false);
            rest.add(chunk);
        }

        assertThat(rest).hasSize(FRAMES * others.size());
        assertThat(received.mayHaveRoom()).isTrue();
        assertThat(received.makeRoom()).isTrue();
    }
}
