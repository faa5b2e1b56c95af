package io.braid.broker.shard;

import io.braid.log.AppliedEntries;
import io.braid.log.EntryBatch;
import io.braid.log.EntryRun;
import io.braid.log.SharedLog;
import io.braid.log.table.EpochTable;
import io.braid.log.table.PartitionTable;
import io.braid.log.table.ProducerTable;
import io.braid.protocol.records.FetchedRecords;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/** The replica core's store on a real shared log. Owned by the shard thread. */
final class SharedLogStore implements ShardStore {
    private final SharedLog log;

    SharedLogStore(SharedLog log) {
        this.log = log;
    }

    @Override
    public PartitionTable partitions() {
        return log.partitions();
    }

    @Override
    public ProducerTable producers() {
        return log.producers();
    }

    @Override
    public EpochTable epochs() {
        return log.epochs();
    }

    @Override
    public long startLsn() {
        return log.startLsn();
    }

    @Override
    public long nextLsn() {
        return log.nextLsn();
    }

    @Override
    public long durableLsn() {
        return log.flushedLsn();
    }

    @Override
    public long append(EntryBatch entries, long nowMs) throws IOException {
        return log.append(entries, nowMs);
    }

    @Override
    public void appendReplicated(EntryRun run, long nowMs, AppliedEntries listener) throws IOException {
        if (run.entries().parts().size() == 1
                && run.entries().parts().get(0) instanceof FetchedRecords.Bytes bytes
                && bytes.buffer().nioBufferCount() == 1) {
            try {
                ByteBuffer received = bytes.buffer().nioBuffer();
                log.appendReplicated(received, nowMs, listener);
            } finally {
                run.release();
            }
        } else {
            log.appendReplicated(run.takeBytes(), nowMs, listener);
        }
    }

    @Override
    public void truncateTo(long lsn, long nowMs) throws IOException {
        log.truncateTo(lsn, nowMs);
    }

    @Override
    public void onCommitted(long lsn) {
        log.onCommitted(lsn);
    }

    @Override
    public OptionalLong findBatch(
            int partitionRow, long producerId, short epoch, int firstSequence, int lastSequence, long newestOffset)
            throws IOException {
        return log.view(partitionRow).findBatch(producerId, epoch, firstSequence, lastSequence, newestOffset);
    }
}
