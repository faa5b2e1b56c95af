package io.braid.protocol;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.types.RawTaggedField;

/**
 * The metadata version of the broker that answers, as a tagged field behind the fields of a response: 8 bytes, big-endian.
 * Clients that do not know the tag skip it, as the protocol's rules for tagged fields say (KIP-482). Stateless.
 */
public final class MetadataVersionTag {
    /** Far above what Kafka's own fields use. */
    public static final int TAG = 10_000;

    private MetadataVersionTag() {}

    /** Adds the field to a response that is sent in a version with tagged fields: in another it could not be written. */
    public static void add(ApiMessage response, long metadataVersion) {
        byte[] value = ByteBuffer.allocate(Long.BYTES).putLong(metadataVersion).array();
        response.unknownTaggedFields().add(new RawTaggedField(TAG, value));
    }

    /** What the sender said; empty for a server that does not say it. */
    public static OptionalLong of(ApiMessage response) {
        List<RawTaggedField> fields = response.unknownTaggedFields();
        for (RawTaggedField field : fields) {
            if (field.tag() == TAG && field.size() == Long.BYTES) {
                return OptionalLong.of(ByteBuffer.wrap(field.data()).getLong());
            }
        }
        return OptionalLong.empty();
    }
}
