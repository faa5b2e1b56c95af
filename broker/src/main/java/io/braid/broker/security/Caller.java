package io.braid.broker.security;

import io.braid.protocol.Principal;
import io.braid.protocol.network.RequestContext;
import java.net.InetSocketAddress;
import java.util.Objects;

/**
 * Who sent a request, and how it came in. Immutable.
 *
 * @param principal the authenticated identity, {@link Principal#ANONYMOUS} on a plaintext listener
 * @param listener the name of the listener through which the request came; answers name endpoints of the same listener
 * @param remoteAddress the peer's address
 * @param clientId the client id of the request's header, "" when it has none
 */
public record Caller(Principal principal, String listener, InetSocketAddress remoteAddress, String clientId) {

    public Caller {
        Objects.requireNonNull(principal, "principal");
        Objects.requireNonNull(listener, "listener");
        Objects.requireNonNull(remoteAddress, "remoteAddress");
        Objects.requireNonNull(clientId, "clientId");
    }

    /** The sender of {@code request}. */
    public static Caller of(RequestContext request) {
        return new Caller(request.principal(), request.listener(), request.remoteAddress(), request.clientId());
    }
}
