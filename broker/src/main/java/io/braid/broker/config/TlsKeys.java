package io.braid.broker.config;

import static io.braid.broker.config.ConfigKey.key;
import static io.braid.broker.config.ConfigType.text;

import io.braid.broker.config.NodeConfig.TlsPaths;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The keys for certificates among the nodes of a cluster. */
public final class TlsKeys {
    public static final ConfigKey<String> KEY = key(
            "cluster.tls.key.file",
            text(),
            "",
            "",
            "Private key of this node, PKCS#8 in PEM without a password. With it, and the two files below, controller.listener"
                    + " and inter.broker.listener speak TLS, want a certificate of the other side, and are connected to in that"
                    + " way. All nodes of a cluster have it or none.");
    public static final ConfigKey<String> CERTIFICATE = key(
            "cluster.tls.certificate.file",
            text(),
            "",
            "",
            "Certificate chain of this node, PEM. It names the hosts under which other nodes know it.");
    public static final ConfigKey<String> AUTHORITY = key(
            "cluster.tls.authority.file",
            text(),
            "",
            "",
            "Certificates that sign those of the nodes, PEM. Whoever has one of theirs may change metadata and read and"
                    + " acknowledge every record: use an authority for nothing else.");

    private TlsKeys() {}

    static List<ConfigKey<String>> all() {
        return List.of(KEY, CERTIFICATE, AUTHORITY);
    }

    /** Where the files are; empty without TLS. */
    public static Optional<TlsPaths> paths(ConfigValues values) {
        String key = values.get(KEY);
        return key.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new TlsPaths(Path.of(key), Path.of(values.get(CERTIFICATE)), Path.of(values.get(AUTHORITY))));
    }
}
