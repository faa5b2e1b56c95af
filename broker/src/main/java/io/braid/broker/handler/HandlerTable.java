package io.braid.broker.handler;

import io.braid.protocol.ApiCatalog;
import io.braid.protocol.network.RequestContext;
import io.braid.protocol.network.RequestHandler;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * The handlers of a listener by API key, and with them the list of what the listener speaks: an API is offered to
 * clients exactly when it has a handler here. Immutable.
 */
public final class HandlerTable implements RequestHandler {

    private final ApiCatalog catalog;
    private final ApiHandler[] kafka;
    private final Map<Short, ApiHandler> vendor;

    private HandlerTable(ApiCatalog catalog, Map<Short, ApiHandler> handlers) {
        this.catalog = catalog;
        this.kafka = new ApiHandler[highestKafkaKey() + 1];
        Map<Short, ApiHandler> others = new LinkedHashMap<>();
        handlers.forEach((key, handler) -> {
            if (key < kafka.length) {
                kafka[key] = handler;
            } else {
                others.put(key, handler);
            }
        });
        this.vendor = Map.copyOf(others);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The APIs and versions that have handlers: what a server of this table decodes and lists. */
    public ApiCatalog catalog() {
        return catalog;
    }

    /** Hands the request to the handler of its API; closes the connection when there is none. */
    @Override
    public void handle(RequestContext request) {
        ApiHandler handler = find(request.apiKey());
        if (handler == null) {
            request.close("no handler for api key " + request.apiKey());
            return;
        }
        handler.handle(request);
    }

    private ApiHandler find(short key) {
        return key >= 0 && key < kafka.length ? kafka[key] : vendor.get(key);
    }

    private static int highestKafkaKey() {
        int highest = 0;
        for (ApiKeys key : ApiKeys.values()) {
            highest = Math.max(highest, key.id);
        }
        return highest;
    }

    /** Collects handlers. Not thread-safe. */
    public static final class Builder {

        private final ApiCatalog.Builder catalog = ApiCatalog.builder();
        private final Map<Short, Function<ApiCatalog, ApiHandler>> handlers = new LinkedHashMap<>();

        private Builder() {}

        /** Adds an API of Kafka in all stable versions that the message classes have. */
        public Builder kafka(ApiKeys key, ApiHandler handler) {
            Objects.requireNonNull(handler, "handler");
            return knowing(key, apis -> handler);
        }

        /** Adds an API of Kafka in versions {@code min} to {@code max}. */
        public Builder kafka(ApiKeys key, int min, int max, ApiHandler handler) {
            Objects.requireNonNull(handler, "handler");
            catalog.kafka(key, (short) min, (short) max);
            handlers.put(key.id, apis -> handler);
            return this;
        }

        /** Adds an API of Kafka whose handler needs the list of all APIs, itself included. */
        public Builder knowing(ApiKeys key, Function<ApiCatalog, ApiHandler> handler) {
            catalog.kafka(key);
            handlers.put(key.id, handler);
            return this;
        }

        /** Adds an API of our own, see {@link ApiCatalog#FIRST_VENDOR_KEY}. */
        public Builder vendor(
                short key,
                short min,
                short max,
                Supplier<ApiMessage> request,
                Supplier<ApiMessage> response,
                String name,
                ApiHandler handler) {
            Objects.requireNonNull(handler, "handler");
            catalog.vendor(key, min, max, request, response, name);
            handlers.put(key, apis -> handler);
            return this;
        }

        public HandlerTable build() {
            ApiCatalog apis = catalog.build();
            Map<Short, ApiHandler> built = new LinkedHashMap<>();
            handlers.forEach((key, handler) -> built.put(key, handler.apply(apis)));
            return new HandlerTable(apis, built);
        }
    }
}
