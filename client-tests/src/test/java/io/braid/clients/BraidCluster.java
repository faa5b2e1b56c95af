package io.braid.clients;

import io.braid.broker.BraidNode;
import io.braid.broker.config.NodeConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Three Braid nodes in this JVM, controller and broker each. */
final class BraidCluster implements AutoCloseable {
    private static final int NODES = 3;
    private static final int KINDS = 4; // of ports: controller, raft, clients, brokers

    private final Path directory;
    private final List<Integer> ports = new ArrayList<>();
    private final Map<Integer, BraidNode> running = new TreeMap<>();

    private BraidCluster(Path directory) {
        this.directory = directory;
    }

    static BraidCluster start(Path directory) throws Exception {
        BraidCluster cluster = new BraidCluster(directory);
        cluster.takePorts();
        List<CompletableFuture<Void>> starts = IntStream.rangeClosed(1, NODES)
                .mapToObj(id -> CompletableFuture.runAsync(() -> cluster.run(id), task -> new Thread(task).start()))
                .toList();
        CompletableFuture.allOf(starts.toArray(CompletableFuture[]::new)).get(120, TimeUnit.SECONDS);
        return cluster;
    }

    private void takePorts() throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        for (int i = 0; i < NODES * KINDS; i++) {
            held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        }
        for (ServerSocket socket : held) {
            ports.add(socket.getLocalPort());
            socket.close();
        }
    }

    private String at(int id, int kind) {
        return "127.0.0.1:" + ports.get((id - 1) * KINDS + kind);
    }

    void run(int id) {
        Map<String, String> texts = new HashMap<>();
        texts.put("log.dirs", directory.resolve("node-" + id).toString());
        texts.put("node.id", Integer.toString(id));
        texts.put("controller.listener", at(id, 0));
        texts.put("raft.listener", at(id, 1));
        texts.put("listeners", "PLAINTEXT://" + at(id, 2));
        texts.put("inter.broker.listener", at(id, 3));
        texts.put("admin.listener", "127.0.0.1:0");
        texts.put("default.replication.factor", Integer.toString(NODES));
        texts.put(
                "controller.quorum.voters",
                IntStream.rangeClosed(1, NODES)
                        .mapToObj(n -> n + "@" + at(n, 0) + ":" + ports.get((n - 1) * KINDS + 1))
                        .collect(Collectors.joining(",")));
        try {
            BraidNode node = BraidNode.start(NodeConfig.parse(texts));
            synchronized (running) {
                running.put(id, node);
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    void stop(int id) {
        BraidNode node;
        synchronized (running) {
            node = running.remove(id);
        }
        node.close();
    }

    String bootstrap() {
        return IntStream.rangeClosed(1, NODES).mapToObj(id -> at(id, 2)).collect(Collectors.joining(","));
    }

    @Override
    public void close() {
        List.copyOf(running.values()).parallelStream().forEach(BraidNode::close);
    }
}
