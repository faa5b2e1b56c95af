package io.braid.protocol.network;

import io.braid.protocol.Api;

/** Told what happens on the connections of a server, for metrics. Called on event loops; must be cheap and not throw. */
public interface NetworkListener {
    NetworkListener NONE = new NetworkListener() {};

    default void connectionOpened(ConnectionState connection) {}

    default void connectionClosed(ConnectionState connection) {}

    /** A connection was refused because there were too many. */
    default void connectionRefused(String listener) {}

    /** A request was decoded and goes to its handler. */
    default void requestReceived(ConnectionState connection, Api api, short version, int sizeBytes) {}

    /**
     * A response (or the end of a request without one: 0 bytes) was handed to the socket.
     *
     * @param handlerNs from the complete frame to the call of reply
     * @param totalNs from the complete frame to the write, the wait for earlier requests of the connection included
     */
    default void requestCompleted(
            ConnectionState connection, Api api, short version, long responseBytes, long handlerNs, long totalNs) {}

    /** A connection was closed by this side because of what its peer sent (or did not). */
    default void protocolViolation(ConnectionState connection, String reason) {}

    /** A connection is no longer read (or is read again) because of a cap on bytes or requests in flight. */
    default void readingPaused(ConnectionState connection, boolean paused) {}
}
