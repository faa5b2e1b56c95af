package io.braid.broker.shard;

import io.braid.jmh.Batches;
import io.braid.jmh.TemporaryLog;
import io.braid.log.FlushMode;
import io.braid.log.LogDirectoryException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What a shard thread does with checked batches of 1 KB, of one request or of several: sequence, offset, append, commit. */
@State(Scope.Thread)
public class ShardAppendBenchmark {
    private static final int PARTITIONS = 16;
    private static final long NOW_MS = 1_000_000;

    private final Uuid topic = new Uuid(TemporaryLog.TOPIC_MSB, TemporaryLog.TOPIC_LSB);
    private ByteBuffer[] batches;
    private TemporaryLog temporary;
    private ShardReplica replica;
    private int next;

    @Setup(Level.Iteration)
    public void open() throws IOException, LogDirectoryException {
        batches = new ByteBuffer[PARTITIONS];
        for (int i = 0; i < PARTITIONS; i++) {
            batches[i] = Batches.idempotent(1, 1000);
        }
        temporary = new TemporaryLog();
        ReplicaConfig config = new ReplicaConfig(1, FlushMode.REPLICATED, 10_000);
        replica = new ShardReplica(0, config, new SharedLogStore(temporary.log()), CommitListener.NONE);
        List<ShardAssignment.Replica> replicas = List.of(new ShardAssignment.Replica(1, 11, true));
        replica.assign(new ShardAssignment(0, 1, 0, 1, replicas, List.of(1), 1), NOW_MS);
        sixteenPartitions();
    }

    @TearDown(Level.Iteration)
    public void close() throws IOException {
        temporary.close();
    }

    @Benchmark
    public long onePartition() throws IOException {
        next = (next + 1) % PARTITIONS;
        PartitionAppend append = stage(next);
        appendStaged();
        return append.ackLsn();
    }

    /** As one document; the operation is all sixteen. */
    @Benchmark
    public long sixteenPartitions() throws IOException {
        PartitionAppend append = stage(0);
        for (int partition = 1; partition < PARTITIONS; partition++) {
            append = stage(partition);
        }
        appendStaged();
        return append.ackLsn();
    }

    private PartitionAppend stage(int partition) {
        PartitionAppend append = new PartitionAppend(topic, partition, batches[partition], 1, -1);
        replica.stage(append);
        return append;
    }

    private void appendStaged() throws IOException {
        replica.appendStaged(NOW_MS);
        for (PartitionAppend append : replica.stagedAppends()) {
            if (append.ackLsn() < 0) {
                throw new IllegalStateException(append.message());
            }
            Batches.advanceSequence(append.batch());
        }
        replica.forgetStaged();
        replica.advanceCommit();
    }
}
