package io.braid.protocol;

import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/**
 * The request types that one listener speaks, and in which versions. Immutable.
 *
 * <p>A server builds it from the handlers that exist; what is not in it is refused and not listed in ApiVersions.
 */
public final class ApiCatalog {
    /** Keys from here on are Braid's own; Kafka's clients ignore them. */
    public static final short FIRST_VENDOR_KEY = 10_000;

    private final SortedMap<Short, Api> apis;
    private final Optional<Api>[] kafkaKeys; // by key, so that the hot path neither boxes nor allocates

    @SuppressWarnings({"unchecked", "rawtypes"})
    private ApiCatalog(SortedMap<Short, Api> apis) {
        this.apis = apis;
        int length = 1;
        for (short key : apis.keySet()) {
            length = key < FIRST_VENDOR_KEY ? key + 1 : length;
        }
        this.kafkaKeys = new Optional[length];
        for (int key = 0; key < length; key++) {
            kafkaKeys[key] = Optional.ofNullable(apis.get((short) key));
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The request type with this key, if it is spoken. */
    public Optional<Api> api(short key) {
        if (key >= 0 && key < kafkaKeys.length) {
            return kafkaKeys[key];
        }
        return key < FIRST_VENDOR_KEY ? Optional.empty() : Optional.ofNullable(apis.get(key));
    }

    /** Whether requests of this key and version are answered (Produce 0-2 with an error only). */
    public boolean supports(short apiKey, short version) {
        Optional<Api> api = api(apiKey);
        return api.isPresent() && api.get().supports(version);
    }

    /** Name of a key for metrics and logs; {@code UNKNOWN} for a key that is not spoken, so that names stay few. */
    public String name(short key) {
        Optional<Api> api = api(key);
        return api.isPresent() ? api.get().name() : "UNKNOWN";
    }

    /** All request types in order of their keys. */
    public Collection<Api> apis() {
        return Collections.unmodifiableCollection(apis.values());
    }

    /** A new ApiVersions answer without error that lists all keys; features and throttle time are the caller's. */
    public ApiVersionsResponseData apiVersionsResponse() {
        ApiVersionsResponseData response = new ApiVersionsResponseData();
        for (Api api : apis.values()) {
            response.apiKeys()
                    .add(new ApiVersion()
                            .setApiKey(api.key())
                            .setMinVersion(api.minVersion())
                            .setMaxVersion(api.maxVersion()));
        }
        return response;
    }

    /** The answer to an ApiVersions request of an unknown version: error 35 with the key list, to be sent as v0. */
    public ApiVersionsResponseData unsupportedApiVersionsResponse() {
        return apiVersionsResponse().setErrorCode(Errors.UNSUPPORTED_VERSION.code());
    }

    /** Collects request types; not thread-safe. */
    public static final class Builder {
        private final TreeMap<Short, Api> apis = new TreeMap<>();

        private Builder() {}

        /** Adds a Kafka request type in all stable versions of the message classes (Produce: 0 up, see KAFKA-18659). */
        public Builder kafka(ApiKeys key) {
            short min = key == ApiKeys.PRODUCE ? 0 : key.oldestVersion();
            return kafka(key, min, key.latestVersion(false));
        }

        /** Adds a Kafka request type in the versions from min to max. */
        public Builder kafka(ApiKeys key, short min, short max) {
            short oldest = key == ApiKeys.PRODUCE ? 0 : key.oldestVersion();
            if (min < oldest || max > key.latestVersion(true)) {
                throw new IllegalArgumentException(key + " has no classes for all of " + min + ".." + max);
            }
            return add(Api.kafka(key, min, max));
        }

        /** Adds a request type of Braid's own, see {@link #FIRST_VENDOR_KEY}. */
        public Builder vendor(
                short key,
                short min,
                short max,
                Supplier<ApiMessage> request,
                Supplier<ApiMessage> response,
                String name) {
            return add(Api.vendor(key, min, max, request, response, name));
        }

        public ApiCatalog build() {
            return new ApiCatalog(new TreeMap<>(apis));
        }

        private Builder add(Api api) {
            if (apis.putIfAbsent(api.key(), api) != null) {
                throw new IllegalArgumentException("key " + api.key() + " was added twice");
            }
            return this;
        }
    }
}
