package io.braid.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.log.FlushMode;
import io.braid.log.LogConfig;
import io.braid.log.LogDirectory;
import io.braid.log.LogListener;
import io.braid.log.SharedLog;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The replica core on a real shared log, driven by hand. */
class ShardReplicaTest {
    private static final Uuid TOPIC = new Uuid(1, 2);
    private static final long PRODUCER = 7;
    private static final long NOW_MS = 1_700_000_000_000L;

    @TempDir
    Path dir;

    private LogDirectory directory;
    private SharedLog log;

    @BeforeEach
    void open() throws Exception {
        directory = LogDirectory.open(dir, LogConfig.defaults(), LogListener.NONE);
        log = directory.open(0);
    }

    @AfterEach
    void close() throws Exception {
        log.close();
        directory.close();
    }

    @Test
    void refusesWhileItDoesNotLead() {
        PartitionAppend append = append(0, -1, 1);

        replica(FlushMode.REPLICATED).stage(append);

        assertThat(append.error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(append.baseOffset()).isEqualTo(-1);
    }

    @Test
    void refusesAcksAllWithoutEnoughReplicas() throws Exception {
        ShardReplica replica = leader(FlushMode.REPLICATED);
        PartitionAppend append = new PartitionAppend(TOPIC, 0, batch(-1, (short) -1, -1, 1), 2, -1);

        replica.stage(append);

        assertThat(append.error()).isEqualTo(Errors.NOT_ENOUGH_REPLICAS);
    }

    @Test
    void givesOutOffsetsWithoutGapsWhateverIsAppendedTogether() throws Exception {
        ShardReplica replica = leader(FlushMode.REPLICATED);
        PartitionAppend a = append(0, -1, 3);
        PartitionAppend b = append(1, -1, 2);
        replica.stage(a);
        replica.stage(b);
        assertThat(replica.mustAppendBefore(append(0, -1, 1))).isTrue();
        appendAll(replica);
        PartitionAppend c = append(0, -1, 1);
        replica.stage(c);
        appendAll(replica);

        assertThat(a.baseOffset()).isZero();
        assertThat(b.baseOffset()).isZero();
        assertThat(c.baseOffset()).isEqualTo(3);
        assertThat(replica.highWatermark(replica.find(TOPIC, 0))).isEqualTo(4);
    }

    @Test
    void repeatedBatchIsAnsweredWithItsFirstOffsets() throws Exception {
        ShardReplica replica = leader(FlushMode.REPLICATED);
        for (int sequence = 0; sequence < 50; sequence += 10) {
            write(replica, append(0, sequence, 10));
        }

        PartitionAppend last = write(replica, append(0, 40, 10));
        PartitionAppend earlier = write(replica, append(0, 20, 10));

        assertThat(last.error()).isEqualTo(Errors.NONE);
        assertThat(last.baseOffset()).isEqualTo(40);
        assertThat(earlier.error()).isEqualTo(Errors.NONE);
        assertThat(earlier.baseOffset()).isEqualTo(20);
        assertThat(log.partitions().nextOffset(replica.find(TOPIC, 0))).isEqualTo(50);
    }

    @Test
    void gapInTheSequenceIsRefusedAndLeavesNoTrace() throws Exception {
        ShardReplica replica = leader(FlushMode.REPLICATED);
        write(replica, append(0, 0, 10));

        PartitionAppend gap = write(replica, append(0, 20, 5));

        assertThat(gap.error()).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(log.partitions().nextOffset(replica.find(TOPIC, 0))).isEqualTo(10);
    }

    @Test
    void olderEpochOfAProducerIsFenced() throws Exception {
        ShardReplica replica = leader(FlushMode.REPLICATED);
        write(replica, new PartitionAppend(TOPIC, 0, batch(PRODUCER, (short) 3, 0, 1), 0, -1));

        PartitionAppend old = write(replica, new PartitionAppend(TOPIC, 0, batch(PRODUCER, (short) 2, 1, 1), 0, -1));

        assertThat(old.error()).isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void withGroupFlushNothingIsCommittedBeforeItIsDurable() throws Exception {
        ShardReplica replica = leader(FlushMode.GROUP);
        PartitionAppend a = write(replica, append(0, -1, 5));
        int row = replica.find(TOPIC, 0);

        assertThat(replica.highWatermark(row)).isZero();
        assertThat(a.ackLsn()).isGreaterThan(replica.commitLsn());
        log.flusher().flush();

        assertThat(replica.advanceCommit()).isTrue();
        assertThat(replica.highWatermark(row)).isEqualTo(5);
        assertThat(a.ackLsn()).isLessThanOrEqualTo(replica.commitLsn());
    }

    @Test
    void newLeaderEpochIsNotedOnceWithItsFirstEntry() throws Exception {
        ShardReplica replica = leader(FlushMode.REPLICATED);
        write(replica, append(0, -1, 1));
        write(replica, append(0, -1, 1));
        replica.assign(leadership(9), NOW_MS);
        write(replica, append(0, -1, 1));

        assertThat(log.epochs().latestEpoch()).isEqualTo(9);
        assertThat(log.epochs().size()).isEqualTo(2);
    }

    // ---- helpers

    private ShardReplica replica(FlushMode flush) {
        return new ShardReplica(0, new ReplicaConfig(1, flush, 10_000), new SharedLogStore(log), CommitListener.NONE);
    }

    private ShardReplica leader(FlushMode flush) throws Exception {
        ShardReplica replica = replica(flush);
        replica.assign(leadership(4), NOW_MS);
        replica.advanceCommit();
        return replica;
    }

    private static ShardAssignment leadership(int epoch) {
        return new ShardAssignment(
                0, 1, epoch, epoch, List.of(new ShardAssignment.Replica(1, 1, true)), List.of(1), epoch);
    }

    private static PartitionAppend write(ShardReplica replica, PartitionAppend append) throws Exception {
        replica.stage(append);
        if (replica.hasStaged()) {
            appendAll(replica);
        }
        return append;
    }

    private static void appendAll(ShardReplica replica) throws Exception {
        replica.appendStaged(NOW_MS);
        replica.forgetStaged();
    }

    /** @param sequence of the first record, or -1 for a producer that is not idempotent */
    private static PartitionAppend append(int partition, int sequence, int records) {
        boolean idempotent = sequence >= 0;
        ByteBuffer batch = batch(idempotent ? PRODUCER : -1, (short) (idempotent ? 0 : -1), sequence, records);
        return new PartitionAppend(TOPIC, partition, batch, 0, -1);
    }

    private static ByteBuffer batch(long producer, short epoch, int sequence, int count) {
        SimpleRecord[] records = new SimpleRecord[count];
        for (int i = 0; i < count; i++) {
            records[i] = new SimpleRecord(NOW_MS, null, new byte[] {1, 2, 3});
        }
        return MemoryRecords.withIdempotentRecords(Compression.NONE, producer, epoch, sequence, records)
                .buffer();
    }
}
