package io.braid.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.Readable;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.protocol.types.RawTaggedField;

/**
 * Produce versions 0 to 2, which carry the record formats 0 and 1: listed because librdkafka drops compression where they
 * are missing (KAFKA-18659), read, and refused with UNSUPPORTED_VERSION for each partition.
 *
 * <p>The generated classes begin at version 3, which differs by the transactional id in front and in the response.
 */
final class LegacyProduce {
    static final short FIRST_DECODABLE_VERSION = 3;

    private LegacyProduce() {}

    static DecodedRequest refuse(
            Api api, short version, int correlationId, String clientId, ByteBuffer frame, int maxPlainBytes)
            throws InvalidRequestException {
        ProduceRequestData body = new ProduceRequestData();
        body.read(new AsVersion3(frame, maxPlainBytes), FIRST_DECODABLE_VERSION);
        if (body.acks() == 0) {
            throw new InvalidRequestException("unsupported version " + version + " of " + api.name() + " with acks=0");
        }
        return new DecodedRequest(api, version, correlationId, clientId, body, false, Optional.of(new Response(body)));
    }

    /** Puts a null transactional id, the one difference between the requests, in front of what is read. */
    private static final class AsVersion3 extends FrameReadable {
        private boolean begun;

        AsVersion3(ByteBuffer frame, int maxPlainBytes) {
            super(frame, maxPlainBytes, false);
        }

        @Override
        public short readShort() {
            boolean first = !begun;
            begun = true;
            return first ? -1 : super.readShort();
        }
    }

    /** Version 0: topics with (partition, error, base offset); 1 adds the throttle time, 2 the append time. */
    private static final class Response implements ApiMessage {
        private final ProduceRequestData request;

        Response(ProduceRequestData request) {
            this.request = request;
        }

        @Override
        public void write(Writable writable, ObjectSerializationCache cache, short version) {
            writable.writeInt(request.topicData().size());
            for (TopicProduceData topic : request.topicData()) {
                byte[] name = cache.getSerializedValue(topic.name());
                writable.writeShort((short) name.length);
                writable.writeByteArray(name);
                writable.writeInt(topic.partitionData().size());
                for (PartitionProduceData partition : topic.partitionData()) {
                    writable.writeInt(partition.index());
                    writable.writeShort(Errors.UNSUPPORTED_VERSION.code());
                    writable.writeLong(-1);
                    if (version >= 2) {
                        writable.writeLong(-1);
                    }
                }
            }
            if (version >= 1) {
                writable.writeInt(0);
            }
        }

        @Override
        public void addSize(MessageSizeAccumulator size, ObjectSerializationCache cache, short version) {
            size.addBytes(Integer.BYTES + (version >= 1 ? Integer.BYTES : 0));
            int partitionBytes = Integer.BYTES + Short.BYTES + Long.BYTES + (version >= 2 ? Long.BYTES : 0);
            for (TopicProduceData topic : request.topicData()) {
                byte[] name = topic.name().getBytes(StandardCharsets.UTF_8);
                cache.cacheSerializedValue(topic.name(), name);
                size.addBytes(Short.BYTES + name.length + Integer.BYTES);
                size.addBytes(
                        Math.multiplyExact(partitionBytes, topic.partitionData().size()));
            }
        }

        @Override
        public short apiKey() {
            return request.apiKey();
        }

        @Override
        public short lowestSupportedVersion() {
            return 0;
        }

        @Override
        public short highestSupportedVersion() {
            return FIRST_DECODABLE_VERSION - 1;
        }

        @Override
        public void read(Readable readable, short version) {
            throw new UnsupportedOperationException("responses of Produce " + version + " are only written");
        }

        @Override
        public List<RawTaggedField> unknownTaggedFields() {
            return new ProduceResponseData().unknownTaggedFields();
        }

        @Override
        public Message duplicate() {
            return new Response(request.duplicate());
        }
    }
}
