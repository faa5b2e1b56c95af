package io.braid.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;

/** Frames for tests, made with Kafka's own code. */
public final class Frames {
    private Frames() {}

    /** A catalog of every key in every version for which there are classes. */
    public static ApiCatalog everything() {
        ApiCatalog.Builder builder = ApiCatalog.builder();
        for (ApiKeys key : ApiKeys.values()) {
            if (key.hasValidVersion()) {
                builder.kafka(key, key == ApiKeys.PRODUCE ? 0 : key.oldestVersion(), key.latestVersion(true));
            }
        }
        return builder.build();
    }

    /** A request without its length field. */
    public static byte[] request(ApiKeys key, short version, int correlationId, String clientId, byte[] body) {
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(key.id)
                .setRequestApiVersion(version)
                .setCorrelationId(correlationId)
                .setClientId(clientId);
        byte[] head = bytes(header, key.requestHeaderVersion(version));
        byte[] frame = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, frame, head.length, body.length);
        return frame;
    }

    public static byte[] request(ApiKeys key, short version, int correlationId, Message body) {
        return request(key, version, correlationId, "test", bytes(body, version));
    }

    /** The message alone, as Kafka writes it. */
    public static byte[] bytes(Message message, short version) {
        ByteBuffer written = MessageUtil.toByteBufferAccessor(message, version).buffer();
        byte[] bytes = new byte[written.remaining()];
        written.get(bytes);
        return bytes;
    }

    public static ByteBufferAccessor readable(byte[] bytes) {
        return new ByteBufferAccessor(ByteBuffer.wrap(bytes));
    }

    /** The bytes of the pieces that an encoder made; releases them. */
    public static byte[] join(List<Object> pieces) {
        ByteBuf all = Unpooled.buffer();
        for (Object piece : pieces) {
            ByteBuf buffer = (ByteBuf) piece;
            all.writeBytes(buffer);
            buffer.release();
        }
        pieces.clear();
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return bytes;
    }
}
