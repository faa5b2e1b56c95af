package io.braid.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RaftTlsTest {
    /** What a client of gRPC begins with. */
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path directory;

    @Test
    void votersOfOneAuthorityFormAQuorumAndStrangersAreTurnedAway() throws Exception {
        TlsFiles files = TestCertificates.make(directory, "controllers");
        try (TestQuorum quorum = new TestQuorum(directory, 3).withTls(files).startAll()) {
            TestClusters.createWithOneBroker(quorum.leader().node());
            for (QuorumController controller : quorum.all()) {
                TestQuorum.await(
                        "no image", () -> controller.node().image().broker(1).isPresent());
            }
            int raftPort = quorum.configured().get(0).raftPort();
            try (Socket stranger = withoutCertificate().getSocketFactory().createSocket("127.0.0.1", raftPort)) {
                stranger.setSoTimeout(5_000);
                assertThatThrownBy(() -> {
                            stranger.getOutputStream().write(PREFACE);
                            for (int read = 0; read < 1 << 20; read++) {
                                if (stranger.getInputStream().read() < 0) {
                                    throw new SSLException("closed");
                                }
                            }
                        })
                        .isInstanceOf(SSLException.class);
            }
            try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), raftPort)) {
                plain.setSoTimeout(5_000);
                plain.getOutputStream().write(PREFACE);
                int first = plain.getInputStream().read();
                assertThat(first).as("end of the stream, or a TLS alert").isIn(-1, 21);
            }
        }
    }

    /** A client that believes every server and has nothing to show. */
    private static SSLContext withoutCertificate() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                null,
                new TrustManager[] {
                    new X509ExtendedTrustManager() {
                        @Override
                        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

                        @Override
                        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

                        @Override
                        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

                        @Override
                        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

                        @Override
                        public void checkClientTrusted(X509Certificate[] chain, String type) {}

                        @Override
                        public void checkServerTrusted(X509Certificate[] chain, String type) {}

                        @Override
                        public X509Certificate[] getAcceptedIssuers() {
                            return new X509Certificate[0];
                        }
                    }
                },
                null);
        return context;
    }
}
