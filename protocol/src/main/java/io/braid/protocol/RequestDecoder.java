package io.braid.protocol;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.utils.internals.ByteUtils;

/**
 * Turns the frames of one connection into requests. Owned by the connection's event loop.
 *
 * <p>A request that is not spoken ends in an {@link InvalidRequestException}, with two exceptions that Kafka's clients
 * depend on: an unknown version of ApiVersions is answered in version 0 with error 35 and the list of keys (KIP-511),
 * and Produce 0-2, which must be listed (KAFKA-18659), gets an error for each partition.
 */
public final class RequestDecoder {
    private static final int FIXED_HEADER_BYTES = 10; // key, version, correlation id, length of the client id

    private final ApiCatalog catalog;
    private final int maxPlainBytes;
    private String clientId = "";
    private byte[] clientIdBytes = new byte[0];

    /**
     * @param maxPlainBytes limit on the part of a request that is not records
     */
    public RequestDecoder(ApiCatalog catalog, int maxPlainBytes) {
        this.catalog = catalog;
        this.maxPlainBytes = maxPlainBytes;
    }

    /**
     * Decodes one frame, from the buffer's position to its limit (both are moved).
     *
     * @throws InvalidRequestException when it is not a request that is spoken; the connection should be closed
     */
    public DecodedRequest decode(ByteBuffer frame) throws InvalidRequestException {
        if (frame.remaining() < FIXED_HEADER_BYTES) {
            throw new InvalidRequestException("frame of " + frame.remaining() + " bytes has no request header");
        }
        short key = frame.getShort();
        short version = frame.getShort();
        int correlationId = frame.getInt();
        Optional<Api> found = catalog.api(key);
        if (found.isEmpty()) {
            throw new InvalidRequestException("unknown api key " + key + " (version " + version + ")");
        }
        Api api = found.get();
        try {
            readClientId(frame);
            if (!api.supports(version)) {
                return refuseVersion(api, version, correlationId);
            }
            if (api.requestHeaderVersion(version) >= 2) {
                skipTaggedFields(frame);
            }
            if (key == ApiKeys.PRODUCE.id && version < LegacyProduce.FIRST_DECODABLE_VERSION) {
                return LegacyProduce.refuse(api, version, correlationId, clientId, frame, maxPlainBytes);
            }
            FrameReadable readable = new FrameReadable(frame, maxPlainBytes, false);
            ApiMessage body = api.newRequest();
            body.read(readable, version);
            return new DecodedRequest(api, version, correlationId, clientId, body, readable.viewed(), Optional.empty());
        } catch (RuntimeException e) { // whatever the generated classes throw at bytes that are not such a message
            String detail = e instanceof BufferUnderflowException ? "a length exceeds the frame" : e.toString();
            throw new InvalidRequestException("malformed " + api.name() + " version " + version + ": " + detail);
        }
    }

    private DecodedRequest refuseVersion(Api api, short version, int correlationId) throws InvalidRequestException {
        if (api.key() != ApiKeys.API_VERSIONS.id || version < 0) {
            throw new InvalidRequestException("unsupported version " + version + " of " + api);
        }
        return new DecodedRequest(
                api,
                (short) 0,
                correlationId,
                clientId,
                new ApiVersionsRequestData(),
                false,
                Optional.of(catalog.unsupportedApiVersionsResponse()));
    }

    /** Makes a new string only when the client id is not the one of the connection's last request. */
    private void readClientId(ByteBuffer frame) throws InvalidRequestException {
        short length = frame.getShort();
        if (length > frame.remaining()) {
            throw new InvalidRequestException("client id of " + length + " bytes exceeds the frame");
        }
        int size = Math.max(0, length);
        int position = frame.position();
        boolean same = size == clientIdBytes.length;
        for (int i = 0; same && i < size; i++) {
            same = frame.get(position + i) == clientIdBytes[i];
        }
        if (same) {
            frame.position(position + size);
        } else {
            clientIdBytes = new byte[size];
            frame.get(clientIdBytes);
            clientId = new String(clientIdBytes, StandardCharsets.UTF_8);
        }
    }

    private static void skipTaggedFields(ByteBuffer frame) {
        for (int fields = ByteUtils.readUnsignedVarint(frame); fields != 0; fields--) {
            ByteUtils.readUnsignedVarint(frame);
            int size = ByteUtils.readUnsignedVarint(frame);
            if (size < 0 || size > frame.remaining()) {
                throw new BufferUnderflowException();
            }
            frame.position(frame.position() + size);
        }
    }
}
