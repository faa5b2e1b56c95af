package io.braid.log;

import io.braid.log.index.BatchLocation;
import io.braid.log.index.SegmentIndex;
import io.braid.log.table.PartitionTable;
import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Counts what is in a segment, and sums up its batches so that two accounts of them can be compared. One thread. */
final class SegmentTally {
    private final PartitionTable partitions = new PartitionTable();
    private final boolean compacted;
    private long firstLsn = -1;
    private long endLsn = -1;
    private long records;
    private long liveBytes;
    private long deadBytes;
    private long digest;
    long entries;
    long batches;
    int problems;

    /** @param compacted whether the segment is compacted, so that batches without records have no timestamp */
    SegmentTally(boolean compacted) {
        this.compacted = compacted;
    }

    /** What an index file says of its segment. */
    static SegmentTally of(SegmentIndex index) throws IOException {
        SegmentTally tally = new SegmentTally(false);
        index.forEach(entry -> {
            for (int row = entry.firstRow(); row < entry.firstRow() + entry.batches(); row++) {
                BatchLocation batch = index.batch(row);
                tally.add(
                        entry.topicIdMsb(),
                        entry.topicIdLsb(),
                        entry.partition(),
                        batch.baseOffset(),
                        batch.lastOffset(),
                        batch.position(),
                        batch.sizeBytes(),
                        batch.leaderEpoch(),
                        batch.maxTimestamp());
            }
            return true;
        });
        return tally;
    }

    /** An entry whose LSN is not known. */
    void onEntry() {
        entries++;
    }

    void onEntry(long lsn, long nextLsn) {
        entries++;
        firstLsn = firstLsn < 0 ? lsn : Math.min(firstLsn, lsn);
        endLsn = Math.max(endLsn, nextLsn);
    }

    void onBatch(long idMsb, long idLsb, int partition, ByteBuffer batch, long position, boolean live) {
        int size = BatchHeader.sizeInBytes(batch, 0);
        partitions.findOrAdd(idMsb, idLsb, partition);
        records += BatchHeader.count(batch, 0);
        liveBytes += live ? size : 0;
        deadBytes += live ? 0 : size;
        add(
                idMsb,
                idLsb,
                partition,
                BatchHeader.baseOffset(batch, 0),
                BatchHeader.lastOffset(batch, 0),
                position,
                size,
                BatchHeader.leaderEpoch(batch, 0),
                compacted ? CompactedFiles.maxTimestamp(batch, 0) : BatchHeader.maxTimestamp(batch, 0));
    }

    private void add(long... fields) {
        long hash = 0;
        for (long field : fields) {
            hash = (hash ^ field) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 29;
        }
        digest += hash;
        batches++;
    }

    long endLsn() {
        return endLsn;
    }

    boolean hasSameBatches(SegmentTally other) {
        return batches == other.batches && digest == other.digest;
    }

    InspectedSegment segment(LogInspection.SegmentPath segment, long fileBytes) {
        return new InspectedSegment(
                segment.path(),
                segment.state(),
                segment.ordinal(),
                firstLsn,
                endLsn,
                fileBytes,
                entries,
                batches,
                records,
                partitions.size(),
                liveBytes,
                deadBytes,
                problems);
    }
}
