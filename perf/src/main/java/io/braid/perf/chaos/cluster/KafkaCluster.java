package io.braid.perf.chaos.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Nodes of Apache Kafka in KRaft mode, each broker and controller, with the JVM flags of its own scripts: to compare with. */
public final class KafkaCluster extends LocalCluster {
    private static final String CLUSTER_ID = "MkU3OEVBNTcwNTJENDM2Qg";
    private static final Duration FORMAT = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofMinutes(3);

    private final Path directory;
    private final String classPath;
    private final Ports ports;

    /**
     * @param home a distribution with its jars in libs, or a directory of jars
     * @param heap of each node
     */
    public KafkaCluster(Path home, Path directory, int size, String heap) throws IOException {
        super(STOP);
        Path jars = Files.isDirectory(home.resolve("libs")) ? home.resolve("libs") : home;
        this.directory = directory;
        this.classPath = jars.toAbsolutePath() + "/*";
        this.ports = Ports.free(size);
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
        for (int node = 1; node <= size; node++) {
            Files.writeString(properties(node), text(node, size));
            nodes.put(node, new NodeProcess(command(heap, node), Map.of(), log(node), "Kafka Server started"));
        }
    }

    @Override
    public String bootstrap() {
        return nodes.keySet().stream()
                .map(node -> "127.0.0.1:" + ports.of(node, Ports.KAFKA))
                .collect(Collectors.joining(","));
    }

    @Override
    public void start() throws IOException, InterruptedException {
        for (int node : nodes.keySet()) {
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
                            properties(node).toString()),
                    Map.of());
            if (!formatted.ok()) {
                throw new IOException("Kafka's storage cannot be formatted: " + formatted.output());
            }
        }
        super.start();
    }

    @Override
    Path log(int node) {
        return directory.resolve("node-" + node + ".log");
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private List<String> command(String heap, int node) {
        return List.of(
                java(),
                "-Xmx" + heap,
                "-Xms" + heap,
                "-server",
                "-XX:+UseG1GC",
                "-XX:MaxGCPauseMillis=20",
                "-XX:InitiatingHeapOccupancyPercent=35",
                "-XX:+ExplicitGCInvokesConcurrent",
                "-Djava.awt.headless=true",
                "-Dlog4j2.configurationFile=" + directory.resolve("log4j2.properties"),
                "-cp",
                classPath,
                "kafka.Kafka",
                properties(node).toString());
    }

    private Path properties(int node) {
        return directory.resolve("node-" + node + ".properties");
    }

    private String text(int node, int size) {
        String voters = IntStream.rangeClosed(1, size)
                .mapToObj(id -> id + "@127.0.0.1:" + ports.of(id, Ports.CONTROLLER))
                .collect(Collectors.joining(","));
        int replicas = Math.min(3, size);
        int minInSync = Math.min(2, replicas);
        String kafka = "127.0.0.1:" + ports.of(node, Ports.KAFKA);
        return String.join(
                "\n",
                "process.roles=broker,controller",
                "node.id=" + node,
                "controller.quorum.voters=" + voters,
                "listeners=PLAINTEXT://" + kafka + ",CONTROLLER://127.0.0.1:" + ports.of(node, Ports.CONTROLLER),
                "advertised.listeners=PLAINTEXT://" + kafka,
                "inter.broker.listener.name=PLAINTEXT",
                "controller.listener.names=CONTROLLER",
                "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
                "log.dirs=" + directory.resolve("node-" + node),
                "default.replication.factor=" + replicas,
                "min.insync.replicas=" + minInSync,
                "offsets.topic.num.partitions=8",
                "offsets.topic.replication.factor=" + replicas,
                "group.initial.rebalance.delay.ms=500",
                "group.consumer.min.session.timeout.ms=6000",
                "group.consumer.session.timeout.ms=6000",
                "group.consumer.min.heartbeat.interval.ms=1000",
                "group.consumer.heartbeat.interval.ms=1000",
                "");
    }
}
