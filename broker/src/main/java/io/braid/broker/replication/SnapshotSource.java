package io.braid.broker.replication;

import io.braid.broker.replication.message.ReplicaSnapshotChunkRequest;
import io.braid.broker.replication.message.ReplicaSnapshotChunkResponse;
import io.braid.broker.replication.message.ReplicaSnapshotRequest;
import io.braid.broker.replication.message.ReplicaSnapshotResponse;
import io.braid.log.LogSnapshot;
import io.braid.log.SnapshotManifest;
import io.braid.protocol.network.RequestContext;
import io.braid.protocol.records.FetchedRecords;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves copies of shards: pins a log's files for a follower and gives out their bytes. A copy that nobody asks for is let go
 * after a minute. Thread-safe; files are read on reader threads.
 */
public final class SnapshotSource implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotSource.class);
    private static final long IDLE_NS = TimeUnit.SECONDS.toNanos(60);
    private static final int MAX_CHUNK_BYTES = 4 << 20;

    /** Takes a snapshot of a shard's log. */
    @FunctionalInterface
    public interface Logs {
        /**
         * Takes it, some time.
         *
         * @param found given the snapshot, or a failure; on any thread
         */
        void snapshot(int shardId, Found found);
    }

    /** Hears of a snapshot. */
    public interface Found {
        void found(LogSnapshot snapshot);

        void failed(Errors error, String message);
    }

    /** A pinned copy for one follower. */
    private static final class Copy {
        final int brokerId;
        final int shardId;
        final LogSnapshot snapshot;
        volatile long usedNs;

        Copy(int brokerId, int shardId, LogSnapshot snapshot, long nowNs) {
            this.brokerId = brokerId;
            this.shardId = shardId;
            this.snapshot = snapshot;
            this.usedNs = nowNs;
        }
    }

    private final Logs logs;
    private final Executor readers;
    private final Map<Long, Copy> copies = new ConcurrentHashMap<>();
    private final AtomicLong lastId = new AtomicLong();

    SnapshotSource(Logs logs, Executor readers) {
        this.logs = logs;
        this.readers = readers;
    }

    /** Pins a shard and lists its files. The follower was checked. */
    void open(RequestContext context) {
        ReplicaSnapshotRequest request = (ReplicaSnapshotRequest) context.body();
        int brokerId = request.follower().brokerId();
        logs.snapshot(request.shardId(), new Found() {
            @Override
            public void found(LogSnapshot snapshot) {
                read(context, () -> opened(brokerId, request.shardId(), snapshot), ReplicaSnapshotResponse::failed);
            }

            @Override
            public void failed(Errors error, String message) {
                context.reply(ReplicaSnapshotResponse.failed(error, message));
            }
        });
    }

    private ApiMessage opened(int brokerId, int shardId, LogSnapshot snapshot) throws IOException {
        SnapshotManifest manifest;
        try {
            manifest = snapshot.manifest();
        } catch (IOException | RuntimeException e) {
            snapshot.close();
            throw e;
        }
        closeIf(copy -> copy.brokerId == brokerId && copy.shardId == shardId);
        long id = lastId.incrementAndGet();
        copies.put(id, new Copy(brokerId, shardId, snapshot, System.nanoTime()));
        return ReplicaSnapshotResponse.of(id, manifest);
    }

    /** Gives out bytes of a file, or ends a copy. */
    void chunk(RequestContext context) {
        ReplicaSnapshotChunkRequest request = (ReplicaSnapshotChunkRequest) context.body();
        Copy copy = request.maxBytes() == 0 ? copies.remove(request.snapshotId()) : copies.get(request.snapshotId());
        if (copy == null) {
            context.reply(ReplicaSnapshotChunkResponse.failed(
                    Errors.SNAPSHOT_NOT_FOUND, "copy " + request.snapshotId() + " has ended"));
        } else if (request.maxBytes() == 0) {
            copy.snapshot.close();
            context.reply(ReplicaSnapshotChunkResponse.of(FetchedRecords.EMPTY));
        } else {
            copy.usedNs = System.nanoTime();
            read(context, () -> bytes(copy.snapshot, request), ReplicaSnapshotChunkResponse::failed);
        }
    }

    private static ApiMessage bytes(LogSnapshot snapshot, ReplicaSnapshotChunkRequest request) throws IOException {
        int size = Math.min(MAX_CHUNK_BYTES, request.maxBytes());
        ByteBuffer bytes = ByteBuffer.allocate(size);
        while (bytes.hasRemaining()
                && snapshot.read(request.file(), request.position() + bytes.position(), bytes) > 0) {
            LOG.trace("event=replica_copy_read file={} bytes={}", request.file(), bytes.position());
        }
        bytes.flip();
        return ReplicaSnapshotChunkResponse.of(
                bytes.hasRemaining()
                        ? FetchedRecords.of(List.of(new FetchedRecords.Bytes(Unpooled.wrappedBuffer(bytes))))
                        : FetchedRecords.EMPTY);
    }

    /** Lets go of copies that nobody has asked for lately. */
    void expire(long nowNs) {
        closeIf(copy -> nowNs - copy.usedNs > IDLE_NS);
    }

    @Override
    public void close() {
        closeIf(copy -> true);
    }

    private void closeIf(Predicate<Copy> condition) {
        copies.values().removeIf(copy -> {
            boolean ends = condition.test(copy);
            if (ends) {
                copy.snapshot.close();
            }
            return ends;
        });
    }

    private interface Read {
        ApiMessage run() throws IOException;
    }

    private interface Failure {
        ApiMessage of(Errors error, String message);
    }

    private void read(RequestContext context, Read read, Failure failure) {
        try {
            readers.execute(() -> context.reply(answer(context, read, failure)));
        } catch (RejectedExecutionException e) {
            context.reply(failure.of(Errors.KAFKA_STORAGE_ERROR, "the broker stops"));
        }
    }

    private static ApiMessage answer(RequestContext context, Read read, Failure failure) {
        try {
            return read.run();
        } catch (IOException | RuntimeException e) {
            LOG.warn("event=replica_copy_read_failed request=\"{}\"", context, e);
            return failure.of(Errors.KAFKA_STORAGE_ERROR, String.valueOf(e.getMessage()));
        }
    }
}
