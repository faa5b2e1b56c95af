package io.braid.protocol;

import java.util.function.Supplier;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * One request type that is spoken: its key, the versions offered, and how its messages are made. Immutable.
 *
 * <p>Kafka's keys take their header versions from the generated classes; vendor keys always use the flexible headers
 * (request header 2, response header 1).
 */
public final class Api {
    private final short key;
    private final String name;
    private final short minVersion;
    private final short maxVersion;
    private final ApiMessageType type; // null for a vendor key
    private final Supplier<ApiMessage> request;
    private final Supplier<ApiMessage> response;

    private Api(
            short key,
            String name,
            short minVersion,
            short maxVersion,
            ApiMessageType type,
            Supplier<ApiMessage> request,
            Supplier<ApiMessage> response) {
        if (minVersion < 0 || maxVersion < minVersion) {
            throw new IllegalArgumentException(
                    "versions of " + name + " must be 0 <= min <= max: " + minVersion + ".." + maxVersion);
        }
        this.key = key;
        this.name = name;
        this.minVersion = minVersion;
        this.maxVersion = maxVersion;
        this.type = type;
        this.request = request;
        this.response = response;
    }

    static Api kafka(ApiKeys key, short minVersion, short maxVersion) {
        ApiMessageType type = key.messageType;
        return new Api(key.id, key.name(), minVersion, maxVersion, type, type::newRequest, type::newResponse);
    }

    static Api vendor(
            short key,
            short minVersion,
            short maxVersion,
            Supplier<ApiMessage> request,
            Supplier<ApiMessage> response,
            String name) {
        if (key < ApiCatalog.FIRST_VENDOR_KEY) {
            throw new IllegalArgumentException(
                    "vendor key " + key + " of " + name + " must be at least " + ApiCatalog.FIRST_VENDOR_KEY);
        }
        return new Api(key, name, minVersion, maxVersion, null, request, response);
    }

    public short key() {
        return key;
    }

    /** Name for logs and metrics, such as {@code PRODUCE}. */
    public String name() {
        return name;
    }

    public short minVersion() {
        return minVersion;
    }

    public short maxVersion() {
        return maxVersion;
    }

    public boolean supports(short version) {
        return version >= minVersion && version <= maxVersion;
    }

    /** An empty request to read a frame into. */
    public ApiMessage newRequest() {
        return request.get();
    }

    /** An empty response to read a frame into. */
    public ApiMessage newResponse() {
        return response.get();
    }

    /** 1: key, version, correlation id, client id; 2: the same and tagged fields. */
    public short requestHeaderVersion(short version) {
        return type == null ? 2 : type.requestHeaderVersion(version);
    }

    /** 0: correlation id; 1: the same and tagged fields. */
    public short responseHeaderVersion(short version) {
        return type == null ? 1 : type.responseHeaderVersion(version);
    }

    @Override
    public String toString() {
        return name + "(" + key + ") " + minVersion + ".." + maxVersion;
    }
}
