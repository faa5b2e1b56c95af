package io.braid.broker.produce;

import io.braid.broker.shard.PartitionAppend;
import java.nio.ByteBuffer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;

/**
 * One partition of a produce request: what was sent, the verdict on it, and its append.
 *
 * <p>Owned by the event loop until its append goes to a shard, and again once the request is complete.
 */
final class PartitionProduce {
    private final int partition;
    private final ByteBuffer records;
    private final int sizeBytes;
    private Uuid topicId = Uuid.ZERO_UUID;
    private int shardId = -1;
    private TopicRules.Settings settings;
    private Errors error = Errors.NONE;
    private String message;
    private PartitionAppend append;

    PartitionProduce(ProduceRequestData.PartitionProduceData sent) {
        this.partition = sent.index();
        this.records = sent.records() == null ? null : ((MemoryRecords) sent.records()).buffer();
        this.sizeBytes = records == null ? 0 : records.remaining();
    }

    int partition() {
        return partition;
    }

    /** Bytes of the records that were sent; there are some once they were checked. */
    int sizeBytes() {
        return sizeBytes;
    }

    void goesTo(Uuid topic, int shard, TopicRules.Settings rules) {
        topicId = topic;
        shardId = shard;
        settings = rules;
    }

    int shardId() {
        return shardId;
    }

    void refuse(Errors why, String sentence) {
        error = why;
        message = sentence;
    }

    boolean mustUnpack() {
        return error == Errors.NONE && BatchCheck.mustUnpack(records, settings.batch());
    }

    /** Checks the records; afterwards there is an append or an error. */
    void check(boolean allAcks, long nowMs) {
        if (error != Errors.NONE) {
            return;
        }
        CheckedBatch checked = BatchCheck.check(records, settings.batch(), nowMs);
        if (checked.error() != Errors.NONE) {
            refuse(checked.error(), checked.message());
            return;
        }
        append = new PartitionAppend(
                topicId,
                partition,
                checked.batch(),
                allAcks ? settings.minInSyncReplicas() : 0,
                checked.logAppendTimeMs());
    }

    /** Null when the partition was refused before any shard saw it. */
    PartitionAppend append() {
        return append;
    }

    Errors error() {
        return append == null ? error : append.error();
    }

    String message() {
        return append == null ? message : append.message();
    }
}
