package io.braid.protocol.network;

import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/**
 * How a {@link ProtocolClient} connects. Immutable.
 *
 * @param clientId in the header of every request
 * @param connectTimeout for the connection, and again for the TLS handshake
 * @param tls makes the connection a TLS one
 * @param verifyHostname whether the server's certificate must name the host that was connected to
 */
public record ConnectOptions(
        String clientId, Duration connectTimeout, Optional<SslContext> tls, boolean verifyHostname) {
    /** Between our own nodes: without TLS, 5 s. */
    public static final ConnectOptions DEFAULT =
            new ConnectOptions("braid", Duration.ofSeconds(5), Optional.empty(), true);

    public ConnectOptions {
        Objects.requireNonNull(clientId, "clientId");
        Objects.requireNonNull(tls, "tls");
        if (connectTimeout.isNegative() || connectTimeout.isZero()) {
            throw new IllegalArgumentException("connect timeout must be positive: " + connectTimeout);
        }
    }

    /** The same with TLS, if there is a context for it. */
    public ConnectOptions withTls(Optional<SslContext> context) {
        return new ConnectOptions(clientId, connectTimeout, context, verifyHostname);
    }

    /** Says either way: Netty's contexts for clients check names unless they are told not to; null would change nothing. */
    void secure(SSLEngine engine) {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm(verifyHostname ? "HTTPS" : "");
        engine.setSSLParameters(parameters);
    }
}
