package io.braid.client.network;

import io.braid.protocol.Api;
import io.braid.protocol.ApiCatalog;
import io.braid.protocol.watch.MetadataWatchRequest;
import io.braid.protocol.watch.MetadataWatchResponse;
import io.braid.protocol.watch.WatchApi;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/** The requests that a broker and this client both speak, and in which versions. Immutable. */
public final class ApiVersionRanges {
    /** What a client may send. */
    static final ApiCatalog CATALOG = ApiCatalog.builder()
            .kafka(ApiKeys.API_VERSIONS)
            .kafka(ApiKeys.METADATA)
            .kafka(ApiKeys.PRODUCE)
            .kafka(ApiKeys.FETCH)
            .kafka(ApiKeys.LIST_OFFSETS)
            .kafka(ApiKeys.OFFSET_FOR_LEADER_EPOCH)
            .kafka(ApiKeys.INIT_PRODUCER_ID)
            .kafka(ApiKeys.FIND_COORDINATOR)
            .kafka(ApiKeys.JOIN_GROUP)
            .kafka(ApiKeys.SYNC_GROUP)
            .kafka(ApiKeys.HEARTBEAT)
            .kafka(ApiKeys.LEAVE_GROUP)
            .kafka(ApiKeys.CONSUMER_GROUP_HEARTBEAT)
            .kafka(ApiKeys.OFFSET_COMMIT)
            .kafka(ApiKeys.OFFSET_FETCH)
            .kafka(ApiKeys.SASL_HANDSHAKE)
            .kafka(ApiKeys.SASL_AUTHENTICATE)
            .vendor(
                    WatchApi.KEY,
                    WatchApi.VERSION,
                    WatchApi.VERSION,
                    MetadataWatchRequest::new,
                    MetadataWatchResponse::new,
                    WatchApi.NAME)
            .build();

    private record Range(short min, short max) {}

    private final Map<Short, Range> ranges = new HashMap<>();

    ApiVersionRanges(ApiVersionsResponseData response) {
        response.apiKeys().forEach(api -> {
            Optional<Api> ours = CATALOG.api(api.apiKey());
            if (ours.isPresent()) {
                short min = (short) Math.max(api.minVersion(), ours.get().minVersion());
                short max = (short) Math.min(api.maxVersion(), ours.get().maxVersion());
                if (min <= max) {
                    ranges.put(api.apiKey(), new Range(min, max));
                }
            }
        });
    }

    public boolean speaks(short key) {
        return ranges.containsKey(key);
    }

    /**
     * The highest version of a request that both sides speak, at most {@code limit}.
     *
     * @throws UnsupportedVersionException when there is none; trying again does not help
     */
    public short version(ApiKeys key, int limit) {
        Range range = ranges.get(key.id);
        if (range == null || range.min() > limit) {
            throw new UnsupportedVersionException("the broker does not speak " + key + " in a version up to " + limit);
        }
        return (short) Math.min(range.max(), limit);
    }
}
