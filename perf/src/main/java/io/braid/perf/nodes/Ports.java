package io.braid.perf.nodes;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * Ports of the nodes on this machine. Node I has {@code base + 10 * I} for Kafka's clients, + 1 controller, + 2 Raft, + 3
 * other brokers, + 4 admin. They lie below the range that the system gives to outgoing connections, one of which could
 * otherwise take the port of a node that is down.
 *
 * @param base 0 and the like are not looked at by anybody
 */
public record Ports(int base) {
    public static final int KAFKA = 0;
    public static final int CONTROLLER = 1;
    public static final int RAFT = 2;
    public static final int BROKER = 3;
    public static final int ADMIN = 4;

    private static final int FIRST = 20_000;
    private static final int LAST = 31_000;
    private static final int STEP = 100;

    public int of(int node, int kind) {
        return base + 10 * node + kind;
    }

    /** The first base from a starting point on, that depends on this process, of which all ports are free. */
    public static Ports free(int nodes) throws IOException {
        int bases = (LAST - FIRST) / STEP;
        int start = (int) (ProcessHandle.current().pid() % bases);
        for (int i = 0; i < bases; i++) {
            Ports ports = new Ports(FIRST + (start + i) % bases * STEP);
            if (ports.allFree(nodes)) {
                return ports;
            }
        }
        throw new IOException("no free ports between " + FIRST + " and " + LAST);
    }

    private boolean allFree(int nodes) {
        for (int node = 1; node <= nodes; node++) {
            for (int kind = KAFKA; kind <= ADMIN; kind++) {
                try (ServerSocket socket = new ServerSocket()) {
                    socket.setReuseAddress(true);
                    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), of(node, kind)));
                } catch (IOException e) {
                    return false;
                }
            }
        }
        return true;
    }
}
