package io.braid.broker.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Ports and settings of nodes 1 to N on this machine, each controller and broker. Immutable. */
final class ClusterPlan {
    private static final int CONTROLLER = 0;
    private static final int RAFT = 1;
    private static final int KAFKA = 2;
    private static final int INTER_BROKER = 3;
    private static final int KINDS = 4;

    private final Path directory;
    private final int nodes;
    private final List<Integer> ports;
    private final List<String> settings;

    /** @param settings of every node: key, value, key, value ...; {@code {data}} in a value stands for the node's directory */
    ClusterPlan(Path directory, int nodes, String... settings) throws IOException {
        this.directory = directory;
        this.nodes = nodes;
        this.ports = freePorts(nodes * KINDS);
        this.settings = List.of(settings);
    }

    int nodes() {
        return nodes;
    }

    Path data(int node) {
        return directory.resolve("node-" + node);
    }

    String bootstrap() {
        return IntStream.rangeClosed(1, nodes)
                .mapToObj(node -> "127.0.0.1:" + port(node, KAFKA))
                .collect(Collectors.joining(","));
    }

    String[] settings(int node) {
        List<String> all = new ArrayList<>(List.of(
                "node.id", Integer.toString(node),
                "controller.quorum.voters", voters(),
                "listeners", "PLAINTEXT://127.0.0.1:" + port(node, KAFKA),
                "controller.listener", "127.0.0.1:" + port(node, CONTROLLER),
                "raft.listener", "127.0.0.1:" + port(node, RAFT),
                "inter.broker.listener", "127.0.0.1:" + port(node, INTER_BROKER),
                "default.replication.factor", Integer.toString(nodes)));
        settings.forEach(one -> all.add(one.replace("{data}", data(node).toString())));
        return all.toArray(String[]::new);
    }

    private String voters() {
        return IntStream.rangeClosed(1, nodes)
                .mapToObj(node -> node + "@127.0.0.1:" + port(node, CONTROLLER) + ":" + port(node, RAFT))
                .collect(Collectors.joining(","));
    }

    private int port(int node, int kind) {
        return ports.get((node - 1) * KINDS + kind);
    }

    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                ServerSocket free = new ServerSocket();
                held.add(free);
                free.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket free : held) {
                free.close();
            }
        }
    }
}
