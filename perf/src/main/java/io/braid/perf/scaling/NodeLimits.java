package io.braid.perf.scaling;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/** Watches how near a process comes to its limits of descriptors and maps, from a thread of its own; any thread asks. */
final class NodeLimits implements AutoCloseable {
    private static final long INTERVAL_MS = TimeUnit.SECONDS.toMillis(1);
    private static final Path MAP_LIMIT = Path.of("/proc/sys/vm/max_map_count");

    /**
     * What was seen.
     *
     * @param mostFds descriptors, the most at any look; 0 when it was never looked at, and so are the others
     * @param fdLimit that the process has, -1 for none
     */
    record Seen(long mostFds, long fdLimit, long mostMaps, long mapLimit) {}

    private final LongSupplier pid;
    private final Thread thread;
    private Seen seen = new Seen(0, 0, 0, 0);

    /** @param pid of the process now, -1 when it does not run; asked by any thread */
    NodeLimits(LongSupplier pid) {
        this.pid = pid;
        thread = new Thread(this::watch, "node-limits");
        thread.setDaemon(true);
        thread.start();
    }

    synchronized Seen seen() {
        return seen;
    }

    private void watch() {
        while (!Thread.currentThread().isInterrupted()) {
            look();
            try {
                Thread.sleep(INTERVAL_MS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Looks once more, now. */
    void look() {
        long now = pid.getAsLong();
        if (now < 0) {
            return;
        }
        Path proc = Path.of("/proc", Long.toString(now));
        try (Stream<Path> descriptors = Files.list(proc.resolve("fd"));
                Stream<String> maps = Files.lines(proc.resolve("maps"), StandardCharsets.ISO_8859_1)) {
            long fds = descriptors.count();
            long mapped = maps.count();
            long fdLimit = openFiles(Files.readString(proc.resolve("limits")));
            long mapLimit = Long.parseLong(Files.readAllLines(MAP_LIMIT).get(0).trim());
            synchronized (this) {
                seen = new Seen(Math.max(seen.mostFds(), fds), fdLimit, Math.max(seen.mostMaps(), mapped), mapLimit);
            }
        } catch (IOException | java.io.UncheckedIOException e) {
            // it ended meanwhile: what was seen before stays
        }
    }

    /**
     * The soft limit of open files in the text of /proc/PID/limits, which is also the hard one of a JVM: it raises it.
     *
     * @return -1 for none
     */
    static long openFiles(String limits) {
        return limits.lines()
                .filter(line -> line.startsWith("Max open files"))
                .map(line -> line.substring("Max open files".length()).trim().split("\\s+", -1)[0])
                .filter(value -> !value.equals("unlimited"))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(-1);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
