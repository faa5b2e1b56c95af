package io.braid.broker.shard;

import io.braid.log.EntryBatch;
import io.braid.log.PartitionView;
import io.braid.log.table.EpochTable;
import io.braid.log.table.PartitionTable;
import io.braid.log.table.ProducerTable;
import java.io.IOException;

/**
 * What the replica core needs of a shared log; a simulation puts a model of a disk behind it.
 *
 * <p>Owned by the shard thread.
 */
interface ShardStore {
    PartitionTable partitions();

    ProducerTable producers();

    EpochTable epochs();

    /** LSN that the next entry gets. */
    long nextLsn();

    /**
     * Appends the entries with consecutive LSNs and applies them to the tables.
     *
     * @return the LSN of the first entry
     * @throws IOException nothing was appended and the tables are as they were
     */
    long append(EntryBatch entries, long nowMs) throws IOException;

    /** An immutable view of one partition, readable from any thread. */
    PartitionView view(int partitionRow);
}
