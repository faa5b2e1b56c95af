package io.braid.protocol.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.protocol.Principal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.protocol.ApiMessage;
import org.junit.jupiter.api.Test;

class ProtocolClientTest {
    private static final Duration LONG = Duration.ofSeconds(8);

    private static void echo(RequestContext request) {
        ByteBuffer payload = ((EchoMessage) request.body()).payload;
        byte[] copy = new byte[payload.remaining()];
        payload.get(copy);
        request.reply(EchoMessage.of(copy));
    }

    private static TestServer server(RequestHandler handler) throws IOException {
        return new TestServer(TestServer.CONFIG, EchoMessage.CATALOG, handler);
    }

    private static ProtocolClient connect(TestServer server) throws Exception {
        return ProtocolClient.connect(
                        "127.0.0.1", server.server.localAddress().getPort(), EchoMessage.CATALOG, server.group)
                .get(8, TimeUnit.SECONDS);
    }

    private static CompletableFuture<ApiMessage> send(ProtocolClient client, byte[] payload) {
        return client.send(EchoMessage.KEY, (short) 1, EchoMessage.of(payload), LONG);
    }

    private static byte[] payload(int i) {
        byte[] payload = new byte[(i * 37) % 40_000];
        Arrays.fill(payload, (byte) i);
        return payload;
    }

    @Test
    void answersComeBackToTheirRequestsFromManyThreads() throws Exception {
        try (TestServer server = server(ProtocolClientTest::echo);
                ProtocolClient client = connect(server)) {
            List<Thread> threads = new ArrayList<>();
            AtomicInteger right = new AtomicInteger();
            for (int t = 0; t < 4; t++) {
                int thread = t;
                threads.add(new Thread(() -> {
                    for (int i = 0; i < 200; i++) {
                        byte[] sent = payload(thread * 1000 + i);
                        ByteBuffer answer = ((EchoMessage) send(client, sent).join()).payload;
                        right.addAndGet(answer.equals(ByteBuffer.wrap(sent)) ? 1 : 0);
                    }
                }));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(right).hasValue(800);
        }
    }

    @Test
    void requestsArePipelined() throws Exception {
        BlockingQueue<RequestContext> requests = new LinkedBlockingQueue<>();
        try (TestServer server = server(requests::add);
                ProtocolClient client = connect(server)) {
            List<CompletableFuture<ApiMessage>> answers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                answers.add(send(client, payload(i)));
            }
            for (int i = 0; i < 50; i++) {
                echo(requests.poll(8, TimeUnit.SECONDS));
            }
            for (int i = 0; i < 50; i++) {
                assertThat(((EchoMessage) answers.get(i).get(8, TimeUnit.SECONDS)).payload)
                        .isEqualTo(ByteBuffer.wrap(payload(i)));
            }
        }
    }

