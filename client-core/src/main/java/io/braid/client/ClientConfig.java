package io.braid.client;

import io.braid.client.network.EventLoops;
import io.braid.client.network.SaslLogin;
import io.braid.client.routing.RoutingTable;
import io.netty.handler.ssl.SslContext;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How a client reaches its cluster. Immutable.
 *
 * @param bootstrap where to begin, and where to begin again when no known broker answers
 * @param clientId in the header of every request: brokers show it in logs and metrics
 * @param requestTimeout how long an answer is waited for before the connection is given up
 * @param connectTimeout for a connection, and again for its TLS handshake, the versions, and each step of a login
 * @param reconnectBackoff the first pause after a connection failed; it doubles up to {@code reconnectBackoffMax}, and is
 *     spread by a fifth up and down
 * @param reconnectBackoffMax the longest pause
 * @param metadataMaxAge how old the map of a Kafka cluster may become; a Braid cluster tells of changes
 * @param retryBackoff the first pause after a request failed with an error that passes; it doubles up to {@code
 *     retryBackoffMax}
 * @param retryBackoffMax the longest such pause
 * @param autoCreateTopics whether a topic in use that does not exist may be made, if the cluster allows that too
 * @param watch whether to use the metadata watch where brokers offer it
 * @param tls makes connections TLS ones
 * @param verifyHostname whether a broker's certificate must name its host
 * @param sasl how to log in
 * @param eventLoops the thread to use; without, all clients of the process share one
 * @param routingListener hears of each new routing table, on the client's thread: for tools and tests that look at how current
 *     it is. It must not block; what it throws is logged and otherwise ignored
 */
