package io.braid.broker;

import io.braid.broker.config.NodeConfig;
import io.braid.broker.config.TlsKeys;
import io.braid.protocol.network.ConnectOptions;
import io.braid.protocol.network.MutualTls;
import io.braid.protocol.network.ServerConfig;
import java.io.IOException;
import java.util.Optional;

/** Whether the nodes of the cluster talk to each other by TLS, and how. Immutable. */
final class ClusterTls {
    private final Optional<MutualTls> tls;

    private ClusterTls(Optional<MutualTls> tls) {
        this.tls = tls;
    }

    /**
     * Reads the files that the configuration names, if it does.
     *
     * @throws IOException with one line, when one of them is not what it should be
     */
    static ClusterTls of(NodeConfig config) throws IOException {
        Optional<NodeConfig.TlsPaths> paths = TlsKeys.paths(config.values());
        return new ClusterTls(
                paths.isEmpty()
                        ? Optional.empty()
                        : Optional.of(MutualTls.of(
                                paths.get().key(),
                                paths.get().certificate(),
                                paths.get().authority())));
    }

    /** A listener for nodes only. */
    ServerConfig secured(ServerConfig listener) {
        return listener.withTls(tls.map(MutualTls::server));
    }

    /** The way to such a listener. */
    ConnectOptions options() {
        return ConnectOptions.DEFAULT.withTls(tls.map(MutualTls::client));
    }
}
