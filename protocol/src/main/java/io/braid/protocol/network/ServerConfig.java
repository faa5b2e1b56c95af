package io.braid.protocol.network;

import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Where a server listens, and its limits.
 *
 * @param listener name, which every request carries
 * @param host address to bind
 * @param port 0 picks a free one
 * @param maxFrameBytes largest request that may hold records (Kafka's socket.request.max.bytes)
 * @param maxPlainFrameBytes largest request of any other kind: decoded it takes many times its size on the heap
 * @param maxConnections more are closed at once
 * @param idleTimeout a connection without traffic and without a request in flight is closed after this
 * @param frameTimeout a connection whose frame is incomplete and makes no progress is closed after this
 * @param maxInFlightRequests per connection; it is not read while it has as many
 * @param maxInFlightBytes requests held by one connection; it is not read while it holds more
 * @param maxUnsentBytes responses that wait for the peer; the connection is not read while there are more
 * @param inFlightBytes the cap on bytes of requests that servers of this process share
 * @param tls makes connections TLS ones; plaintext when empty
 */
public record ServerConfig(
        String listener,
        String host,
        int port,
        int maxFrameBytes,
        int maxPlainFrameBytes,
        int maxConnections,
        Duration idleTimeout,
        Duration frameTimeout,
        int maxInFlightRequests,
        long maxInFlightBytes,
        int maxUnsentBytes,
        InFlightBytes inFlightBytes,
        Optional<SslContext> tls) {
    public ServerConfig {
        Objects.requireNonNull(listener, "listener");
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(idleTimeout, "idleTimeout");
        Objects.requireNonNull(frameTimeout, "frameTimeout");
        Objects.requireNonNull(inFlightBytes, "inFlightBytes");
        Objects.requireNonNull(tls, "tls");
    }

    /** A listener with default limits. */
    public static ServerConfig of(String listener, String host, int port) {
        return new ServerConfig(
                listener,
                host,
                port,
                100 << 20,
                16 << 20,
                Integer.MAX_VALUE,
                Duration.ofMinutes(10),
                Duration.ofSeconds(30),
                64,
                32L << 20,
                2 << 20,
                new InFlightBytes(256L << 20),
                Optional.empty());
    }

    public ServerConfig withMaxFrameBytes(int maxFrameBytes, int maxPlainFrameBytes) {
        return new ServerConfig(
                listener,
                host,
                port,
                maxFrameBytes,
                maxPlainFrameBytes,
                maxConnections,
                idleTimeout,
                frameTimeout,
                maxInFlightRequests,
                maxInFlightBytes,
                maxUnsentBytes,
                inFlightBytes,
                tls);
    }

    public ServerConfig withMaxConnections(int maxConnections) {
        return new ServerConfig(
                listener,
                host,
                port,
                maxFrameBytes,
                maxPlainFrameBytes,
                maxConnections,
                idleTimeout,
                frameTimeout,
                maxInFlightRequests,
                maxInFlightBytes,
                maxUnsentBytes,
                inFlightBytes,
                tls);
    }

    public ServerConfig withTimeouts(Duration idleTimeout, Duration frameTimeout) {
        return new ServerConfig(
                listener,
                host,
                port,
                maxFrameBytes,
                maxPlainFrameBytes,
                maxConnections,
                idleTimeout,
                frameTimeout,
                maxInFlightRequests,
                maxInFlightBytes,
                maxUnsentBytes,
                inFlightBytes,
                tls);
    }

    /** Caps on one connection, and the one that servers share. */
    public ServerConfig withInFlight(
            int maxInFlightRequests, long maxInFlightBytes, int maxUnsentBytes, InFlightBytes inFlightBytes) {
        return new ServerConfig(
                listener,
                host,
                port,
                maxFrameBytes,
                maxPlainFrameBytes,
                maxConnections,
                idleTimeout,
                frameTimeout,
                maxInFlightRequests,
                maxInFlightBytes,
                maxUnsentBytes,
                inFlightBytes,
                tls);
    }

    /** Plaintext when empty. */
    public ServerConfig withTls(Optional<SslContext> tls) {
        return new ServerConfig(
                listener,
                host,
                port,
                maxFrameBytes,
                maxPlainFrameBytes,
                maxConnections,
                idleTimeout,
                frameTimeout,
                maxInFlightRequests,
                maxInFlightBytes,
                maxUnsentBytes,
                inFlightBytes,
                tls);
    }
}
