package io.braid.perf.fill;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a node's process takes, from /proc and jcmd: Linux, and the same user. Stateless; blocks. */
final class NodeFigures {
    private NodeFigures() {}

    /** Bytes of heap that are alive after a full collection, which this asks for. */
    static long heapAfterGc(long pid) throws IOException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process process = new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String text;
        try (InputStream in = process.getInputStream()) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        String total = text.lines()
                .filter(line -> line.startsWith("Total"))
                .findFirst()
                .orElseThrow(() ->
                        new IOException("jcmd said: " + text.lines().findFirst().orElse("nothing")));
        return Long.parseLong(total.trim().split("\\s+", -1)[2]);
    }

    /** CPU time that the process has used, all threads, in ms: says something on a busy machine too. */
    static long cpuMs(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .map(Duration::toMillis)
                .orElse(-1L);
    }

    /** Resident memory, descriptors, maps, threads and minor faults so far. */
    static Map<String, Object> process(long pid) throws IOException {
        Path proc = Path.of("/proc", Long.toString(pid));
        Map<String, Object> figures = new LinkedHashMap<>();
        for (String line : Files.readAllLines(proc.resolve("status"))) {
            if (line.startsWith("VmRSS:")) {
                figures.put("rssBytes", kib(line) * 1024);
            } else if (line.startsWith("RssAnon:")) {
                figures.put("rssAnonBytes", kib(line) * 1024);
            } else if (line.startsWith("Threads:")) {
                figures.put("threads", kib(line));
            }
        }
        try (Stream<Path> descriptors = Files.list(proc.resolve("fd"))) {
            figures.put("fds", descriptors.count());
        }
        List<String> maps = Files.readAllLines(proc.resolve("maps"), StandardCharsets.ISO_8859_1);
        figures.put("maps", maps.size());
        figures.put(
                "dataFileMaps",
                maps.stream().filter(map -> map.contains("/shards/")).count());
        return figures;
    }

    private static long kib(String line) {
        return Long.parseLong(line.replaceAll("\\D", ""));
    }

    /** Lengths of all files, space that was allocated ahead included. */
    static long diskBytes(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            long bytes = 0;
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                bytes += Files.size(file);
            }
            return bytes;
        }
    }
}
