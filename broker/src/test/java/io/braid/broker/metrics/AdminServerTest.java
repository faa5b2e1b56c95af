package io.braid.broker.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class AdminServerTest {

    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private static HttpResponse<String> call(AdminServer server, String method, String path)
            throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + server.localAddress().getPort() + path);
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(uri)
                                .method(method, HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void eachPathAnswers() throws IOException, InterruptedException {
        AtomicReference<Optional<String>> notReady = new AtomicReference<>(Optional.of("recovering"));
        try (AdminServer server = AdminServer.start(ANY_PORT, w -> w.write("x 1\n"), notReady::get)) {
            assertThat(call(server, "GET", "/metrics")).satisfies(answer -> {
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo("x 1\n");
                assertThat(answer.headers().firstValue("content-type"))
                        .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
            });
            assertThat(call(server, "GET", "/healthz").statusCode()).isEqualTo(200);
            assertThat(call(server, "GET", "/readyz")).satisfies(answer -> {
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.body()).contains("recovering");
            });
            notReady.set(Optional.empty());
            assertThat(call(server, "GET", "/readyz").statusCode()).isEqualTo(200);
            assertThat(call(server, "GET", "/metrics/x").statusCode()).isEqualTo(404);
            assertThat(call(server, "GET", "/nothing").statusCode()).isEqualTo(404);
            assertThat(call(server, "POST", "/metrics").statusCode()).isEqualTo(405);
            assertThat(call(server, "HEAD", "/metrics")).satisfies(answer -> {
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).isEmpty();
            });
        }
    }

    @Test
    void failingScrapeIsAnAnswerToo() throws IOException, InterruptedException {
        AdminServer.Scrape failing = writer -> {
            throw new IllegalStateException("broken gauge");
        };
        try (AdminServer server = AdminServer.start(ANY_PORT, failing, Optional::empty)) {
            assertThat(call(server, "GET", "/metrics").statusCode()).isEqualTo(500);
            assertThat(call(server, "GET", "/healthz").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void takenPortIsNamed() throws IOException {
        try (AdminServer server = AdminServer.start(ANY_PORT, writer -> {}, Optional::empty)) {
            InetSocketAddress taken = server.localAddress();

            assertThatThrownBy(() -> AdminServer.start(taken, writer -> {}, Optional::empty))
                    .isInstanceOf(IOException.class)
                    .hasMessageMatching(
                            "cannot listen on \\S+:" + taken.getPort() + " \\(admin.listener\\): .*in use.*");
        }
    }
}
