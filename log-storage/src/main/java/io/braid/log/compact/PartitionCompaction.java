package io.braid.log.compact;

import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.CloseableIterator;

/**
 * One pass over a partition: first the keys of its dirty part go into the {@link OffsetMap}, until that is full; then everything
 * from the log start to where the map ends is gone through, and what the map does not know a newer record of is written.
 *
 * <p>A batch stays as a header when its records go but it is the newest of a producer (the producer goes on after a restart), the
 * first of a leader epoch (the ends of epochs stay as they were) or the last of the pass (it says how far the partition is
 * compacted). Used once, by one thread.
 */
public final class PartitionCompaction {
    private final OffsetMap latest;
    private final BatchSource source;
    private final LongPredicate newestOfProducer;
    private final BufferSupplier decompression;

    private long endOffset;
    private long mappedTo;
    private boolean full;
    private int epoch = -1;
    private long bytesRead;
    private long recordsRead;
    private long recordsKept;

    /** Takes what is left of the batches. */
    public interface Sink {
        /**
         * Takes one batch.
         *
         * @param batch between position and limit; valid during the call
         */
        void add(ByteBuffer batch) throws IOException;
    }

    /**
     * @param latest an empty map
     * @param source of the partition
     * @param newestOfProducer whether an offset is the last offset of the newest batch of some producer
     * @param decompression buffers to be used again
     */
    public PartitionCompaction(
            OffsetMap latest, BatchSource source, LongPredicate newestOfProducer, BufferSupplier decompression) {
        this.latest = latest;
        this.source = source;
        this.newestOfProducer = newestOfProducer;
        this.decompression = decompression;
    }

    /**
     * Maps the dirty part.
     *
     * @param dirtyOffset where it begins
     * @param limitOffset where it ends at the latest; no batch reaches over it
     * @return where the pass ends: at {@code limitOffset}, or before it at the end of a batch when the map got full
     */
    public long map(long dirtyOffset, long limitOffset) throws IOException {
        endOffset = dirtyOffset;
        mappedTo = dirtyOffset - 1;
        source.forEach(dirtyOffset, limitOffset, batch -> {
            bytesRead += batch.remaining();
            boolean first = endOffset == dirtyOffset;
            long before = mappedTo;
            mapKeys(batch, dirtyOffset);
            if (full && !first) {
                // What was mapped of this batch stays in the map, but the records up to there are not superseded by
                // records that are left where they are: those survive, so the older ones may go.
                mappedTo = before;
                return false;
            }
            endOffset = BatchHeader.lastOffset(batch, batch.position()) + 1;
            return !full;
        });
        return endOffset;
    }

    private void mapKeys(ByteBuffer batch, long dirtyOffset) {
        MutableRecordBatch records = MemoryRecords.readableRecords(batch.slice())
                .batches()
                .iterator()
                .next();
        if (!records.isControlBatch()) {
            try (CloseableIterator<Record> each = records.streamingIterator(decompression)) {
                while (each.hasNext()) {
                    Record record = each.next();
                    if (record.hasKey()
                            && record.offset() >= dirtyOffset
                            && !latest.put(record.key(), record.offset())) {
                        full = true;
                        return;
                    }
                    mappedTo = record.offset();
                }
            }
        }
        mappedTo = records.lastOffset();
    }

    /**
     * Writes what survives of the batches from the log start to where {@link #map} ended.
     *
     * @param fromOffset the log start
     * @param nowMs wall-clock time
     */
    public void clean(long fromOffset, long nowMs, long deleteRetentionMs, Sink sink) throws IOException {
        BatchCleaner cleaner = new BatchCleaner(latest, mappedTo, nowMs, deleteRetentionMs, decompression);
        source.forEach(fromOffset, endOffset, batch -> {
            int at = batch.position();
            bytesRead += batch.remaining();
            Optional<ByteBuffer> left = cleaner.clean(batch, keepsHeader(batch, at));
            epoch = Math.max(epoch, BatchHeader.leaderEpoch(batch, at));
            if (left.isPresent()) {
                sink.add(left.get());
            }
            return true;
        });
        recordsRead += cleaner.recordsRead();
        recordsKept += cleaner.recordsKept();
    }

    private boolean keepsHeader(ByteBuffer batch, int at) {
        long lastOffset = BatchHeader.lastOffset(batch, at);
        return BatchHeader.leaderEpoch(batch, at) > epoch
                || lastOffset + 1 == endOffset
                || (BatchHeader.producerId(batch, at) >= 0 && newestOfProducer.test(lastOffset));
    }

    /** Bytes of the batches gone through, those of the dirty part twice. */
    public long bytesRead() {
        return bytesRead;
    }

    /** Records gone through while cleaning. */
    public long recordsRead() {
        return recordsRead;
    }

    /** Records that survived. */
    public long recordsKept() {
        return recordsKept;
    }

    /** Whether the map had no room for the whole dirty part: another pass is due. */
    public boolean isPartial() {
        return full;
    }
}
