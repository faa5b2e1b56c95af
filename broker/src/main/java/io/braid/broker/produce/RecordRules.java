package io.braid.broker.produce;

import io.braid.protocol.records.BatchHeader;
import java.nio.ByteBuffer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.internals.ByteBufferOutputStream;

/** The rules of a topic that concern single records, and what the broker changes in a batch. Stateless; any thread. */
final class RecordRules {
    private RecordRules() {}

    /** The batch as it is to be stored, or why not. Its frame, CRC and records are known to be sound. */
    static CheckedBatch apply(ByteBuffer batch, BatchRules rules, long nowMs) {
        if (rules.needsRecords()) {
            CheckedBatch bad = lookAtRecords(batch, rules, nowMs);
            if (bad != null) {
                return bad;
            }
        }
        int at = batch.position();
        if (rules.codec() != null && rules.codec().id != BatchHeader.compression(batch, at)) {
            return reencode(batch, rules, nowMs);
        }
        if (rules.logAppendTime()) {
            BatchHeader.setLogAppendTime(batch, at, nowMs);
            return CheckedBatch.accepted(batch, nowMs);
        }
        if (BatchHeader.isLogAppendTime(batch, at)) {
            return CheckedBatch.refused(Errors.INVALID_TIMESTAMP, "only the broker sets the LogAppendTime attribute");
        }
        return CheckedBatch.accepted(batch, -1);
    }

    /** Null when every record is in order. */
    private static CheckedBatch lookAtRecords(ByteBuffer batch, BatchRules rules, long nowMs) {
        MutableRecordBatch records = only(batch);
        for (Record record : records) {
            if (rules.keysRequired() && !record.hasKey()) {
                return CheckedBatch.refused(Errors.INVALID_RECORD, "records of a compacted topic need a key");
            }
            if (!rules.logAppendTime()
                    && rules.timestampBeforeMaxMs() != Long.MAX_VALUE
                    && record.timestamp() < nowMs - rules.timestampBeforeMaxMs()) {
                return CheckedBatch.refused(
                        Errors.INVALID_TIMESTAMP,
                        "timestamp " + record.timestamp() + " is more than message.timestamp.before.max.ms="
                                + rules.timestampBeforeMaxMs() + " behind the broker's " + nowMs);
            }
        }
        return null;
    }

    /** The same records in the topic's codec, with the producer's identity and sequence. */
    private static CheckedBatch reencode(ByteBuffer batch, BatchRules rules, long nowMs) {
        MutableRecordBatch records = only(batch);
        TimestampType type = rules.logAppendTime() ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME;
        try (ByteBufferOutputStream out = new ByteBufferOutputStream(Math.max(1024, batch.remaining()))) {
            MemoryRecordsBuilder builder = new MemoryRecordsBuilder(
                    out,
                    BatchHeader.MAGIC,
                    Compression.of(rules.codec()).build(),
                    type,
                    0,
                    rules.logAppendTime() ? nowMs : -1,
                    records.producerId(),
                    records.producerEpoch(),
                    records.baseSequence(),
                    false,
                    false,
                    -1,
                    Integer.MAX_VALUE);
            long offset = 0;
            for (Record record : records) {
                builder.appendWithOffset(offset++, record.timestamp(), record.key(), record.value(), record.headers());
            }
            ByteBuffer built = builder.build().buffer();
            if (built.remaining() > rules.maxBatchBytes()) {
                return CheckedBatch.refused(
                        Errors.MESSAGE_TOO_LARGE,
                        "batch of " + built.remaining() + " bytes in the topic's codec, max.message.bytes="
                                + rules.maxBatchBytes());
            }
            return CheckedBatch.accepted(built, rules.logAppendTime() ? nowMs : -1);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static MutableRecordBatch only(ByteBuffer batch) {
        return MemoryRecords.readableRecords(batch.slice()).batchIterator().next();
    }
}
