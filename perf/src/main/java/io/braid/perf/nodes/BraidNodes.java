package io.braid.perf.nodes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Makes clusters of Braid, each node started by {@code bin/braid start}; the first three (or fewer) are controllers too. Stateless. */
public final class BraidNodes {
    private static final int MOST_CONTROLLERS = 3;
    private static final Duration STOP = Duration.ofSeconds(60);

    private BraidNodes() {}

    /**
     * How the nodes are to be.
     *
     * @param command bin/braid
     * @param directory for their data and output
     * @param heap of each, as -Xmx takes it
     * @param settings of every node
     */
    public record Setup(Path command, Path directory, int nodes, String heap, Map<String, String> settings) {
        public Setup {
            settings = Map.copyOf(settings);
        }
    }

    /** Nodes 1 to this are controllers. */
    public static int controllers(int nodes) {
        return Math.min(nodes, MOST_CONTROLLERS);
    }

    /** The command of the tool that runs, as {@code bin/braid} names itself to it. */
    public static Path command() throws IOException {
        String command = System.getProperty("braid.command");
        if (command == null) {
            throw new IOException("run it by bin/braid, which nodes are started with");
        }
        return Path.of(command).toAbsolutePath();
    }

    /** The nodes, none started, on ports that are free. */
    public static LocalCluster cluster(Setup setup) throws IOException {
        return cluster(setup, Ports.free(setup.nodes()), node -> "127.0.0.1");
    }

    /**
     * The nodes, none started.
     *
     * @param host where a node's listeners for other nodes stand, if not where they are known
     */
    public static LocalCluster cluster(Setup setup, Ports ports, IntFunction<String> host) throws IOException {
        Files.createDirectories(setup.directory());
        Map<String, String> environment = Map.of("BRAID_BUILD", "off", "BRAID_HEAP", setup.heap());
        Map<Integer, NodeProcess> nodes = new LinkedHashMap<>();
        for (int node = 1; node <= setup.nodes(); node++) {
            nodes.put(
                    node,
                    new NodeProcess(
                            arguments(setup, ports, node, host.apply(node)),
                            environment,
                            LocalCluster.log(setup.directory(), node),
                            "braid ready node=" + node + " "));
        }
        return new LocalCluster(setup.directory(), ports, STOP, nodes);
    }

    private static List<String> arguments(Setup setup, Ports ports, int node, String host) {
        int controllers = controllers(setup.nodes());
        Map<String, String> settings = new LinkedHashMap<>(setup.settings());
        settings.put("node.id", Integer.toString(node));
        settings.put("process.roles", node <= controllers ? "broker,controller" : "broker");
        settings.put(
                "controller.quorum.voters",
                IntStream.rangeClosed(1, controllers)
                        .mapToObj(id ->
                                id + "@127.0.0.1:" + ports.of(id, Ports.CONTROLLER) + ":" + ports.of(id, Ports.RAFT))
                        .collect(Collectors.joining(",")));
        settings.put("listeners", "PLAINTEXT://127.0.0.1:" + ports.of(node, Ports.KAFKA));
        settings.put("controller.listener", host + ":" + ports.of(node, Ports.CONTROLLER));
        settings.put("raft.listener", host + ":" + ports.of(node, Ports.RAFT));
        settings.put("inter.broker.listener", host + ":" + ports.of(node, Ports.BROKER));
        settings.put("advertised.inter.broker.listener", "127.0.0.1:" + ports.of(node, Ports.BROKER));
        settings.put("admin.listener", "127.0.0.1:" + ports.of(node, Ports.ADMIN));
        List<String> arguments = new ArrayList<>(List.of(
                setup.command().toString(),
                "start",
                "--data",
                LocalCluster.data(setup.directory(), node).toString()));
        settings.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        return arguments;
    }
}
