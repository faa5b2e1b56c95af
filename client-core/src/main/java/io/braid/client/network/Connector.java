package io.braid.client.network;

import io.braid.client.ClientConfig;
import io.braid.protocol.network.ConnectOptions;
import io.braid.protocol.network.ProtocolClient;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/**
 * Makes connections ready for use: connected, by TLS if it is configured, versions negotiated, logged in. Stateless; all
 * of a client's connections are on one event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what hangs on a future takes its failure
final class Connector {
    /** Spoken by every broker since Kafka 2.4. */
    private static final short API_VERSIONS_VERSION = 3;

    private static final short HANDSHAKE_VERSION = 1;
    private static final short AUTHENTICATE_VERSION = 1;

    private final ClientConfig config;
    private final EventLoop eventLoop;

    Connector(ClientConfig config, EventLoop eventLoop) {
        this.config = config;
        this.eventLoop = eventLoop;
    }

    /** A connection that is ready for use. */
    record Ready(ProtocolClient client, ApiVersionRanges versions) {}

    /** Fails with what went wrong, an IOException or an ApiException of Kafka's; completes on the event loop. */
    CompletableFuture<Ready> connect(String host, int port) {
        ConnectOptions options =
                new ConnectOptions(config.clientId(), config.connectTimeout(), config.tls(), config.verifyHostname());
        CompletableFuture<Ready> result = new CompletableFuture<>();
        ProtocolClient.connect(host, port, ApiVersionRanges.CATALOG, eventLoop, options)
                .thenCompose(client -> negotiate(client)
                        .thenCompose(versions -> login(client, host).thenApply(done -> new Ready(client, versions)))
                        .whenComplete((ready, failure) -> {
                            if (failure != null) {
                                client.close();
                            }
                        }))
                .whenCompleteAsync(
                        (ready, failure) -> {
                            if (failure == null) {
                                result.complete(ready);
                            } else {
                                result.completeExceptionally(Failures.cause(failure));
                            }
                        },
                        eventLoop);
        return result;
    }

    private CompletableFuture<ApiVersionRanges> negotiate(ProtocolClient client) {
        ApiVersionsRequestData request = new ApiVersionsRequestData()
                .setClientSoftwareName("braid-client")
                .setClientSoftwareVersion("0.1.0");
        return call(client, ApiKeys.API_VERSIONS, API_VERSIONS_VERSION, request, answer -> {
            ApiVersionsResponseData response = (ApiVersionsResponseData) answer;
            Errors.forCode(response.errorCode()).maybeThrow();
            return new ApiVersionRanges(response);
        });
    }

    private CompletableFuture<Void> login(ProtocolClient client, String host) {
        if (config.sasl().isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        SaslLogin login = config.sasl().get();
        SaslHandshakeRequestData handshake = new SaslHandshakeRequestData().setMechanism(login.mechanism());
        return call(client, ApiKeys.SASL_HANDSHAKE, HANDSHAKE_VERSION, handshake, answer -> {
                    SaslHandshakeResponseData response = (SaslHandshakeResponseData) answer;
                    if (response.errorCode() != Errors.NONE.code()) {
                        throw new UnsupportedSaslMechanismException("the broker offers " + response.mechanisms());
                    }
                    return response;
                })
                .thenCompose(offered -> {
                    try {
                        SaslClient sasl = login.newClient(host);
                        byte[] first = sasl.hasInitialResponse() ? sasl.evaluateChallenge(new byte[0]) : new byte[0];
                        return authenticate(client, sasl, first);
                    } catch (SaslException e) {
                        return CompletableFuture.failedFuture(new SaslAuthenticationException(e.getMessage(), e));
                    }
                });
    }

    private CompletableFuture<Void> authenticate(ProtocolClient client, SaslClient sasl, byte[] token) {
        SaslAuthenticateRequestData request = new SaslAuthenticateRequestData().setAuthBytes(token);
        return call(client, ApiKeys.SASL_AUTHENTICATE, AUTHENTICATE_VERSION, request, answer -> {
                    SaslAuthenticateResponseData response = (SaslAuthenticateResponseData) answer;
                    if (response.errorCode() != Errors.NONE.code()) {
                        throw Errors.forCode(response.errorCode()).exception(response.errorMessage());
                    }
                    return response.authBytes();
                })
                .thenCompose(challenge -> {
                    try {
                        byte[] next = sasl.isComplete() ? null : sasl.evaluateChallenge(challenge);
                        if (next == null || (sasl.isComplete() && next.length == 0)) {
                            return CompletableFuture.completedFuture(null);
                        }
                        return authenticate(client, sasl, next);
                    } catch (SaslException e) {
                        return CompletableFuture.failedFuture(new SaslAuthenticationException(e.getMessage(), e));
                    }
                });
    }

    private <T> CompletableFuture<T> call(
            ProtocolClient client, ApiKeys key, short version, ApiMessage request, Function<ApiMessage, T> read) {
        return client.send(key.id, version, request, config.connectTimeout()).thenApply(read);
    }
}
