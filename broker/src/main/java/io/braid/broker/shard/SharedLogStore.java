package io.braid.broker.shard;

import io.braid.log.EntryBatch;
import io.braid.log.PartitionView;
import io.braid.log.SharedLog;
import io.braid.log.table.EpochTable;
import io.braid.log.table.PartitionTable;
import io.braid.log.table.ProducerTable;
import java.io.IOException;

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
    public long nextLsn() {
        return log.nextLsn();
    }

    @Override
    public long append(EntryBatch entries, long nowMs) throws IOException {
        return log.append(entries, nowMs);
    }

    @Override
    public PartitionView view(int partitionRow) {
        return log.view(partitionRow);
    }
}
