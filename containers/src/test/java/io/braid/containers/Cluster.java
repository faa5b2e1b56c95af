package io.braid.containers;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.testcontainers.DockerClientFactory;

/**
 * Three nodes in two networks: one through which clients come, and one in which the nodes talk to each other. Only the second
 * has faults, so that a node that is cut off from its peers still has its clients, which is the harder case. Confined to the
 * test's thread.
 */
final class Cluster implements AutoCloseable {

    private static final int NODES = 3;
    private static final Map<String, String> LABELS =
            Map.of("org.testcontainers", "true", "io.braid.test", "containers");

    private final DockerClient docker = DockerClientFactory.instance().client();
    private final String name = UUID.randomUUID().toString().substring(0, 8);
    private final String clients = network("clients");
    private final String peers = network("peers");
    private final List<Node> nodes = new ArrayList<>();

    Cluster() {
        String voters = IntStream.rangeClosed(1, NODES)
                .mapToObj(id -> id + "@" + Node.address(id) + ":9093")
                .collect(Collectors.joining(","));
        for (int id = 1; id <= NODES; id++) {
            nodes.add(new Node(id, clients, peers, voters));
        }
    }

    private String network(String role) {
        // The network that sorts first is the one whose gateway, and so whose published ports, a container uses.
        String network = "braid-" + name + "-" + role;
        docker.createNetworkCmd().withName(network).withLabels(LABELS).exec();
        return network;
    }

    /** Starts all nodes at once and waits until they serve. */
    void start() {
        try {
            nodes.parallelStream().forEach(Node::create);
            nodes.forEach(Node::awaitReady);
        } catch (RuntimeException | AssertionError e) {
            nodes.forEach(node -> System.err.println(node.log()));
            close();
            throw e;
        }
    }

    Node node(int id) {
        return nodes.get(id - 1);
    }

    String bootstrap() {
        return nodes.stream().map(Node::bootstrap).collect(Collectors.joining(","));
    }

    // ---- faults

    /** Drops what one node sends to another; what that one sends still arrives. */
    Cut cut(Node from, Node to) throws IOException, InterruptedException {
        List<String> rule = List.of("DOCKER-USER", "-s", from.peerAddress(), "-d", to.peerAddress(), "-j", "DROP");
        iptables("-I", rule);
        return new Cut(rule);
    }

    /** A rule of the packet filter of this machine that must not stay. */
    record Cut(List<String> rule) {
        void heal() throws IOException, InterruptedException {
            iptables("-D", rule);
        }
    }

    private static void iptables(String command, List<String> rule) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("iptables", "-w", command));
        line.addAll(rule);
        Process iptables = new ProcessBuilder(line).inheritIO().start();
        if (!iptables.waitFor(10, TimeUnit.SECONDS) || iptables.exitValue() != 0) {
            throw new IOException("failed: " + String.join(" ", line));
        }
    }

    @Override
    public void close() {
        nodes.forEach(Node::close);
        for (String network : List.of(clients, peers)) {
            try {
                docker.removeNetworkCmd(network).exec();
            } catch (NotFoundException e) {
                // It is gone, which is what was wanted.
            }
        }
    }
}
