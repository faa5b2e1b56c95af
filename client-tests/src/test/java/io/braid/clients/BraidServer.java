package io.braid.clients;

import io.braid.broker.BraidNode;
import io.braid.broker.config.NodeConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A Braid node in this JVM, on free ports of the loopback interface. */
final class BraidServer implements AutoCloseable {
    private final BraidNode node;

    private BraidServer(BraidNode node) {
        this.node = node;
    }

    /** @param settings key, value, key, value ... over the defaults of a test */
    static BraidServer start(Path data, String... settings) throws Exception {
        Map<String, String> texts = new HashMap<>(Map.of(
                "log.dirs", data.toString(),
                "listeners", "PLAINTEXT://127.0.0.1:0",
                "controller.listener", "127.0.0.1:0",
                "raft.listener", "127.0.0.1:0",
                "inter.broker.listener", "127.0.0.1:0",
                "admin.listener", "127.0.0.1:0"));
        for (int i = 0; i < settings.length; i += 2) {
            texts.put(settings[i], settings[i + 1]);
        }
        return new BraidServer(BraidNode.start(NodeConfig.parse(texts)));
    }

    String bootstrap() {
        var at = node.kafkaAddresses().get(0);
        return at.getAddress().getHostAddress() + ":" + at.getPort();
    }

    @Override
    public void close() {
        node.close();
    }
}
