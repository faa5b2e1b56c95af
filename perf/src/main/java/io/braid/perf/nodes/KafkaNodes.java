package io.braid.perf.nodes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Makes clusters of Apache Kafka in KRaft mode, each node broker and controller, with the JVM flags of its own scripts: to
 * compare with. Stateless.
 */
public final class KafkaNodes {
    private static final String CLUSTER_ID = "MkU3OEVBNTcwNTJENDM2Qg";
    private static final Duration FORMAT = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofMinutes(3);

    private KafkaNodes() {}

    /**
     * How the nodes are to be.
     *
     * @param home a distribution with its jars in libs, or a directory of jars
     * @param directory for their data and output
     * @param heap of each, as -Xmx takes it
     * @param settings of every node, over those that it needs
     */
    public record Setup(Path home, Path directory, int nodes, String heap, Map<String, String> settings) {
        public Setup {
            settings = Map.copyOf(settings);
        }
    }

    /**
     * The nodes, formatted and none started, on ports that are free.
     *
     * @throws IOException there are no jars, or the storage tool failed; what it said
     */
    public static LocalCluster cluster(Setup setup) throws IOException, InterruptedException {
        Path jars =
                Files.isDirectory(setup.home().resolve("libs")) ? setup.home().resolve("libs") : setup.home();
        if (!Files.isDirectory(jars)) {
            throw new IOException("no jars of Apache Kafka in " + setup.home());
        }
        String classPath = jars.toAbsolutePath() + "/*";
        Path directory = setup.directory();
        Ports ports = Ports.free(setup.nodes());
        Files.createDirectories(directory);
        Files.writeString(
                directory.resolve("log4j2.properties"),
                """
                rootLogger.level=info
                rootLogger.appenderRef.out.ref=out
                appender.out.type=Console
                appender.out.name=out
                appender.out.layout.type=PatternLayout
                appender.out.layout.pattern=%d %p %c %m%n
                """);
        Map<Integer, NodeProcess> nodes = new LinkedHashMap<>();
        for (int node = 1; node <= setup.nodes(); node++) {
            Path properties = directory.resolve("node-" + node + ".properties");
            Files.writeString(properties, text(setup, ports, node));
            format(classPath, properties);
            nodes.put(
                    node,
                    new NodeProcess(
                            command(setup, classPath, properties),
                            Map.of(),
                            LocalCluster.log(directory, node),
                            "Kafka Server started"));
        }
        return new LocalCluster(directory, ports, STOP, nodes);
    }

    private static void format(String classPath, Path properties) throws IOException, InterruptedException {
        Commands.Outcome formatted = Commands.run(
                FORMAT,
                List.of(
                        java(),
                        "-Xmx256m",
                        "-cp",
                        classPath,
                        "kafka.tools.StorageTool",
                        "format",
                        "-t",
                        CLUSTER_ID,
                        "-c",
                        properties.toString()),
                Map.of());
        if (!formatted.ok()) {
            throw new IOException("Kafka's storage cannot be formatted: " + formatted.output());
        }
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static List<String> command(Setup setup, String classPath, Path properties) {
        return List.of(
                java(),
                "-Xmx" + setup.heap(),
                "-Xms" + setup.heap(),
                "-server",
                "-XX:+UseG1GC",
                "-XX:MaxGCPauseMillis=20",
                "-XX:InitiatingHeapOccupancyPercent=35",
                "-XX:+ExplicitGCInvokesConcurrent",
                "-Djava.awt.headless=true",
                "-Dlog4j2.configurationFile=" + setup.directory().resolve("log4j2.properties"),
                "-cp",
                classPath,
                "kafka.Kafka",
                properties.toString());
    }

    private static String text(Setup setup, Ports ports, int node) {
        int replicas = Math.min(3, setup.nodes());
        String kafka = "127.0.0.1:" + ports.of(node, Ports.KAFKA);
        Map<String, String> all = new LinkedHashMap<>();
        all.put("process.roles", "broker,controller");
        all.put("node.id", Integer.toString(node));
        all.put(
                "controller.quorum.voters",
                IntStream.rangeClosed(1, setup.nodes())
                        .mapToObj(id -> id + "@127.0.0.1:" + ports.of(id, Ports.CONTROLLER))
                        .collect(Collectors.joining(",")));
        all.put("listeners", "PLAINTEXT://" + kafka + ",CONTROLLER://127.0.0.1:" + ports.of(node, Ports.CONTROLLER));
        all.put("advertised.listeners", "PLAINTEXT://" + kafka);
        all.put("inter.broker.listener.name", "PLAINTEXT");
        all.put("controller.listener.names", "CONTROLLER");
        all.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT");
        all.put("log.dirs", LocalCluster.data(setup.directory(), node).toString());
        all.put("default.replication.factor", Integer.toString(replicas));
        all.put("min.insync.replicas", Integer.toString(Math.min(2, replicas)));
        all.put("offsets.topic.replication.factor", Integer.toString(replicas));
        all.put("share.coordinator.state.topic.replication.factor", Integer.toString(replicas));
        all.put("transaction.state.log.replication.factor", Integer.toString(replicas));
        all.putAll(setup.settings());
        StringBuilder text = new StringBuilder();
        all.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
        return text.toString();
    }
}
