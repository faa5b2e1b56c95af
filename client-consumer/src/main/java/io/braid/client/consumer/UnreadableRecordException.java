package io.braid.client.consumer;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** A batch whose bytes are not what was written, or a record that a deserializer refused. */
public final class UnreadableRecordException extends KafkaException {
    private static final long serialVersionUID = 1L;

    private final transient TopicPartition topicPartition;
    private final long offset;
    private final long nextOffset;

    public UnreadableRecordException(
            TopicPartition topicPartition, long offset, long nextOffset, String message, Throwable cause) {
        super(message + " partition=" + topicPartition + " offset=" + offset, cause);
        this.topicPartition = topicPartition;
        this.offset = offset;
        this.nextOffset = nextOffset;
    }

    public TopicPartition topicPartition() {
        return topicPartition;
    }

    /** Of the record, or of the first one of the batch. */
    public long offset() {
        return offset;
    }

    /** Where to seek to go on without it. */
    public long nextOffset() {
        return nextOffset;
    }
}
