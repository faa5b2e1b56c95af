package io.braid.simulation;

import io.braid.broker.shard.ShardStore;
import io.braid.log.AppliedEntries;
import io.braid.log.CorruptRunException;
import io.braid.log.EntryBatch;
import io.braid.log.EntryRun;
import io.braid.log.EntryType;
import io.braid.log.table.EpochTable;
import io.braid.log.table.PartitionTable;
import io.braid.log.table.ProducerTable;
import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** A shard's log as a process has it open, on a {@link ShardDisk}. Opening it recovers it. */
final class SimStore implements ShardStore {
    private final ShardDisk disk;
    private final Bugs bugs;
    private final Tally tally;
    private Tables tables = new Tables();
    private long durableLsn;
    private int truncations;
    private List<LogEntry> arriving = List.of();

    SimStore(ShardDisk disk, Bugs bugs, Tally tally) {
        this.disk = disk;
        this.bugs = bugs;
        this.tally = tally;
        recover();
        durableLsn = nextLsn();
        disk.force(disk.size());
    }

    /** From the newest checkpoint, and what was written after it. */
    private void recover() {
        ShardDisk.Checkpoint from = disk.newestCheckpoint();
        tables = from == null ? new Tables() : from.tables().copy();
        int replayFrom = from == null ? 0 : from.written();
        List<LogEntry> replayed = new ArrayList<>();
        for (LogEntry entry : disk.written().subList(replayFrom, disk.size())) {
            if (entry.type() == EntryType.TRUNCATION) {
                while (!replayed.isEmpty() && replayed.get(replayed.size() - 1).lsn() >= entry.lsn()) {
                    replayed.remove(replayed.size() - 1);
                }
            } else {
                replayed.add(entry);
            }
        }
        replayed.forEach(tables::apply);
    }

    @Override
    public PartitionTable partitions() {
        return tables.partitions;
    }

    @Override
    public ProducerTable producers() {
        return tables.producers;
    }

    @Override
    public EpochTable epochs() {
        return tables.epochs;
    }

    @Override
    public long startLsn() {
        return disk.startLsn();
    }

    @Override
    public long nextLsn() {
        return entries().size();
    }

    @Override
    public long durableLsn() {
        return durableLsn;
    }

    @Override
    public long append(EntryBatch batch, long nowMs) {
        long first = nextLsn();
        for (int i = 0; i < batch.size(); i++) {
            boolean ofRow = batch.type(i) == EntryType.BATCH;
            int row = batch.row(i);
            write(LogEntry.of(
                    batch,
                    i,
                    nextLsn(),
                    ofRow ? tables.partitions.topicIdMsb(row) : batch.idMsb(i),
                    ofRow ? tables.partitions.topicIdLsb(row) : batch.idLsb(i),
                    ofRow ? tables.partitions.partition(row) : batch.partition(i)));
        }
        return first;
    }

    /** The entries that the next {@link #appendReplicated} is about: a run of the simulation holds no bytes. */
    void arriving(List<LogEntry> run) {
        arriving = run;
    }

    @Override
    public void appendReplicated(EntryRun run, long nowMs, AppliedEntries listener) throws IOException {
        List<LogEntry> appended = arriving;
        arriving = List.of();
        int epoch = tables.epochs.latestEpoch();
        if (run.firstLsn() != nextLsn()) {
            throw new CorruptRunException("begins with " + run.firstLsn() + ", not " + nextLsn());
        }
        for (LogEntry entry : appended) {
            if (entry.leaderEpoch() < epoch) {
                throw new CorruptRunException("epoch " + entry.leaderEpoch() + " after " + epoch);
            }
            epoch = entry.leaderEpoch();
        }
        appended.forEach(entry -> write(entry, listener));
    }

    private void write(LogEntry entry, AppliedEntries listener) {
        if (entry.isBatch()) {
            int before = tables.partitions.find(entry.idMsb(), entry.idLsb(), entry.partition());
            long start = before < 0 ? 0 : tables.partitions.nextOffset(before);
            write(entry);
            int row = tables.partitions.find(entry.idMsb(), entry.idLsb(), entry.partition());
            listener.onBatch(
                    entry.lsn(),
                    row,
                    start,
                    entry.lastOffset() + 1,
                    entry.payload().remaining());
            return;
        }
        if (entry.type() == EntryType.LOG_START) {
            listener.onLogStart(entry.lsn(), entry.idMsb(), entry.idLsb(), entry.partition(), entry.offset());
        }
        write(entry);
    }

    private void write(LogEntry entry) {
        disk.write(entry);
        tables.apply(entry);
    }

    @Override
    public void truncateTo(long lsn, long nowMs) {
        if (lsn >= nextLsn()) {
            return;
        }
        tally.count("truncations");
        if (disk.newestCheckpoint() != null && disk.newestCheckpoint().lsn() > lsn) {
            tally.count("truncations below a checkpoint");
        }
        if (!bugs.is(Bug.CHECKPOINT_ABOVE_TRUNCATION)) {
            disk.dropCheckpointsAbove(lsn);
        }
        disk.write(LogEntry.truncation(lsn));
        disk.force(disk.size());
        truncations++;
        recover();
        durableLsn = nextLsn();
    }

    @Override
    public void onCommitted(long lsn) {
        // Nothing is removed here.
    }

    @Override
    public OptionalLong findBatch(
            int partitionRow, long producerId, short epoch, int firstSequence, int lastSequence, long newestOffset) {
        for (int i = entries().size() - 1; i >= 0; i--) {
            LogEntry entry = entries().get(i);
            if (entry.isBatch()
                    && tables.partitions.find(entry.idMsb(), entry.idLsb(), entry.partition()) == partitionRow
                    && BatchHeader.producerId(entry.payload(), 0) == producerId
                    && BatchHeader.producerEpoch(entry.payload(), 0) == epoch
                    && BatchHeader.baseSequence(entry.payload(), 0) == firstSequence
                    && BatchHeader.lastSequence(entry.payload(), 0) == lastSequence) {
                return OptionalLong.of(entry.offset());
            }
        }
        return OptionalLong.empty();
    }

    // ---- what the process around it does

    /** All entries by LSN; not to be changed. */
    List<LogEntry> entries() {
        return disk.live();
    }

    /** Begins to force what is written now; the result, to be run when that is done, raises {@link #durableLsn}. */
    Runnable force() {
        int written = disk.size();
        long lsn = nextLsn();
        int since = truncations;
        return () -> {
            disk.force(written);
            if (since == truncations) {
                durableLsn = Math.max(durableLsn, lsn);
            }
        };
    }

    ShardDisk disk() {
        return disk;
    }

    /** Writes a checkpoint; all up to here is forced first. */
    void checkpoint() {
        disk.force(disk.size());
        durableLsn = nextLsn();
        disk.checkpoint(new ShardDisk.Checkpoint(nextLsn(), disk.size(), tables.copy()));
    }
}
