package io.braid.broker.node;

import io.braid.broker.config.NodeConfig.TlsPaths;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/** Self-signed certificates for loopback, made by the JDK's keytool: each is its own authority. */
final class TestCertificates {
    private static final char[] PASSWORD = "password".toCharArray();

    private TestCertificates() {}

    /** Makes key and certificate in a directory. */
    static TlsPaths make(Path directory, String name) throws Exception {
        Path store = directory.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "k",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=ip:127.0.0.1,dns:localhost",
                        "-ext",
                        "bc=ca:true",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(name + ".out").toFile())
                .start();
        if (!keytool.waitFor(30, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            throw new IllegalStateException("keytool failed: " + Files.readString(directory.resolve(name + ".out")));
        }
        KeyStore loaded = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            loaded.load(in, PASSWORD);
        }
        Key key = loaded.getKey("k", PASSWORD);
        Path certificate = pem(
                directory.resolve(name + ".crt"),
                "CERTIFICATE",
                loaded.getCertificate("k").getEncoded());
        return new TlsPaths(
                pem(directory.resolve(name + ".key"), "PRIVATE KEY", key.getEncoded()), certificate, certificate);
    }

    private static Path pem(Path file, String what, byte[] bytes) throws Exception {
        return Files.writeString(
                file,
                "-----BEGIN " + what + "-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + what
                        + "-----\n");
    }
}
