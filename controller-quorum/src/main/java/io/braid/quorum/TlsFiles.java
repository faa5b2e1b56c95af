package io.braid.quorum;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Certificates for mutual TLS, PEM files all: each side shows its certificate and trusts what the authority signed.
 *
 * @param key private key, PKCS#8, not encrypted
 * @param certificate chain that belongs to the key
 * @param authority certificates that sign those of the others
 */
public record TlsFiles(Path key, Path certificate, Path authority) {
    public TlsFiles {
        Objects.requireNonNull(key);
        Objects.requireNonNull(certificate);
        Objects.requireNonNull(authority);
    }
}
