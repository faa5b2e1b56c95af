package io.braid.log.index;

import io.braid.log.rows.RowCursor;
import java.io.IOException;
import java.util.Optional;

/** A partition's batches in a segment with an index file. */
final class SealedPart implements SegmentPart {
    private static final int NONE = -1;

    private final PartitionChain chain;
    private final SegmentIndex index;
    private final DirectoryEntry entry;

    SealedPart(PartitionChain chain, SegmentIndex index, DirectoryEntry entry) {
        this.chain = chain;
        this.index = index;
        this.entry = entry;
    }

    @Override
    public int segment() {
        return index.info().firstSegment();
    }

    @Override
    public boolean inMemory() {
        return false;
    }

    @Override
    public long firstOffset() {
        return entry.firstOffset();
    }

    @Override
    public long lastOffset() {
        return entry.lastOffset();
    }

    @Override
    public int lastLeaderEpoch() {
        return entry.lastLeaderEpoch();
    }

    @Override
    public long bytes() {
        return entry.bytes();
    }

    @Override
    public long maxTimestamp() {
        return entry.maxTimestamp();
    }

    long runningMaxTimestamp() {
        return entry.runningMaxTimestamp();
    }

    /** What retention by time goes by: batches without timestamps are as old as the segment. */
    long retentionTimestamp() {
        return entry.maxTimestamp() < 0 ? index.info().sealedMs() : entry.maxTimestamp();
    }

    @Override
    public Optional<SegmentPart> previous() throws IOException {
        return chain.find(entry.previousSegment(), NONE, segment());
    }

    @Override
    public Optional<SegmentPart> jump() throws IOException {
        boolean shortcut = entry.jumpSegment() != entry.previousSegment();
        return shortcut ? chain.find(entry.jumpSegment(), NONE, segment()) : Optional.empty();
    }

    @Override
    public Optional<BatchLocation> floor(long offset) throws IOException {
        return batch(index.floor(chain.batches(), entry, offset));
    }

    @Override
    public Optional<BatchLocation> firstAfterEpoch(int leaderEpoch) throws IOException {
        return batch(where((batch, limit) -> batch.getInt(IndexFormat.BATCH_LEADER_EPOCH) > limit, leaderEpoch));
    }

    @Override
    public Optional<BatchLocation> firstWithTimestamp(long timestamp, long fromOffset) throws IOException {
        int first = ceiling(fromOffset);
        int found = whereReaching(timestamp);
        if (first == NONE || found == NONE || found >= first) {
            return first == NONE ? Optional.empty() : batch(found);
        }
        // A batch before fromOffset reached the timestamp first: the running maximum says nothing of the others.
        for (int row = first; row < end(); row++) {
            index.seek(chain.batches(), row);
            if (chain.batches().getLong(IndexFormat.BATCH_MAX_TIMESTAMP) >= timestamp) {
                return batch(row);
            }
        }
        return Optional.empty();
    }

    @Override
    public Optional<BatchLocation> withMaxTimestamp(long fromOffset, long endOffset) throws IOException {
        int first = ceiling(fromOffset);
        int last = index.floor(chain.batches(), entry, endOffset - 1);
        if (first == NONE || last < first) {
            return Optional.empty();
        }
        index.seek(chain.batches(), last);
        long greatest = chain.batches().getLong(IndexFormat.BATCH_RUNNING_MAX_TIMESTAMP);
        int best = whereReaching(greatest);
        if (best < first) {
            best = first;
            greatest = Long.MIN_VALUE;
            for (int row = first; row <= last; row++) {
                index.seek(chain.batches(), row);
                long timestamp = chain.batches().getLong(IndexFormat.BATCH_MAX_TIMESTAMP);
                best = timestamp > greatest ? row : best;
                greatest = Math.max(greatest, timestamp);
            }
        }
        return batch(best);
    }

    private int whereReaching(long timestamp) throws IOException {
        return where((batch, limit) -> batch.getLong(IndexFormat.BATCH_RUNNING_MAX_TIMESTAMP) >= limit, timestamp);
    }

    private int ceiling(long offset) throws IOException {
        return index.ceiling(chain.batches(), entry, offset);
    }

    private int where(SegmentIndex.BatchTest test, long argument) throws IOException {
        return index.oldestWhere(chain.batches(), entry, test, argument);
    }

    private Optional<BatchLocation> batch(int row) throws IOException {
        return row == NONE ? Optional.empty() : Optional.of(index.batch(chain.batches(), row));
    }

    private int end() {
        return entry.firstRow() + entry.batches();
    }

    @Override
    public BatchRun from(long offset) throws IOException {
        int first = ceiling(offset);
        return new Run(first == NONE ? end() : first);
    }

    /** Rows of the file one after the other. */
    private final class Run implements BatchRun {
        private int row;

        Run(int row) {
            this.row = row;
        }

        @Override
        public boolean next(BatchCursor into) throws IOException {
            if (row >= end()) {
                return false;
            }
            RowCursor batch = chain.batches();
            index.seek(batch, row++);
            into.set(
                    segment(),
                    SegmentIndex.position(batch),
                    batch.getInt(IndexFormat.BATCH_SIZE),
                    SegmentIndex.baseOffset(batch),
                    SegmentIndex.lastOffset(batch),
                    batch.getInt(IndexFormat.BATCH_LEADER_EPOCH),
                    batch.getLong(IndexFormat.BATCH_MAX_TIMESTAMP));
            return true;
        }
    }
}
