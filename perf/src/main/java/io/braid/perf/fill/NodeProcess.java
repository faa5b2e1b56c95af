package io.braid.perf.fill;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A node that runs {@code braid start} as a process of its own. One thread. */
final class NodeProcess implements AutoCloseable {
    private static final Pattern KAFKA = Pattern.compile(" kafka=(?:PLAINTEXT://)?([^ :]+):(\\d+)");
    private static final long STOP_TIMEOUT_S = 120;

    private final Process process;
    private final String ready;
    private final long readyNanos;

    private NodeProcess(Process process, String ready, long readyNanos) {
        this.process = process;
        this.ready = ready;
        this.readyNanos = readyNanos;
    }

    /**
     * Starts a node and waits until it says that it is ready.
     *
     * @param command path of {@code bin/braid}
     * @param settings KEY=VALUE
     * @throws IOException it ended before
     */
    static NodeProcess start(String command, Path data, List<String> settings) throws IOException {
        List<String> line = new ArrayList<>(List.of(command, "start", "--data", data.toString()));
        settings.forEach(setting -> line.addAll(List.of("--set", setting)));
        long started = System.nanoTime();
        Process process = new ProcessBuilder(line)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String said = out.readLine(); said != null; said = out.readLine()) {
            if (said.startsWith("braid ready")) {
                return new NodeProcess(process, said, System.nanoTime() - started);
            }
        }
        throw new IOException("the node ended before it was ready");
    }

    /** From the start of the process to the line that says it is ready. */
    long readyMs() {
        return TimeUnit.NANOSECONDS.toMillis(readyNanos);
    }

    InetSocketAddress address() {
        Matcher kafka = KAFKA.matcher(ready);
        if (!kafka.find()) {
            throw new IllegalStateException("no listener in: " + ready);
        }
        return new InetSocketAddress(kafka.group(1), Integer.parseInt(kafka.group(2)));
    }

    /** The shell that starts a node becomes it. */
    long pid() {
        return process.pid();
    }

    /** Kills it as kill -9 does. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Stops it cleanly. */
    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(STOP_TIMEOUT_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("the node did not stop within " + STOP_TIMEOUT_S + " s");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
