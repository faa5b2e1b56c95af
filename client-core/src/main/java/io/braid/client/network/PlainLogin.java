package io.braid.client.network;

import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;

/** Name and password as they are (RFC 4616), by the JDK's own client. Immutable. */
final class PlainLogin implements SaslLogin {
    private static final String MECHANISM = "PLAIN";
    private static final String PROTOCOL = "kafka";

    private final String name;
    private final String password;

    PlainLogin(String name, String password) {
        this.name = Objects.requireNonNull(name, "name");
        this.password = Objects.requireNonNull(password, "password");
    }

    @Override
    public String mechanism() {
        return MECHANISM;
    }

    @Override
    public SaslClient newClient(String host) throws SaslException {
        SaslClient client =
                Sasl.createSaslClient(new String[] {MECHANISM}, null, PROTOCOL, host, Map.of(), this::answer);
        if (client == null) {
            throw new SaslException("this Java has no SASL client for " + MECHANISM);
        }
        return client;
    }

    private void answer(Callback[] questions) throws IOException, UnsupportedCallbackException {
        for (Callback question : questions) {
            if (question instanceof NameCallback named) {
                named.setName(name);
            } else if (question instanceof PasswordCallback secret) {
                secret.setPassword(password.toCharArray());
            } else {
                throw new UnsupportedCallbackException(question);
            }
        }
    }
}
