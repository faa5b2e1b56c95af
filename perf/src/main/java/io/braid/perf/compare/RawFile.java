package io.braid.perf.compare;

import io.braid.perf.measure.JsonLine;
import io.braid.perf.measure.ResultLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The file that result lines are added to. A workload's lines are added together with one that says that it is done, so that another run
 * goes on where this one ended. Owned by one thread.
 */
final class RawFile {
    private static final String DONE = "done";

    private final Path file;
    private final Set<String> done = new HashSet<>();
    private boolean machineKnown;

    /** Opens a file, which need not be there; a last line without its end, of a run that was killed, is cut off. */
    RawFile(Path file) throws IOException {
        this.file = file;
        Files.createDirectories(file.toAbsolutePath().getParent());
        if (!Files.exists(file)) {
            return;
        }
        String text = Files.readString(file);
        int whole = text.lastIndexOf('\n') + 1;
        if (whole < text.length()) {
            Files.writeString(file, text.substring(0, whole));
        }
        for (String line : (Iterable<String>) text.substring(0, whole).lines()::iterator) {
            Map<String, Object> members = JsonLine.parse(line);
            if (DONE.equals(members.get("workload"))) {
                done.add(key(
                        members.get("case"), members.get("broker"), ((Number) members.get("round")).intValue()));
            }
            machineKnown |= "machine".equals(members.get("workload"));
        }
    }

    Path path() {
        return file;
    }

    boolean machineKnown() {
        return machineKnown;
    }

    boolean isDone(Workload workload, String broker, int round) {
        return done.contains(key(workload.name(), broker, round));
    }

    /** Adds the lines of a workload and that it is done, at once. */
    void addDone(Workload workload, String broker, int round, List<ResultLine> lines) throws IOException {
        ResultLine end = new ResultLine(DONE)
                .put("case", workload.name())
                .put("broker", broker)
                .put("round", round);
        add(java.util.stream.Stream.concat(lines.stream(), java.util.stream.Stream.of(end))
                .toList());
        done.add(key(workload.name(), broker, round));
    }

    /** Adds lines that belong to no workload, or to one that failed and is to be tried again. */
    void add(List<ResultLine> lines) throws IOException {
        Files.writeString(
                file,
                lines.stream().map(line -> line.text() + "\n").collect(Collectors.joining()),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    private static String key(Object name, Object broker, int round) {
        return name + " " + broker + " " + round;
    }
}
