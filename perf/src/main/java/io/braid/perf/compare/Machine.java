package io.braid.perf.compare;

import io.braid.perf.measure.ResultLine;
import io.braid.perf.nodes.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the machine is, for the report. Files of /proc/sys are read by lines: they give all they have to the first read, which a read for
 * one byte would waste. Stateless; blocks.
 */
final class Machine {
    private static final Duration QUICK = Duration.ofSeconds(20);

    private Machine() {}

    /**
     * The line about it.
     *
     * @param root of the source tree, for the commit
     * @param data directory in which the nodes work, for its file system
     */
    static ResultLine line(Path root, Path data) throws IOException, InterruptedException {
        ResultLine line = new ResultLine("machine")
                .put("kernel", said("uname", "-sr"))
                .put("cpu", cpu())
                .put("cores", Runtime.getRuntime().availableProcessors())
                .put("memory", memory())
                .put("file system of the data", Files.getFileStore(data).type())
                .put("JDK", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"))
                .put("open files (ulimit -Hn)", said("sh", "-c", "ulimit -Hn"))
                .put("vm.max_map_count", proc("/proc/sys/vm/max_map_count"))
                .put("Braid", said("git", "-C", root.toString(), "log", "-1", "--format=commit %h of %cs"))
                .put("Apache Kafka", "4.3.1, KRaft");
        readAhead(data).ifPresent(kb -> line.put("read-ahead of the disk, KB", kb));
        return line;
    }

    private static String said(String... command) throws IOException, InterruptedException {
        Commands.Outcome outcome = Commands.run(QUICK, List.of(command), Map.of());
        return outcome.ok() ? outcome.output() : "unknown";
    }

    private static String cpu() throws IOException {
        return field(Path.of("/proc/cpuinfo"), "model name").orElse(System.getProperty("os.arch"));
    }

    private static String memory() throws IOException {
        return field(Path.of("/proc/meminfo"), "MemTotal")
                .map(text -> text.replaceAll("\\D", ""))
                .map(kb -> Math.round(Long.parseLong(kb) / 1024.0 / 1024.0) + " GiB")
                .orElse("unknown");
    }

    private static Optional<String> field(Path file, String name) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst();
    }

    private static String proc(String file) throws IOException {
        return Files.exists(Path.of(file)) ? Files.readAllLines(Path.of(file)).get(0).trim() : "unknown";
    }

    private static Optional<String> readAhead(Path data) throws IOException, InterruptedException {
        String device = said("sh", "-c", "basename \"$(df --output=source '" + data + "' | tail -1)\"");
        for (String name : List.of(device, device.replaceAll("p?\\d+$", ""))) {
            Path file = Path.of("/sys/block", name, "queue/read_ahead_kb");
            if (Files.exists(file)) {
                return Optional.of(Files.readAllLines(file).get(0).trim());
            }
        }
        return Optional.empty();
    }
}
