package io.braid.protocol.network;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Certificates among our own nodes: each side shows one and wants one that the authority signed; who connects also looks
 * whether it names the host. Immutable; thread-safe.
 *
 * @param server for a listener
 * @param client for those who connect to it
 */
public record MutualTls(SslContext server, SslContext client) {
    /**
     * Reads PEM files.
     *
     * @param key private key, PKCS#8, not encrypted
     * @param certificate chain that belongs to the key
     * @param authority certificates that sign those of the others
     * @throws IOException with one line that names the files, when one cannot be read or is not what it should be
     */
    public static MutualTls of(Path key, Path certificate, Path authority) throws IOException {
        File[] files = {certificate.toFile(), key.toFile(), authority.toFile()};
        try {
            return new MutualTls(
                    SslContextBuilder.forServer(files[0], files[1])
                            .trustManager(files[2])
                            .clientAuth(ClientAuth.REQUIRE)
                            .build(),
                    SslContextBuilder.forClient()
                            .keyManager(files[0], files[1])
                            .trustManager(files[2])
                            .build());
        } catch (IOException | RuntimeException e) {
            throw new IOException(
                    "TLS with " + key + ", " + certificate + " and " + authority + ": " + e.getMessage(), e);
        }
    }
}
