package io.braid.broker.replication;

import io.braid.broker.replication.message.Lane;
import io.braid.broker.replication.message.ReplicaFetchRequest.Follower;
import io.braid.broker.replication.message.ReplicaSnapshotChunkRequest;
import io.braid.broker.replication.message.ReplicaSnapshotChunkResponse;
import io.braid.broker.replication.message.ReplicaSnapshotRequest;
import io.braid.broker.replication.message.ReplicaSnapshotResponse;
import io.braid.broker.replication.message.ReplicationApis;
import io.braid.image.Endpoint;
import io.braid.log.CorruptRunException;
import io.braid.log.SnapshotFile;
import io.braid.log.SnapshotInstall;
import io.braid.protocol.network.ProtocolClient;
import io.braid.protocol.records.FetchedRecords;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies whole shards from leaders, one after the other, on a thread of its own that may wait for disks and peers. A copy that
 * breaks off goes on with the files that are missing when it is asked for again. Thread-safe.
 */
final class SnapshotCopier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotCopier.class);

    private static final short VERSION = 0;
    private static final int CHUNK_BYTES = 1 << 20;
    private static final Duration MANIFEST_TIMEOUT =
            Duration.ofSeconds(60); // the leader reads all files for their CRCs
    private static final Duration CHUNK_TIMEOUT = Duration.ofSeconds(10);
    private static final long CONNECT_TIMEOUT_S = 6;
    private static final long THROTTLE_STEP_MS = 10;
    private static final long RETRY_MS = 1000;
    private static final int MAX_CORRUPT_FILES = 3;

    private final FetchSettings settings;
    private final SnapshotTarget target;
    private final Membership membership;
    private final Throttle throttle;
    private final EventLoopGroup group;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "braid-replica-copy");
        made.setDaemon(true);
        return made;
    });
    private volatile boolean closed;
    private volatile Optional<ProtocolClient> client = Optional.empty(); // of the copy under way

    SnapshotCopier(
            FetchSettings settings,
            SnapshotTarget target,
            Membership membership,
            Throttle throttle,
            EventLoopGroup group) {
        this.settings = settings;
        this.target = target;
        this.membership = membership;
        this.throttle = throttle;
        this.group = group;
    }

    /**
     * One shard to copy.
     *
     * @param endpoint of the leader
     * @param wanted false once the shard has another leader; asked on any thread
     */
    record Job(int leaderId, Optional<Endpoint> endpoint, int shardId, int leaderEpoch, BooleanSupplier wanted) {}

    /**
     * Copies a shard, some time.
     *
     * @param then run by {@code on} when that is done, or a while after it broke off
     */
    void copy(Job job, ScheduledExecutorService on, Runnable then) {
        try {
            thread.execute(() -> {
                long delayMs = run(job) ? 0 : RETRY_MS;
                var unused = on.schedule(then, delayMs, TimeUnit.MILLISECONDS);
            });
        } catch (RejectedExecutionException e) {
            LOG.trace("closed", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.shutdown(); // no interrupt: it would close the file that is written
        client.ifPresent(ProtocolClient::close);
        try {
            if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("event=replica_copy_abandoned");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean run(Job job) {
        if (closed || job.endpoint().isEmpty() || !job.wanted().getAsBoolean()) {
            return false;
        }
        Endpoint at = job.endpoint().get();
        try (ProtocolClient connected = await(
                ProtocolClient.connect(at.host(), at.port(), ReplicationApis.CATALOG, group, settings.connect()),
                Duration.ofSeconds(CONNECT_TIMEOUT_S))) {
            client = Optional.of(connected);
            return !closed && copy(job, connected);
        } catch (IOException e) {
            LOG.warn(
                    "event=replica_copy_failed shard={} leader={} reason=\"{}\"",
                    job.shardId(),
                    job.leaderId(),
                    e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            client = Optional.empty();
        }
        return false;
    }

    private boolean copy(Job job, ProtocolClient client) throws IOException, InterruptedException {
        Follower follower = new Follower(
                membership.image().clusterId(),
                job.leaderId(),
                settings.brokerId(),
                membership.brokerEpoch(),
                Lane.CATCHING_UP);
        var snapshot = (ReplicaSnapshotResponse) await(
                client.send(
                        ReplicationApis.REPLICA_SNAPSHOT,
                        VERSION,
                        new ReplicaSnapshotRequest(follower, job.shardId(), job.leaderEpoch()),
                        MANIFEST_TIMEOUT),
                MANIFEST_TIMEOUT);
        check(snapshot.error(), snapshot.message());
        try (SnapshotInstall install = target.begin(job.shardId(), snapshot.manifest())) {
            LOG.info(
                    "event=replica_copy_started shard={} leader={} end_lsn={} bytes={} missing_bytes={}",
                    job.shardId(),
                    job.leaderId(),
                    snapshot.manifest().endLsn(),
                    snapshot.manifest().bytes(),
                    install.missingBytes());
            if (!copyFiles(job, client, snapshot.snapshotId(), install)) {
                return false;
            }
            target.finish(job.shardId(), install);
            LOG.info(
                    "event=replica_copied shard={} end_lsn={}",
                    job.shardId(),
                    snapshot.manifest().endLsn());
            return true;
        } finally {
            var unused = client.send(
                    ReplicationApis.REPLICA_SNAPSHOT_CHUNK,
                    VERSION,
                    new ReplicaSnapshotChunkRequest(snapshot.snapshotId(), "", 0, 0),
                    CHUNK_TIMEOUT);
        }
    }

    /** False when the copy is not wanted any more. */
    private boolean copyFiles(Job job, ProtocolClient client, long snapshotId, SnapshotInstall install)
            throws IOException, InterruptedException {
        int corrupt = 0;
        for (Optional<SnapshotFile> file = install.next(); file.isPresent(); file = install.next()) {
            try {
                if (!copyFile(job, client, snapshotId, file.get(), install)) {
                    return false;
                }
            } catch (CorruptRunException e) {
                if (++corrupt > MAX_CORRUPT_FILES) {
                    throw e;
                }
                LOG.warn(
                        "event=replica_copy_corrupt shard={} file={}",
                        job.shardId(),
                        file.get().name(),
                        e);
            }
        }
        return true;
    }

    private boolean copyFile(
            Job job, ProtocolClient client, long snapshotId, SnapshotFile file, SnapshotInstall install)
            throws IOException, InterruptedException {
        if (file.length() == 0) {
            install.write(0, ByteBuffer.allocate(0));
        }
        long position = 0;
        while (position < file.length()) {
            if (closed || !job.wanted().getAsBoolean()) {
                return false;
            }
            if (throttle.delayNs(System.nanoTime()) > 0) {
                TimeUnit.MILLISECONDS.sleep(THROTTLE_STEP_MS);
                continue;
            }
            var chunk = (ReplicaSnapshotChunkResponse) await(
                    client.send(
                            ReplicationApis.REPLICA_SNAPSHOT_CHUNK,
                            VERSION,
                            new ReplicaSnapshotChunkRequest(snapshotId, file.name(), position, CHUNK_BYTES),
                            CHUNK_TIMEOUT),
                    CHUNK_TIMEOUT);
            check(chunk.error(), chunk.message());
            int size = chunk.bytes().sizeInBytes();
            if (size == 0) {
                throw new IOException(file.name() + " ends at " + position + " instead of " + file.length());
            }
            for (FetchedRecords.Part part : chunk.bytes().parts()) {
                install.write(position, ((FetchedRecords.Bytes) part).buffer().nioBuffer());
            }
            position += size;
            throttle.add(size, System.nanoTime());
        }
        return true;
    }

    private static void check(Errors error, String message) throws IOException {
        if (error != Errors.NONE) {
            throw new IOException(error + " " + message);
        }
    }

    private static <T> T await(CompletableFuture<T> answer, Duration timeout) throws IOException, InterruptedException {
        try {
            return answer.get(timeout.toMillis() + 1000, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + timeout, e);
        }
    }
}
