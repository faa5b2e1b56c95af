package io.braid.clients;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One Apache Kafka 4.3.1 node in a process of its own, from the jars that src/test/kafka/pom.xml names, or those in the
 * directory that the environment's KAFKA_LIB names.
 */
final class KafkaServer implements AutoCloseable {
    private static final long START_NS = TimeUnit.SECONDS.toNanos(120);

    private final Path directory;
    private final Path lib;
    private final int port;
    private Process process;

    private KafkaServer(Path directory, Path lib, int port) {
        this.directory = directory;
        this.lib = lib;
        this.port = port;
    }

    /**
     * @param settings lines of server.properties in place of or on top of those of a test; {@code %1$d} stands for the port of
     *     clients, {@code %2$d} for the controller's
     */
    static KafkaServer start(Path directory, String... settings) throws Exception {
        Path lib = lib();
        int port = freePort();
        int controllerPort = freePort();
        Path properties = directory.resolve("server.properties");
        Files.writeString(
                properties,
                """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
                controller.listener.names=CONTROLLER
                listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
                log.dirs=%3$s
                offsets.topic.replication.factor=1
                SETTINGS
                """
                        .replace("SETTINGS", String.join("\n", settings))
                        .formatted(port, controllerPort, directory.resolve("data")));
        KafkaServer server = new KafkaServer(directory, lib, port);
        Process format = server.java(
                "kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", properties.toString());
        if (!format.waitFor(120, TimeUnit.SECONDS) || format.exitValue() != 0) {
            throw new IOException("format failed:\n" + Files.readString(directory.resolve("kafka.log")));
        }
        server.run();
        return server;
    }

    /** Starts the node, again on the same data after {@link #kill}. */
    void run() throws Exception {
        process = java("kafka.Kafka", directory.resolve("server.properties").toString());
        long startNs = System.nanoTime();
        while (!accepts()) {
            if (!process.isAlive() || System.nanoTime() - startNs > START_NS) {
                throw new IOException("did not start:\n" + Files.readString(directory.resolve("kafka.log")));
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private boolean accepts() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private Process java(String... arguments) throws IOException {
        List<String> command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m", "-cp", lib + "/*"));
        command.addAll(List.of(arguments));
        File log = directory.resolve("kafka.log").toFile();
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
    }

    /** Fetched by Maven when they are first needed, into this module's target directory. */
    private static Path lib() throws Exception {
        String given = System.getenv("KAFKA_LIB");
        Path lib = given != null ? Path.of(given) : Path.of("target", "kafka-4.3.1");
        if (!Files.isDirectory(lib)) {
            Process maven = new ProcessBuilder(
                            "mvn",
                            "-B",
                            "-ntp",
                            "-q",
                            "-f",
                            "src/test/kafka/pom.xml",
                            "dependency:copy-dependencies",
                            "-DoutputDirectory=" + lib.toAbsolutePath())
                    .inheritIO()
                    .start();
            if (!maven.waitFor(300, TimeUnit.SECONDS) || maven.exitValue() != 0) {
                throw new IOException("the jars of Apache Kafka could not be fetched");
            }
        }
        return lib.toAbsolutePath();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    String bootstrap() {
        return "127.0.0.1:" + port;
    }

    /** As by {@code kill -9}. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
