package io.braid.broker.metrics;

import io.braid.protocol.Api;
import io.braid.protocol.network.ConnectionState;
import io.braid.protocol.network.NetworkListener;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * Requests by API and connections by listener. The meters of an API are made at its first request, so that a node shows
 * only what it is asked. Called on event loops.
 */
public final class RequestMetrics implements NetworkListener {

    private static final int FIRST_VENDOR_KEY = 10_000;
    private static final int KAFKA_KEYS = 256;
    private static final int KEYS = 512;

    private final Meters meters;
    private final AtomicReferenceArray<ApiMeters> byKey = new AtomicReferenceArray<>(KEYS);
    private final Map<String, ListenerMeters> byListener = new ConcurrentHashMap<>();

    RequestMetrics(Meters meters) {
        this.meters = meters;
    }

    @Override
    public void connectionOpened(ConnectionState connection) {
        ListenerMeters listener = listener(connection.listener());
        listener.open.increment();
        listener.opened.increment();
    }

    @Override
    public void connectionClosed(ConnectionState connection) {
        listener(connection.listener()).open.decrement();
    }

    @Override
    public void connectionRefused(String listener) {
        listener(listener).refused.increment();
    }

    @Override
    public void protocolViolation(ConnectionState connection, String reason) {
        listener(connection.listener()).violations.increment();
    }

    @Override
    public void readingPaused(ConnectionState connection, boolean paused) {
        if (paused) {
            listener(connection.listener()).paused.increment();
        }
    }

    @Override
    public void requestReceived(ConnectionState connection, Api api, short version, int sizeBytes) {
        of(api.key(), api.name()).onReceived(sizeBytes);
    }

    @Override
    public void requestCompleted(
            ConnectionState connection, Api api, short version, long responseBytes, long handlerNs, long totalNs) {
        of(api.key(), api.name()).onCompleted(responseBytes, handlerNs, totalNs);
    }

    /** A partition of an answer has an error code. */
    void onError(ApiKeys api, Errors error) {
        of(api.id, api.name()).onError(error.code(), error.name());
    }

    private ApiMeters of(short key, String name) {
        int index = key < FIRST_VENDOR_KEY ? key % KAFKA_KEYS : KAFKA_KEYS + (key - FIRST_VENDOR_KEY) % KAFKA_KEYS;
        ApiMeters api = byKey.get(index);
        return api != null ? api : first(index, name);
    }

    private synchronized ApiMeters first(int index, String name) {
        ApiMeters api = byKey.get(index);
        if (api == null) {
            api = new ApiMeters(meters, name);
            byKey.set(index, api);
        }
        return api;
    }

    private ListenerMeters listener(String name) {
        return byListener.computeIfAbsent(name, n -> new ListenerMeters(meters, n));
    }

    private static final class ListenerMeters {
        private final LongAdder open = new LongAdder();
        private final LongAdder opened = new LongAdder();
        private final LongAdder refused = new LongAdder();
        private final LongAdder violations = new LongAdder();
        private final LongAdder paused = new LongAdder();

        ListenerMeters(Meters meters, String listener) {
            meters.gauge(Metric.CONNECTIONS, open::sum, listener);
            meters.counter(Metric.CONNECTIONS_OPENED, opened::sum, listener);
            meters.counter(Metric.CONNECTIONS_REFUSED, refused::sum, listener);
            meters.counter(Metric.PROTOCOL_VIOLATIONS, violations::sum, listener);
            meters.counter(Metric.READING_PAUSED, paused::sum, listener);
        }
    }
}
