package io.braid.perf.nodes;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One node: a command, the file that it writes to, and the process while there is one. {@link #pid}, {@link #runs} and {@link
 * #diedUnasked} may be asked from any thread.
 */
final class NodeProcess {
    private static final long MOST_READ = 16 << 20;

    private final List<String> command;
    private final Map<String, String> environment;
    private final Path log;
    private final String readyText;
    private volatile Process process;
    private long logSeen;
    private boolean ready;
    private boolean paused;
    private volatile boolean wanted;

    /** @param readyText what it writes when it serves */
    NodeProcess(List<String> command, Map<String, String> environment, Path log, String readyText) {
        this.command = List.copyOf(command);
        this.environment = Map.copyOf(environment);
        this.log = log;
        this.readyText = readyText;
    }

    /** With further arguments. */
    void launch(List<String> more) throws IOException {
        if (runs()) {
            return;
        }
        List<String> all = new ArrayList<>(command);
        all.addAll(more);
        ProcessBuilder builder = new ProcessBuilder(all);
        builder.environment().putAll(environment);
        logSeen = Files.exists(log) ? Files.size(log) : 0;
        ready = false;
        process = builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        process.getOutputStream().close();
        paused = false;
        wanted = true;
    }

    boolean runs() {
        return process != null && process.isAlive();
    }

    boolean paused() {
        return runs() && paused;
    }

    /** Whether it ended though nobody had ended it; asked once for each end, from any thread. */
    synchronized boolean diedUnasked() {
        if (wanted && process != null && !process.isAlive()) {
            wanted = false;
            return true;
        }
        return false;
    }

    /** -1 if there is none. */
    long pid() {
        return runs() ? process.pid() : -1;
    }

    int exitStatus() {
        return process == null || process.isAlive() ? -1 : process.exitValue();
    }

    void kill() throws InterruptedException {
        if (process != null) {
            unwanted();
            process.destroyForcibly().waitFor();
        }
    }

    /**
     * SIGTERM, and SIGKILL when that is not enough.
     *
     * @return whether it ended by itself in this time
     */
    boolean terminate(Duration timeout) throws IOException, InterruptedException {
        if (process == null) {
            return true;
        }
        unwanted();
        resume();
        process.destroy();
        boolean ended = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
        kill();
        return ended;
    }

    void pause() throws IOException, InterruptedException {
        if (runs() && !paused) {
            signal("STOP");
            paused = true;
        }
    }

    void resume() throws IOException, InterruptedException {
        if (paused()) {
            signal("CONT");
            paused = false;
        }
    }

    boolean awaitReady(Duration timeout) throws InterruptedException {
        long deadlineNs = System.nanoTime() + timeout.toNanos();
        while (System.nanoTime() < deadlineNs && runs()) {
            if (ready()) {
                return true;
            }
            Thread.sleep(20);
        }
        return false;
    }

    /** Reads what the node has written since the last look, and the end of that again, where the text may have begun. */
    private boolean ready() {
        if (ready) {
            return true;
        }
        try (FileChannel file = FileChannel.open(log)) {
            ByteBuffer added = ByteBuffer.allocate((int) Math.min(MOST_READ, file.size() - logSeen));
            while (added.hasRemaining() && file.read(added, logSeen + added.position()) >= 0) {
                // Until all of it is read.
            }
            String text = new String(added.array(), 0, added.position(), StandardCharsets.ISO_8859_1);
            ready = text.contains(readyText);
            logSeen += Math.max(0, added.position() - readyText.length());
            return ready;
        } catch (IOException e) {
            return false;
        }
    }

    private synchronized void unwanted() {
        wanted = false;
    }

    private void signal(String name) throws IOException, InterruptedException {
        Commands.run(Duration.ofSeconds(10), List.of("kill", "-" + name, Long.toString(process.pid())), Map.of());
    }
}
