package io.braid.broker.shard;

import io.braid.log.AppliedEntries;
import io.braid.log.EntryBatch;
import io.braid.log.EntryRun;
import io.braid.log.table.EpochTable;
import io.braid.log.table.PartitionTable;
import io.braid.log.table.ProducerTable;
import java.io.IOException;
import java.util.OptionalLong;

/**
 * What the replica core needs of a shared log; a simulation puts a model of a disk behind it.
 *
 * <p>Entries are applied to the tables when they are appended, and taken back when they are truncated. What they end is removed for
 * good only below what {@link #onCommitted} says; until that is called for the first time after opening, everything counts as
 * committed when it is appended. Owned by the shard thread.
 */
public interface ShardStore {
    PartitionTable partitions();

    ProducerTable producers();

    EpochTable epochs();

    /** Lowest LSN from which all entries can be read. */
    long startLsn();

    /** LSN that the next entry gets. */
    long nextLsn();

    /** Entries below this LSN survive a power cut. */
    long durableLsn();

    /**
     * Appends the entries with consecutive LSNs and applies them to the tables.
     *
     * @return the LSN of the first entry
     * @throws IOException nothing was appended and the tables are as they were
     */
    long append(EntryBatch entries, long nowMs) throws IOException;

    /**
     * Appends entries as they came from another replica, which begin with {@link #nextLsn}, and applies them as
     * {@link #append} does. Takes ownership of the run.
     *
     * @throws io.braid.log.CorruptRunException nothing was appended
     * @throws IOException nothing was appended; the log is unusable, or short of space
     *     ({@link io.braid.log.LogFullException})
     */
    void appendReplicated(EntryRun run, long nowMs, AppliedEntries listener) throws IOException;

    /**
     * Drops all entries from {@code lsn} on, durably. Partitions may have other rows afterwards.
     *
     * @param lsn not below what is committed
     */
    void truncateTo(long lsn, long nowMs) throws IOException;

    /** Entries below this LSN are committed: they are never truncated, and what they end may be removed. */
    void onCommitted(long lsn);

    /**
     * Base offset of an earlier batch with the same producer, epoch and sequences, among the last five or so of that producer.
     *
     * @param newestOffset last offset of the producer's newest batch
     */
    OptionalLong findBatch(
            int partitionRow, long producerId, short epoch, int firstSequence, int lastSequence, long newestOffset)
            throws IOException;
}
