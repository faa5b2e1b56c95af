package io.braid.client.producer;

/**
 * Where an acknowledged record is.
 *
 * @param offset or -1 when the broker found that it had the record already and no longer knows where
 * @param timestampMs the record's, or the broker's where the topic says LogAppendTime
 */
public record RecordMetadata(String topic, int partition, long offset, long timestampMs) {
    /** The offset of a record that was a repetition. */
    public static final long UNKNOWN_OFFSET = -1;
}
