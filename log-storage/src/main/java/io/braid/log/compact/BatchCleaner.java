package io.braid.log.compact;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecords.RecordFilter;
import org.apache.kafka.common.record.internal.MemoryRecords.RecordFilter.BatchRetention;
import org.apache.kafka.common.record.internal.MemoryRecords.RecordFilter.BatchRetentionResult;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.internals.BufferSupplier;

/**
 * Takes out of a batch the records that are not the last of their key, and tombstones past their time. Base offset, last offset,
 * leader epoch, producer, sequences and codec of the batch stay; a batch that shrinks is encoded anew.
 *
 * <p>A tombstone that is met for the first time gives its batch a <em>delete horizon</em> of now plus
 * {@code delete.retention.ms}, kept in the base timestamp with an attribute that says so (KIP-534); it goes in a pass after that.
 * Records without a key have no place in a compacted topic and go; only topics that were not compacted before have any. Control
 * batches stay. Owned by one thread.
 */
public final class BatchCleaner {
    private static final double ROOM = 1.25;

    /** So far ahead a time can be told. */
    private static final long MAX_RETENTION_MS = Long.MAX_VALUE / 4;

    private final BufferSupplier decompression;
    private final RecordFilter filter;
    private ByteBuffer output = ByteBuffer.allocate(64 << 10);
    private boolean keepEmpty;
    private long recordsRead;
    private long recordsKept;

    /**
     * @param latest newest offsets of the keys
     * @param mappedTo last offset that {@code latest} knows of: records beyond it stay
     * @param nowMs wall-clock time
     * @param deleteRetentionMs how long a tombstone stays
     * @param decompression buffers to be used again
     */
    public BatchCleaner(
            OffsetMap latest, long mappedTo, long nowMs, long deleteRetentionMs, BufferSupplier decompression) {
        this.decompression = decompression;
        this.filter = new RecordFilter(nowMs, Math.min(deleteRetentionMs, MAX_RETENTION_MS)) {
            @Override
            protected BatchRetentionResult checkBatchRetention(RecordBatch batch) {
                return new BatchRetentionResult(
                        keepEmpty ? BatchRetention.RETAIN_EMPTY : BatchRetention.DELETE_EMPTY, false);
            }

            @Override
            protected boolean shouldRetainRecord(RecordBatch batch, Record record) {
                if (record.offset() > mappedTo) {
                    return true;
                }
                if (!record.hasKey() || record.offset() < latest.get(record.key())) {
                    return false;
                }
                return record.hasValue()
                        || batch.deleteHorizonMs().isEmpty()
                        || nowMs < batch.deleteHorizonMs().getAsLong();
            }
        };
    }

    /**
     * Cleans one batch of format v2.
     *
     * @param batch between position and limit; left as it is
     * @param keepHeader whether the batch stays, without records, when none of them does
     * @return the batch, or what is left of it, valid until the next call; empty when nothing is
     */
    public Optional<ByteBuffer> clean(ByteBuffer batch, boolean keepHeader) {
        MemoryRecords records = MemoryRecords.readableRecords(batch.slice());
        if (records.batches().iterator().next().isControlBatch()) {
            return Optional.of(batch);
        }
        keepEmpty = keepHeader;
        if (output.capacity() < batch.remaining() * ROOM) {
            output = ByteBuffer.allocate((int) (batch.remaining() * ROOM));
        }
        output.clear();
        MemoryRecords.FilterResult result = records.filterTo(filter, output, decompression, Integer.MAX_VALUE);
        recordsRead += result.messagesRead();
        recordsKept += result.messagesRetained();
        ByteBuffer left = result.outputBuffer().flip();
        return left.hasRemaining() ? Optional.of(left) : Optional.empty();
    }

    /** Records looked at. */
    public long recordsRead() {
        return recordsRead;
    }

    /** Records left. */
    public long recordsKept() {
        return recordsKept;
    }
}
