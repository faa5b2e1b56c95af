package io.braid.client.consumer;

import io.braid.client.consumer.AssignedPartition.Stage;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.message.FetchResponseData.AbortedTransaction;

/**
 * What was received and is not read to its end: chunks, in the order in which partitions are to be read, and the memory that
 * they hold. A frame counts from when it is received, or made as a copy, until its last chunk is discarded; a chunk that is
 * taken counts until it is given back. Owned as the {@link Fetcher} is.
 */
final class ReceivedChunks {
    private final PrefetchBudget budget;
    private final int copiedBytes;
    private final ArrayDeque<AssignedPartition> ready = new ArrayDeque<>(); // some are not readable any more
    private final Set<AssignedPartition> holding = new LinkedHashSet<>(); // with chunks that nobody has taken
    private long bufferedBytes;

    ReceivedChunks(FetchSettings settings) {
        this.budget = new PrefetchBudget(settings.prefetchBytes(), settings.fetchMaxBytes());
        this.copiedBytes = settings.copiedBytes();
    }

    // ---- memory

    /** An answer came; {@link #release} is to follow when its chunks are added. */
    void receive(Frame frame) {
        frame.retain();
        budget.add(frame.bytes());
    }

    void release(Frame frame) {
        if (frame.release()) {
            budget.remove(frame.bytes());
        }
    }

    private Frame ownFrame(int bytes) {
        budget.add(bytes);
        return new Frame(bytes, () -> {});
    }

    private static ByteBuffer copy(ByteBuffer batches) {
        return ByteBuffer.allocate(batches.remaining()).put(batches).flip();
    }

    /** Whether {@link #makeRoom} may find room. */
    boolean mayHaveRoom() {
        return budget.open() || worthCompacting();
    }

    /** Whether more may be asked for, if need be after what waits was copied. */
    boolean makeRoom() {
        if (!budget.open()) {
            compact();
        }
        return budget.open();
    }

    private boolean worthCompacting() {
        return 2 * bufferedBytes < budget.retained();
    }

    /** Copies what waits out of frames that it keeps alive, when that gives back more than half of the memory. */
    private void compact() {
        if (!worthCompacting()) {
            return;
        }
        for (AssignedPartition partition : holding) {
            for (Chunk chunk : partition.chunks) {
                if (chunk.frame.bytes() > chunk.bytes && chunk.reader == null) {
                    Frame before = chunk.frame;
                    chunk.batches = copy(chunk.batches);
                    chunk.frame = ownFrame(chunk.bytes);
                    chunk.frame.retain();
                    release(before);
                }
            }
        }
    }

    /** Whether a partition may have more; one that had too much is to be read down to half of that first. */
    boolean hasRoom(AssignedPartition partition) {
        long limit = budget.partitionBytes();
        return partition.bufferedBytes < (partition.session == null ? Math.max(1, limit / 2) : limit);
    }

    /** How large the answer of one of so many brokers may be. */
    int answerBytes(int brokers) {
        return budget.answerBytes(brokers);
    }

    /** Of the frames that chunks lie in. */
    long retainedBytes() {
        return budget.retained();
    }

    /** Of the chunks themselves. */
    long bufferedBytes() {
        return bufferedBytes;
    }

    // ---- chunks

    /**
     * Keeps what came of a partition; the next fetch of it begins behind that.
     *
     * @param received batches, the last of which may be cut off
     * @param frame where they lie, which was received
     * @return false when there is no whole batch: then nothing has changed
     */
    boolean add(AssignedPartition partition, ByteBuffer received, List<AbortedTransaction> aborted, Frame frame) {
        ByteBuffer batches = received.slice();
        BatchWalk.End end = BatchWalk.end(batches, partition.fetchOffset);
        if (end.bytes() == 0) {
            return false;
        }
        batches.limit(end.bytes());
        boolean copied = frame.bytes() <= copiedBytes;
        Chunk chunk = new Chunk(
                partition,
                partition.fetchOffset,
                end,
                copied ? copy(batches) : batches,
                aborted,
                copied ? ownFrame(end.bytes()) : frame);
        partition.fetchOffset = end.nextOffset();
        partition.fetchEpoch = end.leaderEpoch();
        partition.chunks.add(chunk);
        partition.bufferedBytes += chunk.bytes;
        bufferedBytes += chunk.bytes;
        holding.add(partition);
        offer(partition, false);
        return true;
    }

    /** Drops what nobody has taken of a partition. */
    void drop(AssignedPartition partition) {
        for (Chunk chunk : partition.chunks) {
            discard(chunk);
        }
        partition.chunks.clear();
        holding.remove(partition);
    }

    private void discard(Chunk chunk) {
        chunk.partition.bufferedBytes -= chunk.bytes;
        bufferedBytes -= chunk.bytes;
        if (chunk.reader != null) {
            chunk.reader.close();
        }
        release(chunk.frame);
    }

    // ---- reading

    private static boolean readable(AssignedPartition partition) {
        return partition.taken == null
                && partition.holds == 0
                && !partition.paused
                && !partition.chunks.isEmpty()
                && (partition.stage == Stage.READY || partition.stage == Stage.FAILED);
    }

    /**
     * Lets a partition be read, if it has something and may be: to be called when anything of that changes for the better.
     *
     * @param first whether before the others, else after them
     */
    void offer(AssignedPartition partition, boolean first) {
        if (!partition.queued && readable(partition)) {
            partition.queued = true;
            if (first) {
                ready.addFirst(partition);
            } else {
                ready.addLast(partition);
            }
        }
    }

    /** The oldest chunk of the partition that has waited longest, for {@link #giveBack}; null when there is none. */
    Chunk take() {
        for (AssignedPartition partition = ready.poll(); partition != null; partition = ready.poll()) {
            partition.queued = false;
            if (readable(partition)) {
                Chunk chunk = partition.chunks.remove();
                partition.taken = chunk;
                if (partition.chunks.isEmpty()) {
                    holding.remove(partition);
                }
                return chunk;
            }
        }
        return null;
    }

    /**
     * Takes a chunk back.
     *
     * @param kept whether there is more to read in it
     * @param first whether its partition is read before others
     */
    void giveBack(Chunk chunk, boolean kept, boolean first) {
        AssignedPartition partition = chunk.partition;
        partition.taken = null;
        if (kept) {
            partition.chunks.addFirst(chunk);
            holding.add(partition);
        } else {
            discard(chunk);
        }
        offer(partition, first);
    }
}
