package io.braid.client.network;

import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;

/** How a client proves who it is, by any mechanism that a {@link SaslClient} exists for. Thread-safe. */
public interface SaslLogin {
    /** The name of the mechanism, such as {@code PLAIN}. */
    String mechanism();

    /**
     * A client for one connection; called on the event loop, must not block.
     *
     * @throws SaslException when it cannot be made: the connection then fails, and is tried again
     */
    SaslClient newClient(String host) throws SaslException;

    /** By name and password, which PLAIN sends as they are: only over TLS are they safe. */
    static SaslLogin plain(String name, String password) {
        return new PlainLogin(name, password);
    }
}
