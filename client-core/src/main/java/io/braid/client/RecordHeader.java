package io.braid.client;

import java.util.Objects;

/**
 * A name and some bytes that travel with a record.
 *
 * @param value may be null
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record RecordHeader(String key, byte[] value) {
    public RecordHeader {
        Objects.requireNonNull(key, "key");
    }
}