public record ClientConfig(
        List<HostPort> bootstrap,
        String clientId,
        Duration requestTimeout,
        Duration connectTimeout,
        Duration reconnectBackoff,
        Duration reconnectBackoffMax,
        Duration metadataMaxAge,
        Duration retryBackoff,
        Duration retryBackoffMax,
        boolean autoCreateTopics,
        boolean watch,
        Optional<SslContext> tls,
        boolean verifyHostname,
        Optional<SaslLogin> sasl,
        Optional<EventLoops> eventLoops,
        Consumer<RoutingTable> routingListener) {

    /** One address. */
    public record HostPort(String host, int port) {
        public HostPort {
            if (host.isEmpty() || port < 1 || port > 65_535) {
                throw new IllegalArgumentException("not an address: " + host + ":" + port);
            }
        }
    }

    public ClientConfig {
        bootstrap = List.copyOf(bootstrap);
        if (bootstrap.isEmpty()) {
            throw new IllegalArgumentException("bootstrap must name at least one host:port");
        }
        Objects.requireNonNull(clientId, "clientId");
        Objects.requireNonNull(routingListener, "routingListener");
        positive("requestTimeout", requestTimeout);
        positive("connectTimeout", connectTimeout);
        positive("metadataMaxAge", metadataMaxAge);
        ordered("reconnectBackoff", reconnectBackoff, reconnectBackoffMax);
        ordered("retryBackoff", retryBackoff, retryBackoffMax);
    }

    private static void positive(String name, Duration value) {
        if (value.isZero() || value.isNegative() || value.compareTo(Duration.ofDays(7)) > 0) {
            throw new IllegalArgumentException(name + " must be above 0 and at most 7 days: " + value);
        }
    }

    private static void ordered(String name, Duration first, Duration max) {
        positive(name, first);
        positive(name + "Max", max);
        if (max.compareTo(first) < 0) {
            throw new IllegalArgumentException(name + "Max must not be below " + name + ": " + max + " < " + first);
        }
    }

    /**
     * Settings with their defaults.
     *
     * @param bootstrap {@code host:port}, several separated by commas; a host with colons stands in brackets
     */
    public static Builder builder(String bootstrap) {
        return new Builder(parse(bootstrap));
    }

    private static List<HostPort> parse(String bootstrap) {
        List<HostPort> addresses = new ArrayList<>();
        for (String one :
                Arrays.stream(bootstrap.split(",", -1)).map(String::trim).toList()) {
            try {
                URI uri = new URI("braid://" + one);
                if (uri.getHost() == null || uri.getPort() < 1) {
                    throw new IllegalArgumentException("not an address (host:port): \"" + one + "\"");
                }
                addresses.add(new HostPort(uri.getHost(), uri.getPort()));
            } catch (URISyntaxException e) {
                throw new IllegalArgumentException("not an address (host:port): \"" + one + "\"", e);
            }
        }
        return addresses;
    }

    /** Collects settings; not thread-safe. */
    public static final class Builder {
        private final List<HostPort> bootstrap;
        private String clientId = "braid-client";
        private Duration requestTimeout = Duration.ofSeconds(30);
        private Duration connectTimeout = Duration.ofSeconds(10);
        private Duration reconnectBackoff = Duration.ofMillis(50);
        private Duration reconnectBackoffMax = Duration.ofSeconds(1);
        private Duration metadataMaxAge = Duration.ofMinutes(5);
        private Duration retryBackoff = Duration.ofMillis(20);
        private Duration retryBackoffMax = Duration.ofSeconds(1);
        private boolean autoCreateTopics = true;
        private boolean watch = true;
        private Optional<SslContext> tls = Optional.empty();
        private boolean verifyHostname = true;
        private Optional<SaslLogin> sasl = Optional.empty();
        private Optional<EventLoops> eventLoops = Optional.empty();
        private Consumer<RoutingTable> routingListener = table -> {};

        private Builder(List<HostPort> bootstrap) {
            this.bootstrap = bootstrap;
        }

        public Builder clientId(String id) {
            clientId = id;
            return this;
        }

        public Builder requestTimeout(Duration timeout) {
            requestTimeout = timeout;
            return this;
        }

        public Builder connectTimeout(Duration timeout) {
            connectTimeout = timeout;
            return this;
        }

        public Builder reconnectBackoff(Duration first, Duration max) {
            reconnectBackoff = first;
            reconnectBackoffMax = max;
            return this;
        }

        public Builder metadataMaxAge(Duration age) {
            metadataMaxAge = age;
            return this;
        }

        public Builder retryBackoff(Duration first, Duration max) {
            retryBackoff = first;
            retryBackoffMax = max;
            return this;
        }

        public Builder autoCreateTopics(boolean allowed) {
            autoCreateTopics = allowed;
            return this;
        }

        public Builder watch(boolean used) {
            watch = used;
            return this;
        }

        /**
         * Makes connections TLS ones.
         *
         * @param context for clients; with a key of its own it authenticates by certificate
         */
        public Builder tls(SslContext context, boolean verifiesHostname) {
            tls = Optional.of(context);
            verifyHostname = verifiesHostname;
            return this;
        }

        public Builder sasl(SaslLogin login) {
            sasl = Optional.of(login);
            return this;
        }

        /** A thread that the caller closes, after the clients that use it. */
        public Builder eventLoops(EventLoops loops) {
            eventLoops = Optional.of(loops);
            return this;
        }

        public Builder routingListener(Consumer<RoutingTable> listener) {
            routingListener = listener;
            return this;
        }

        /**
         * The settings.
         *
         * @throws IllegalArgumentException naming the setting that is out of its range
         */
        public ClientConfig build() {
            return new ClientConfig(
                    bootstrap,
                    clientId,
                    requestTimeout,
                    connectTimeout,
                    reconnectBackoff,
                    reconnectBackoffMax,
                    metadataMaxAge,
                    retryBackoff,
                    retryBackoffMax,
                    autoCreateTopics,
                    watch,
                    tls,
                    verifyHostname,
                    sasl,
                    eventLoops,
                    routingListener);
        }
    }
}
