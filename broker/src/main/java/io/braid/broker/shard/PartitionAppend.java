package io.braid.broker.shard;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/**
 * One partition's batch on its way into the log, and the answer to it.
 *
 * <p>Filled by an event loop, then owned by the shard thread until its {@link AppendTask} is done, then read by whoever
 * builds the response. The batch is a view of the request's frame and valid until the request is answered.
 */
public final class PartitionAppend {
    private final Uuid topicId;
    private final int partition;
    private final ByteBuffer batch;
    private final int minInSyncReplicas;
    private final long logAppendTimeMs;

    private Errors error = Errors.NONE;
    private String message;
    private long baseOffset = -1;
    private long logStartOffset = -1;
    private long ackLsn = -1;
    private int row = -1;

    /**
     * @param batch             one checked v2 batch, position at its first byte
     * @param minInSyncReplicas in-sync replicas that acks=all asks for; 0 when the request does not
     * @param logAppendTimeMs   the time set in the batch, or -1 when the producer's timestamps stand
     */
    public PartitionAppend(Uuid topicId, int partition, ByteBuffer batch, int minInSyncReplicas, long logAppendTimeMs) {
        this.topicId = Objects.requireNonNull(topicId);
        this.partition = partition;
        this.batch = Objects.requireNonNull(batch);
        this.minInSyncReplicas = minInSyncReplicas;
        this.logAppendTimeMs = logAppendTimeMs;
    }

    public Uuid topicId() {
        return topicId;
    }

    public int partition() {
        return partition;
    }

    ByteBuffer batch() {
        return batch;
    }

    int minInSyncReplicas() {
        return minInSyncReplicas;
    }

    public long logAppendTimeMs() {
        return logAppendTimeMs;
    }

    public Errors error() {
        return error;
    }

    /** A sentence for the client, or null. */
    public String message() {
        return message;
    }

    /** Offset of the first record, or -1 after an error. */
    public long baseOffset() {
        return baseOffset;
    }

    public long logStartOffset() {
        return logStartOffset;
    }

    /** The entries below this LSN must be committed before acks=all is answered; -1 after an error. */
    public long ackLsn() {
        return ackLsn;
    }

    int row() {
        return row;
    }

    void staged(int partitionRow, long firstOffset, long firstLogOffset) {
        row = partitionRow;
        baseOffset = firstOffset;
        logStartOffset = firstLogOffset;
    }

    void appended(long lsnAfter) {
        ackLsn = lsnAfter;
    }

    /** Answers with an error; the first one stands. */
    public void fail(Errors why, String sentence) {
        if (error == Errors.NONE) {
            error = why;
            message = sentence;
            baseOffset = -1;
            ackLsn = -1;
        }
    }
}
