package io.braid.perf.measure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What processes take, from /proc and jcmd: Linux, and the same user. Stateless; blocks. */
public final class NodeProcessFigures {
    private NodeProcessFigures() {}

    /** CPU time that a process has used, all threads, in ms; -1 when it is gone. */
    public static long cpuMs(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .map(Duration::toMillis)
                .orElse(-1L);
    }

    /** CPU seconds, user and system, of all these processes together; one that is gone counts nothing. */
    public static double cpuSeconds(List<Long> pids) {
        return pids.stream().mapToLong(pid -> Math.max(0, cpuMs(pid))).sum() / 1e3;
    }

    /**
     * Of one process: {@code rssBytes}, {@code rssAnonBytes}, {@code threads}, {@code fds}, {@code maps}, {@code dataFileMaps} (of
     * shards), {@code voluntarySwitches} and {@code involuntarySwitches} of all threads that live.
     */
    public static Map<String, Long> process(long pid) throws IOException {
        Path proc = Path.of("/proc", Long.toString(pid));
        Map<String, Long> figures = new LinkedHashMap<>();
        for (String line : Files.readAllLines(proc.resolve("status"))) {
            if (line.startsWith("VmRSS:")) {
                figures.put("rssBytes", number(line) * 1024);
            } else if (line.startsWith("RssAnon:")) {
                figures.put("rssAnonBytes", number(line) * 1024);
            } else if (line.startsWith("Threads:")) {
                figures.put("threads", number(line));
            }
        }
        try (Stream<Path> descriptors = Files.list(proc.resolve("fd"))) {
            figures.put("fds", descriptors.count());
        }
        List<String> maps = Files.readAllLines(proc.resolve("maps"), StandardCharsets.ISO_8859_1);
        figures.put("maps", (long) maps.size());
        figures.put(
                "dataFileMaps",
                maps.stream().filter(map -> map.contains("/shards/")).count());
        putSwitches(proc, figures);
        return figures;
    }

    /** The figures of {@link #process} of several processes, added up. */
    public static Map<String, Long> processes(List<Long> pids) throws IOException {
        Map<String, Long> sum = new LinkedHashMap<>();
        for (long pid : pids) {
            process(pid).forEach((name, value) -> sum.merge(name, value, Long::sum));
        }
        return sum;
    }

    private static void putSwitches(Path proc, Map<String, Long> figures) throws IOException {
        long voluntary = 0;
        long involuntary = 0;
        List<Path> threads;
        try (Stream<Path> found = Files.list(proc.resolve("task"))) {
            threads = found.toList();
        }
        for (Path thread : threads) {
            List<String> status;
            try {
                status = Files.readAllLines(thread.resolve("status"));
            } catch (NoSuchFileException e) {
                continue; // it ended meanwhile
            } catch (IOException e) {
                if (!Files.exists(thread)) {
                    continue; // likewise: "no such process"
                }
                throw e;
            }
            for (String line : status) {
                if (line.startsWith("voluntary_ctxt_switches:")) {
                    voluntary += number(line);
                } else if (line.startsWith("nonvoluntary_ctxt_switches:")) {
                    involuntary += number(line);
                }
            }
        }
        figures.put("voluntarySwitches", voluntary);
        figures.put("involuntarySwitches", involuntary);
    }

    private static long number(String line) {
        return Long.parseLong(line.replaceAll("\\D", ""));
    }

    /**
     * CPU seconds that the whole machine has used since it started, idle and waiting for disks left out. With what broker and client
     * used taken off, the rest tells how quiet the machine was. NaN where there is no /proc/stat.
     */
    public static double machineCpuSeconds() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
            String[] fields = lines.findFirst().orElse("").trim().split("\\s+", -1);
            long ticks = 0;
            for (int field : BUSY_FIELDS) {
                ticks += Long.parseLong(fields[field]);
            }
            return ticks / TICKS_PER_SECOND;
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    /** user, nice, system, irq, softirq, steal of the first line of /proc/stat. */
    private static final int[] BUSY_FIELDS = {1, 2, 3, 6, 7, 8};

    private static final double TICKS_PER_SECOND = 100;

    /**
     * Bytes of heap that are alive in a JVM after a full collection, which this asks for.
     *
     * @throws IOException the process is no JVM of this user, or gone
     */
    public static long heapAfterGc(long pid) throws IOException {
        String text = jcmd(pid, "GC.class_histogram");
        String total = text.lines()
                .filter(line -> line.startsWith("Total"))
                .findFirst()
                .orElseThrow(() ->
                        new IOException("jcmd said: " + text.lines().findFirst().orElse("nothing")));
        return Long.parseLong(total.trim().split("\\s+", -1)[2]);
    }

    /** What jcmd answers to a command, errors included; waits for its end. */
    public static String jcmd(long pid, String... command) throws IOException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        List<String> line = Stream.concat(Stream.of(jcmd.toString(), Long.toString(pid)), Stream.of(command))
                .toList();
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        try (InputStream in = process.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Lengths of all files, space that was allocated ahead included. */
    public static long diskBytes(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            long bytes = 0;
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                bytes += Files.size(file);
            }
            return bytes;
        }
    }
}
