package io.braid.broker.node;

import io.braid.broker.BraidNode;
import io.braid.broker.config.NodeConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A node in a process of its own, to be killed. */
final class NodeProcess implements AutoCloseable {
    private final Process process;
    private final long readyMs;

    private NodeProcess(Process process, long readyMs) {
        this.process = process;
        this.readyMs = readyMs;
    }

    /** Starts it with this JVM's class path and waits until it serves. */
    static NodeProcess start(Path data, String... settings) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(a -> a.startsWith("--add-") || a.startsWith("-Dchronicle") || a.startsWith("-Dio.netty"))
                .forEach(command::add);
        command.addAll(List.of(
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                NodeProcess.class.getName()));
        new TreeMap<>(TestNode.config(data, settings)).forEach((key, value) -> command.add(key + "=" + value));
        long started = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line;
        while ((line = out.readLine()) != null) {
            if (line.startsWith("braid ready ")) {
                Thread drain = new Thread(() -> out.lines().forEach(l -> {}));
                drain.setDaemon(true);
                drain.start();
                return new NodeProcess(process, (System.nanoTime() - started) / 1_000_000);
            }
        }
        throw new IOException("the node ended before it was ready");
    }

    /** Milliseconds from the start of the process to its ready line. */
    long readyMs() {
        return readyMs;
    }

    /** kill -9; returns when the process is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGSTOP: it answers nobody, and its connections stay. */
    void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** SIGCONT. */
    void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start();
        if (kill.waitFor() != 0) {
            throw new IOException("kill -" + name + " failed");
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGTERM; returns when the process is gone. */
    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The child: settings as key=value. */
    public static void main(String[] args) throws Exception {
        long started = System.currentTimeMillis();
        Map<String, String> texts = new TreeMap<>();
        for (String arg : args) {
            texts.put(arg.substring(0, arg.indexOf('=')), arg.substring(arg.indexOf('=') + 1));
        }
        BraidNode node = BraidNode.start(NodeConfig.parse(texts));
        Runtime.getRuntime().addShutdownHook(new Thread(node::close));
        System.out.println(node.readyLine(started));
        System.out.flush();
        node.awaitStopped();
    }
}
