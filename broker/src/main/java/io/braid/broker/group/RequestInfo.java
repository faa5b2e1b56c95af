package io.braid.broker.group;

import java.util.Objects;

/**
 * Who sent a request, and in which version.
 *
 * @param clientId from the request's header, "" when it has none
 * @param clientHost the peer's address as groups show it, such as "/127.0.0.1"
 */
public record RequestInfo(String clientId, String clientHost, short version) {
    public RequestInfo {
        Objects.requireNonNull(clientId);
        Objects.requireNonNull(clientHost);
    }
}
