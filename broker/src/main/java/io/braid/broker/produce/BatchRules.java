package io.braid.broker.produce;

import org.apache.kafka.common.record.internal.CompressionType;

/**
 * What a topic asks of a batch. Immutable.
 *
 * @param maxBatchBytes largest batch, as stored (max.message.bytes)
 * @param logAppendTime the broker sets the timestamps
 * @param timestampBeforeMaxMs how far a timestamp may lie in the past; {@link Long#MAX_VALUE} for any
 * @param timestampAfterMaxMs how far a timestamp may lie in the future; {@link Long#MAX_VALUE} for any
 * @param keysRequired compacted topics take no record without a key
 * @param codec the codec that batches are stored with, or null for the producer's
 */
public record BatchRules(
        int maxBatchBytes,
        boolean logAppendTime,
        long timestampBeforeMaxMs,
        long timestampAfterMaxMs,
        boolean keysRequired,
        CompressionType codec) {
    /** Whether records must be looked at one by one. */
    boolean needsRecords() {
        return keysRequired || (!logAppendTime && timestampBeforeMaxMs != Long.MAX_VALUE);
    }
}
