package io.braid.broker.node;

import io.braid.broker.BraidNode;
import io.braid.broker.config.NodeConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A node in this JVM on free ports of the loopback interface, with real clients for it. */
final class TestNode implements AutoCloseable {
    private final BraidNode node;

    private TestNode(BraidNode node) {
        this.node = node;
    }

    /** @param settings key, value, key, value ... over the defaults of a test */
    static TestNode start(Path data, String... settings) throws Exception {
        return new TestNode(BraidNode.start(NodeConfig.parse(config(data, settings))));
    }

    static Map<String, String> config(Path data, String... settings) {
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
        return texts;
    }

    String bootstrap() {
        var at = node.kafkaAddresses().get(0);
        return at.getAddress().getHostAddress() + ":" + at.getPort();
    }

    int port() {
        return node.kafkaAddresses().get(0).getPort();
    }

    int controllerPort() {
        return port("controller");
    }

    int interBrokerPort() {
        return port("inter-broker");
    }

    private int port(String of) {
        return Integer.parseInt(node.readyLine(0).replaceAll(".* " + of + "=[^ ]*:(\\d+) .*", "$1"));
    }

    /** Where its metrics are. */
    String adminAddress() {
        return node.readyLine(0).replaceAll(".* admin=([^ ]*) .*", "$1");
    }

    BraidNode node() {
        return node;
    }

    Admin admin() {
        return Admin.create(properties());
    }

    KafkaProducer<byte[], byte[]> producer(String... settings) {
        Properties p = properties(settings);
        return new KafkaProducer<>(p, new ByteArraySerializer(), new ByteArraySerializer());
    }

    KafkaConsumer<byte[], byte[]> consumer(String... settings) {
        Properties p = properties(settings);
        p.putIfAbsent("auto.offset.reset", "earliest");
        return new KafkaConsumer<>(p, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private Properties properties(String... settings) {
        Properties p = new Properties();
        p.put("bootstrap.servers", bootstrap());
        for (int i = 0; i < settings.length; i += 2) {
            p.put(settings[i], settings[i + 1]);
        }
        return p;
    }

    @Override
    public void close() {
        node.close();
    }
}
