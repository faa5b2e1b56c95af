package io.braid.broker.group;

import io.braid.broker.shard.AppendTask;
import io.braid.broker.shard.PartitionAppend;
import io.braid.broker.shard.PartitionSnapshot;
import io.braid.broker.shard.Shards;
import io.braid.image.TopicImage;
import io.braid.log.PartitionView;
import io.braid.protocol.records.BatchHeader;
import io.braid.protocol.records.FetchedRecords;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The partitions of {@code __consumer_offsets} in this broker's shards. Thread-safe. */
final class ShardCoordinatorLog implements CoordinatorLog {
    private static final Logger LOG = LoggerFactory.getLogger(ShardCoordinatorLog.class);
    private static final int READ_BYTES = 1 << 20;
    private static final long NO_APPEND_TIME = -1;
    /** How long an append may wait for the in-sync replicas; then clients are told to come again. */
    private static final long COMMIT_TIMEOUT_MS = 10_000;

    private final Shards shards;
    private final TopicImage topic;
    private final Supplier<TopicImage> current;
    private final ToIntFunction<TopicImage> minInSyncReplicas;
    private final Executor readers;

    /**
     * @param topic the offsets topic
     * @param minInSyncReplicas of the topic as it is configured now
     * @param readers threads that may wait for a disk
     */
    ShardCoordinatorLog(
            Shards shards,
            TopicImage topic,
            Supplier<TopicImage> current,
            ToIntFunction<TopicImage> minInSyncReplicas,
            Executor readers) {
        this.shards = shards;
        this.topic = topic;
        this.current = current;
        this.minInSyncReplicas = minInSyncReplicas;
        this.readers = readers;
    }

    @Override
    public boolean run(int partition, LongConsumer task) {
        return shards.run(topic.shardOf(partition), task);
    }

    @Override
    public void append(int partition, ByteBuffer batch, Done done) {
        int records = BatchHeader.count(batch, batch.position());
        PartitionAppend append = new PartitionAppend(
                topic.id(), partition, batch, minInSyncReplicas.applyAsInt(current.get()), NO_APPEND_TIME);
        shards.append(
                topic.shardOf(partition),
                new AppendTask(List.of(append), true, System.currentTimeMillis() + COMMIT_TIMEOUT_MS, () -> {
                    boolean appended = append.error() == Errors.NONE;
                    done.done(
                            append.error(),
                            append.baseOffset(),
                            appended ? append.baseOffset() + records : append.baseOffset());
                }));
    }

    @Override
    public void dropBefore(int partition, long offset) {
        shards.moveLogStart(topic.shardOf(partition), topic.id(), partition, offset, (error, logStart) -> {
            if (error != Errors.NONE) {
                LOG.warn("event=group_log_not_shortened partition={} error={}", partition, error);
            }
        });
    }

    @Override
    public void read(int partition, Sink sink) {
        PartitionSnapshot[] found = new PartitionSnapshot[1];
        shards.look(
                topic.shardOf(partition),
                (snapshots, removal) -> found[0] = snapshots.of(topic.id(), partition, -1, null),
                () -> begin(found[0], sink));
    }

    private void begin(PartitionSnapshot snapshot, Sink sink) {
        if (snapshot == null || snapshot.error() != Errors.NONE) {
            sink.failed(Errors.NOT_COORDINATOR);
        } else if (!snapshot.settled() || snapshot.logEndOffset() > snapshot.highWatermark()) {
            sink.failed(Errors.COORDINATOR_LOAD_IN_PROGRESS); // what the last leader wrote is not committed yet
        } else if (snapshot.view().isEmpty()) {
            sink.end(0, 0);
        } else {
            try {
                readers.execute(() -> readAll(snapshot.view().get(), sink));
            } catch (RejectedExecutionException e) {
                sink.failed(Errors.COORDINATOR_NOT_AVAILABLE); // the node stops
            }
        }
    }

    private static void readAll(PartitionView view, Sink sink) {
        long offset = view.logStartOffset();
        try {
            while (offset < view.nextOffset()) {
                ByteBuffer batches = readSome(view, offset);
                if (!batches.hasRemaining()) {
                    sink.failed(Errors.COORDINATOR_LOAD_IN_PROGRESS); // the view is out of date
                    return;
                }
                offset = endOf(batches);
                if (!sink.batches(batches)) {
                    return;
                }
            }
            sink.end(view.logStartOffset(), view.nextOffset());
        } catch (IOException | RuntimeException e) {
            LOG.error("event=group_log_unreadable offset={}", offset, e);
            sink.failed(Errors.KAFKA_STORAGE_ERROR);
        }
    }

    private static ByteBuffer readSome(PartitionView view, long offset) throws IOException {
        FetchedRecords records =
                view.read(offset, READ_BYTES, true, view.nextOffset(), UnpooledByteBufAllocator.DEFAULT);
        try {
            ByteBuffer copy = ByteBuffer.allocate(records.sizeInBytes());
            for (FetchedRecords.Part part : records.parts()) {
                if (part instanceof FetchedRecords.Bytes bytes) {
                    copy.put(bytes.buffer().nioBuffer());
                } else if (part instanceof FetchedRecords.FileRange range) {
                    readRange(range, copy);
                }
            }
            return copy.flip();
        } finally {
            records.release();
        }
    }

    private static void readRange(FetchedRecords.FileRange range, ByteBuffer into) throws IOException {
        int limit = into.limit();
        into.limit(into.position() + range.length());
        long position = range.position();
        while (into.hasRemaining()) {
            int read = range.source().channel().read(into, position);
            if (read < 0) {
                throw new EOFException("a segment ends before its index");
            }
            position += read;
        }
        into.limit(limit);
    }

    private static long endOf(ByteBuffer batches) {
        int last = batches.position();
        int at = last;
        while (at < batches.limit()) {
            last = at;
            at += BatchHeader.sizeInBytes(batches, at);
        }
        return BatchHeader.lastOffset(batches, last) + 1;
    }
}
