package io.braid.broker.node;

import io.braid.broker.BraidNode;
import io.braid.broker.config.NodeConfig;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;

/** Three nodes in this JVM, controller and broker each. Owned by the test's thread. */
final class ThreeNodes implements AutoCloseable {
    private final Path directory;
    private final Map<Integer, Integer> controllerPorts = new TreeMap<>();
    private final Map<Integer, Integer> raftPorts = new TreeMap<>();
    private final Map<Integer, BraidNode> running = new TreeMap<>();

    ThreeNodes(Path directory) throws Exception {
        this.directory = directory;
        for (int id = 1; id <= 3; id++) {
            controllerPorts.put(id, freePort());
            raftPorts.put(id, freePort());
        }
    }

    ThreeNodes startAll(String... settings) throws Exception {
        List<CompletableFuture<Void>> starts = IntStream.rangeClosed(1, 3)
                .mapToObj(id -> CompletableFuture.runAsync(
                        () -> {
                            try {
                                start(id, settings);
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        },
                        task -> new Thread(task).start()))
                .toList();
        CompletableFuture.allOf(starts.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
        return this;
    }

    BraidNode start(int id, String... settings) throws Exception {
        BraidNode node = BraidNode.start(NodeConfig.parse(config(id, settings)));
        synchronized (running) {
            running.put(id, node);
        }
        return node;
    }

    Map<String, String> config(int id, String... settings) {
        Map<String, String> texts = new HashMap<>(TestNode.config(directory.resolve("node-" + id)));
        texts.put("node.id", Integer.toString(id));
        texts.put("controller.listener", "127.0.0.1:" + controllerPorts.get(id));
        texts.put("raft.listener", "127.0.0.1:" + raftPorts.get(id));
        texts.put("controller.quorum.voters", voters());
        for (int i = 0; i < settings.length; i += 2) {
            texts.put(settings[i], settings[i + 1]);
        }
        return texts;
    }

    /** As {@code controller.quorum.voters} names them. */
    String voters() {
        return controllerPorts.entrySet().stream()
                .map(e -> e.getKey() + "@127.0.0.1:" + e.getValue() + ":" + raftPorts.get(e.getKey()))
                .collect(Collectors.joining(","));
    }

    String controller(int id) {
        return "127.0.0.1:" + controllerPorts.get(id);
    }

    void stop(int id) {
        running.remove(id).close();
    }

    Admin admin() {
        return Admin.create(Map.of(
                "bootstrap.servers",
                running.values().stream()
                        .map(node -> "127.0.0.1:" + node.kafkaAddresses().get(0).getPort())
                        .collect(Collectors.joining(",")),
                "default.api.timeout.ms",
                "20000",
                "request.timeout.ms",
                "5000",
                "reconnect.backoff.max.ms",
                "100"));
    }

    static void await(String what, BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new AssertionError(what);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
        }
    }

    static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        running.values().parallelStream().forEach(BraidNode::close);
    }
}
