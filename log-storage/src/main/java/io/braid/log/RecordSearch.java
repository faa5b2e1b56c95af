package io.braid.log;

import io.braid.protocol.records.BatchHeader;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;

/** Looks into a batch's records, decompressing them. Stateless. */
final class RecordSearch {
    private RecordSearch() {}

    /** First record of a batch with a timestamp of at least {@code timestampMs} and an offset in {@code [from, end)}. */
    static Optional<OffsetAndTimestamp> firstAtOrAfter(ByteBuffer batch, long timestampMs, long from, long end) {
        for (RecordBatch records : MemoryRecords.readableRecords(batch).batches()) {
            for (Record record : records) {
                if (record.offset() >= from && record.offset() < end && record.timestamp() >= timestampMs) {
                    return Optional.of(new OffsetAndTimestamp(
                            record.offset(), record.timestamp(), records.partitionLeaderEpoch()));
                }
            }
        }
        return Optional.empty();
    }

    static boolean isFrom(ByteBuffer header, long producerId, short epoch) {
        return BatchHeader.producerId(header, 0) == producerId && BatchHeader.producerEpoch(header, 0) == epoch;
    }
}
