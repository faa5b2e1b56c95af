package io.braid.broker;

import io.braid.log.CheckedProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/**
 * {@code meta.properties} of a data directory: whose it is. Written whole: a new file, forced, renamed over the old one.
 *
 * <p>Owned by the thread that starts and stops the node.
 */
final class MetaProperties {
    static final String FILE_NAME = "meta.properties";

    private static final String VERSION = "version";
    private static final String CURRENT_VERSION = "1";
    private static final String NODE_ID = "node.id";
    private static final String CLUSTER_ID = "cluster.id";
    private static final String BROKER_EPOCH = "broker.epoch";

    private final Path file;
    private final Properties properties;

    private MetaProperties(Path file, Properties properties) {
        this.file = file;
        this.properties = properties;
    }

    /**
     * Reads the file of a directory, or begins a new one.
     *
     * @throws NodeStartException the directory belongs to another node, or the file is of an unknown version
     */
    static MetaProperties open(Path directory, int nodeId) throws NodeStartException, IOException {
        Path file = directory.resolve(FILE_NAME);
        Properties properties = new Properties();
        if (Files.exists(file)) {
            properties = CheckedProperties.read(file)
                    .orElseThrow(() -> new NodeStartException(file + " is damaged: restore it, or remove it if the"
                            + " directory is surely that of node.id=" + nodeId));
            String version = properties.getProperty(VERSION, "");
            if (!version.equals(CURRENT_VERSION)) {
                throw new NodeStartException(
                        file + " is of version \"" + version + "\", this node reads " + CURRENT_VERSION);
            }
            String owner = properties.getProperty(NODE_ID, "");
            if (!owner.equals(Integer.toString(nodeId))) {
                throw new NodeStartException(
                        directory + " belongs to node.id=" + owner + ", this node has node.id=" + nodeId);
            }
        }
        properties.setProperty(VERSION, CURRENT_VERSION);
        properties.setProperty(NODE_ID, Integer.toString(nodeId));
        return new MetaProperties(file, properties);
    }

    Optional<String> clusterId() {
        return Optional.ofNullable(properties.getProperty(CLUSTER_ID));
    }

    /** Broker epoch of the last registration, or -1. */
    long brokerEpoch() {
        try {
            return Long.parseLong(properties.getProperty(BROKER_EPOCH, "-1"));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Notes what the node belongs to; durable on return. */
    void save(String clusterId, long brokerEpoch) throws IOException {
        properties.setProperty(CLUSTER_ID, clusterId);
        properties.setProperty(BROKER_EPOCH, Long.toString(brokerEpoch));
        Map<String, String> values = new TreeMap<>();
        properties.forEach((key, value) -> values.put(key.toString(), value.toString()));
        CheckedProperties.write(file, values);
    }
}