    @Test
    void leasedAnswerStaysAsItCameUntilItIsReleased() throws Exception {
        try (TestServer server = server(ProtocolClientTest::echo);
                ProtocolClient client = connect(server)) {
            List<LeasedResponse> held = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                held.add(client.sendLeased(EchoMessage.KEY, (short) 1, EchoMessage.of(payload(i)), LONG)
                        .get(8, TimeUnit.SECONDS));
            }
            for (int i = 0; i < 50; i++) {
                ByteBuffer answer = ((EchoMessage) held.get(i).body()).payload;
                assertThat(answer.isDirect()).isTrue();
                assertThat(answer).isEqualTo(ByteBuffer.wrap(payload(i)));
                held.get(i).release();
            }
        }
    }

    @Test
    void lateAnswerIsDroppedAndTheConnectionGoesOn() throws Exception {
        BlockingQueue<RequestContext> requests = new LinkedBlockingQueue<>();
        try (TestServer server = server(requests::add);
                ProtocolClient client = connect(server)) {
            CompletableFuture<ApiMessage> late =
                    client.send(EchoMessage.KEY, (short) 0, EchoMessage.of(payload(1)), Duration.ofMillis(20));
            assertThatThrownBy(() -> late.get(8, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(TimeoutException.class)
                    .hasMessageContaining("ECHO");
            CompletableFuture<ApiMessage> next = send(client, payload(2));
            echo(requests.take());
            echo(requests.take());
            assertThat(((EchoMessage) next.get(8, TimeUnit.SECONDS)).payload).isEqualTo(ByteBuffer.wrap(payload(2)));
        }
    }

    @Test
    void endOfTheConnectionFailsWhatWaitsAndWhatComesAfter() throws Exception {
        BlockingQueue<RequestContext> requests = new LinkedBlockingQueue<>();
        try (TestServer server = server(requests::add);
                ProtocolClient client = connect(server)) {
            CompletableFuture<Void> closed = new CompletableFuture<>();
            client.onClose(() -> closed.complete(null));
            CompletableFuture<ApiMessage> waiting = send(client, payload(1));
            requests.take().close("test");
            assertThatThrownBy(() -> waiting.get(8, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
            closed.get(8, TimeUnit.SECONDS);
            assertThat(client.isOpen()).isFalse();
            assertThatThrownBy(() -> send(client, payload(2)).get(8, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void closingFailsWhatWaits() throws Exception {
        try (TestServer server = server(request -> {})) {
            ProtocolClient client = connect(server);
            CompletableFuture<ApiMessage> waiting = send(client, payload(1));
            client.close();
            assertThatThrownBy(() -> waiting.get(8, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void whatIsNotInTheCatalogOrHasNoFormIsNotSent() throws Exception {
        try (TestServer server = server(ProtocolClientTest::echo);
                ProtocolClient client = connect(server)) {
            assertThatThrownBy(() -> client.send((short) 3, (short) 1, new EchoMessage(), LONG)
                            .get(8, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> client.send(EchoMessage.KEY, (short) 2, new EchoMessage(), LONG)
                            .get(8, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(IllegalArgumentException.class);
            assertThat(send(client, payload(3)).get(8, TimeUnit.SECONDS)).isNotNull();
        }
    }

    @Test
    void unreachableServerIsNamed() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (TestServer server = server(ProtocolClientTest::echo)) {
            assertThatThrownBy(() -> ProtocolClient.connect("127.0.0.1", port, EchoMessage.CATALOG, server.group)
                            .get(8, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(IOException.class)
                    .hasMessageContaining("127.0.0.1:" + port);
        }
    }

    @Test
    void garbageFromTheServerEndsTheConnection() throws Exception {
        byte[][] answers = {
            {0, 0, 0, 4, 0, 0, 0, 99}, // another correlation id
            {0, 0, 0, 2, 0, 0}, // too short for one
            {-1, -1, -1, -1},
            {0, 0, 0, 6, 0, 0, 0, 0, 0, 0}, // body cut short
        };
        for (byte[] answer : answers) {
            try (TestServer loops = server(ProtocolClientTest::echo);
                    ServerSocket peer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    ProtocolClient client = ProtocolClient.connect(
                                    "127.0.0.1", peer.getLocalPort(), EchoMessage.CATALOG, loops.group)
                            .get(8, TimeUnit.SECONDS);
                    Socket accepted = peer.accept()) {
                CompletableFuture<ApiMessage> waiting = send(client, payload(1));
                accepted.getOutputStream().write(answer);
                assertThatThrownBy(() -> waiting.get(8, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
                assertThat(client.isOpen()).isFalse();
            }
        }
    }

    @Test
    void requestNeedsNoSocket() {
        List<ApiMessage> answers = new ArrayList<>();
        ReplySink sink = new ReplySink() {
            @Override
            public void reply(RequestContext request, ApiMessage response) {
                answers.add(response);
            }

            @Override
            public void replyNothing(RequestContext request) {}

            @Override
            public void close(RequestContext request, String reason) {}
        };
        ConnectionState local = new ConnectionState(
                1, "IN-PROCESS", new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Principal.ANONYMOUS);
        echo(new RequestContext(local, EchoMessage.KEY, (short) 1, "me", EchoMessage.of(payload(5)), sink));
        assertThat(answers).hasSize(1);
    }
}
