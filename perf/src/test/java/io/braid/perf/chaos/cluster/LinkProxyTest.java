package io.braid.perf.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Node 1 has connected to node 2, whose listener is a socket of this test, through a real proxy. */
@Timeout(20)
class LinkProxyTest {
    private static final int COMES_MS = 15_000;
    /** What must not come is waited for as long as this. */
    private static final int NOTHING_COMES_MS = 300;

    private final Links links = new Links();
    private ServerSocket listener;
    private LinkProxy proxy;
    private Socket one;
    private Socket two;

    @BeforeEach
    void connect() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        listener = new ServerSocket(0, 10, loopback);
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, loopback)) {
            port = free.getLocalPort();
        }
        proxy = new LinkProxy(
                links,
                Links.Lane.BROKER,
                2,
                new InetSocketAddress(loopback, port),
                new InetSocketAddress(loopback, listener.getLocalPort()),
                (local, remote) -> 1);
        one = new Socket(loopback, port);
        two = listener.accept();
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        one.close();
        two.close();
        listener.close();
        links.mendAll();
    }

    @Test
    void bytesPassInBothDirections() throws IOException {
        assertThat(passes(one, two)).isTrue();
        assertThat(passes(two, one)).isTrue();
    }

    @Test
    void oneWayCutHoldsOneDirectionAndDeliversLate() throws IOException {
        links.cut(1, 2);

        assertThat(heldBack(one, two)).isTrue();
        assertThat(passes(two, one)).isTrue();

        links.mend(1, 2);
        assertThat(arrives(two)).isTrue();
    }

    @Test
    void cutOfAnotherLaneOrPairDoesNotMatter() throws IOException {
        links.cut(1, 2, Links.Lane.RAFT);
        links.cut(1, 3);

        assertThat(passes(one, two)).isTrue();
    }

    @Test
    void cutHidesTheEndOfAConnection() throws IOException {
        links.cut(2, 1);
        two.close();

        assertThat(silent(one)).isTrue();

        links.mendAll();
        assertThat(ends(one)).isTrue();
    }

    @Test
    void droppedConnectionsEndAtBothEnds() throws IOException {
        proxy.drop(3);
        assertThat(passes(one, two)).isTrue();

        proxy.drop(1);
        assertThat(ends(one)).isTrue();
        assertThat(ends(two)).isTrue();
    }

    @Test
    void ownerOfAConnectionIsFoundAmongProcesses() {
        assumeTrue(SocketOwners.available(), "needs /proc");
        long me = ProcessHandle.current().pid();

        assertThat(SocketOwners.find(one.getLocalPort(), one.getPort(), Map.of(4, me)))
                .isEqualTo(4);
        assertThat(SocketOwners.find(one.getLocalPort(), one.getPort(), Map.of()))
                .isEqualTo(Links.UNKNOWN);
        assertThat(SocketOwners.find(1, 1, Map.of(4, me))).isEqualTo(Links.UNKNOWN);
    }

    private static boolean passes(Socket from, Socket to) throws IOException {
        write(from);
        return arrives(to);
    }

    private static boolean heldBack(Socket from, Socket to) throws IOException {
        write(from);
        return silent(to);
    }

    private static void write(Socket from) throws IOException {
        from.getOutputStream().write(42);
    }

    private static boolean arrives(Socket at) throws IOException {
        at.setSoTimeout(COMES_MS);
        return at.getInputStream().read() == 42;
    }

    private static boolean ends(Socket at) throws IOException {
        at.setSoTimeout(COMES_MS);
        return at.getInputStream().read() < 0;
    }

    private static boolean silent(Socket at) throws IOException {
        at.setSoTimeout(NOTHING_COMES_MS);
        try {
            at.getInputStream().read();
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        }
    }
}
