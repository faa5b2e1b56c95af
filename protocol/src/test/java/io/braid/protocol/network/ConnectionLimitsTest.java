package io.braid.protocol.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.protocol.Frames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a server does not take: more requests, bytes, connections or time than its configuration allows. */
class ConnectionLimitsTest {
    @Test
    void peerThatReadsNothingIsNoLongerRead() throws Exception {
        ServerConfig config = TestServer.CONFIG.withInFlight(64, 1 << 20, 64 << 10, new InFlightBytes(1 << 20));
        try (TestServer server = new TestServer(config, Frames.everything(), TestRequests::answerAtOnce);
                RawClient client = new RawClient(server.server.localAddress(), 4096)) {
            ByteBuffer frames = ByteBuffer.allocate(1000 * (4 + TestRequests.apiVersions(0).length));
            for (int i = 0; i < 1000; i++) {
                frames.putInt(TestRequests.apiVersions(i).length).put(TestRequests.apiVersions(i));
            }
            byte[] burst = frames.array();
            AtomicInteger sent = new AtomicInteger();
            Thread sender = new Thread(() -> {
                try {
                    for (int i = 0; i < 100; i++) {
                        client.sendRaw(burst);
                        sent.addAndGet(1000);
                    }
                } catch (IOException e) {
                    sent.set(-1);
                }
            });
            sender.start();
            TestServer.await("pause", () -> server.pauses.get() > 0);
            int answered = server.received.get();
            try (RawClient other = server.connect()) {
                other.send(TestRequests.metadata(1));
                assertThat(other.receive()).isPresent();
            }
            for (int i = 0; i < 100_000; i++) { // nothing was lost when it reads after all
                assertThat(client.receive().orElseThrow().getInt()).isEqualTo(i % 1000);
            }
            sender.join();
            assertThat(answered).isLessThan(100_000);
            assertThat(sent).hasValue(100_000);
        }
    }

    @Test
    void connectionWithManyRequestsInFlightIsNotReadOn() throws Exception {
        List<RequestContext> held = Collections.synchronizedList(new ArrayList<>());
        ServerConfig config = TestServer.CONFIG.withInFlight(10, 1 << 20, 1 << 20, new InFlightBytes(1 << 20));
        try (TestServer server = new TestServer(config, Frames.everything(), held::add);
                RawClient client = server.connect()) {
            for (int i = 0; i < 35; i++) {
                client.send(TestRequests.metadata(i));
            }
            TestServer.await("pause", () -> server.pauses.get() > 0);
            int answered = 0;
            while (answered < 35) {
                int seen = answered;
                TestServer.await("a request", () -> held.size() > seen);
                assertThat(server.received.get() - answered).isLessThanOrEqualTo(10);
                TestRequests.answerAtOnce(held.get(answered));
                assertThat(client.receive().orElseThrow().getInt()).isEqualTo(answered);
                answered++;
            }
        }
    }

    @Test
    void bytesInFlightOfAllConnectionsAreCapped() throws Exception {
        List<RequestContext> held = Collections.synchronizedList(new ArrayList<>());
        InFlightBytes inFlight = new InFlightBytes(100_000);
        ServerConfig config = TestServer.CONFIG.withInFlight(64, 1 << 20, 1 << 20, inFlight);
        try (TestServer server = new TestServer(config, Frames.everything(), held::add)) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                clients.add(server.connect());
                clients.get(i).send(TestRequests.produce(i, 10_000));
            }
            TestServer.await("the cap", inFlight::full);
            assertThat(held.size()).isLessThan(20);
            for (int i = 0; i < 20; i++) {
                int seen = i;
                TestServer.await("request", () -> held.size() > seen);
                TestRequests.answerAtOnce(held.get(i));
            }
            for (RawClient client : clients) {
                assertThat(client.receive()).isPresent();
                client.socket().close();
            }
            TestServer.await("release", () -> inFlight.usedBytes() == 0);
        }
    }

    @Test
    void idleConnectionsAndStuckFramesAreClosed() throws Exception {
        ServerConfig config = TestServer.CONFIG.withTimeouts(Duration.ofMillis(200), Duration.ofMillis(100));
        List<RequestContext> held = Collections.synchronizedList(new ArrayList<>());
        try (TestServer server = new TestServer(config, Frames.everything(), held::add);
                RawClient idle = server.connect();
                RawClient stuck = server.connect();
                RawClient waiting = server.connect()) {
            stuck.sendRaw(new byte[] {0, 0});
            waiting.send(TestRequests.metadata(4));
            assertThat(stuck.isClosedByServer()).isTrue();
            assertThat(idle.isClosedByServer()).isTrue();
            TestServer.await("request", () -> held.size() == 1);
            TestRequests.answerAtOnce(held.get(0)); // its connection is not idle
            assertThat(waiting.receive().orElseThrow().getInt()).isEqualTo(4);
            assertThat(server.violations).hasSize(1);
        }
    }

    @Test
    void connectionsBeyondTheLimitAreRefused() throws Exception {
        try (TestServer server = new TestServer(
                        TestServer.CONFIG.withMaxConnections(2), Frames.everything(), TestRequests::answerAtOnce);
                RawClient first = server.connect();
                RawClient second = server.connect()) {
            first.send(TestRequests.metadata(1));
            second.send(TestRequests.metadata(2));
            assertThat(first.receive()).isPresent();
            assertThat(second.receive()).isPresent();
            try (RawClient third = server.connect()) {
                assertThat(third.isClosedByServer()).isTrue();
            }
            assertThat(server.refused).hasValue(1);
            first.socket().close();
            TestServer.await("room", () -> server.server.connectionCount() == 1);
            try (RawClient fourth = server.connect()) {
                fourth.send(TestRequests.metadata(4));
                assertThat(fourth.receive()).isPresent();
            }
        }
    }

    @Test
    void thousandsOfIdleConnectionsHoldNothing() throws Exception {
        try (TestServer server = new TestServer(TestRequests::answerAtOnce)) {
            List<Socket> sockets = new ArrayList<>();
            try {
                for (int i = 0; i < 2000; i++) {
                    sockets.add(new Socket(
                            InetAddress.getLoopbackAddress(),
                            server.server.localAddress().getPort()));
                }
                TestServer.await("accepted", () -> server.opened.get() == 2000);
                try (RawClient client = server.connect()) {
                    client.send(TestRequests.metadata(1));
                    assertThat(client.receive()).isPresent();
                }
                assertThat(server.config.inFlightBytes().usedBytes()).isZero();
            } finally {
                for (Socket socket : sockets) {
                    socket.close();
                }
            }
            TestServer.await("closed", () -> server.server.connectionCount() == 0);
        }
    }
}
