package io.braid.broker.cli;

import io.braid.log.CheckedProperties;
import io.braid.log.InspectedSegment;
import io.braid.log.LogInspection;
import io.braid.log.LogProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Checks the files of logs. */
@Command(
        name = "verify",
        description =
                "Reads every byte of the logs, checks all checksums and that segments, indexes and checkpoints agree. "
                        + "Prints each problem in a line and exits with 1 if there is one.",
        sortOptions = false)
final class LogVerifyCommand implements Callable<Integer> {

    @Mixin
    private LogOptions options = new LogOptions();

    private final Console console;
    private long shards;
    private long segments;
    private long entries;
    private long bytes;
    private long problems;

    LogVerifyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        List<Path> directories = options.shards();
        options.locked(() -> {
            Optional<Path> data = options.dataDirectory();
            if (data.isPresent()) {
                checkProperties(data.get().resolve("directory.properties"));
                checkProperties(data.get().resolve("meta.properties"));
            }
            for (Path directory : directories) {
                shards++;
                LogInspection.inspect(directory, new Counting());
            }
        });
        printTotals();
        return problems == 0 ? ExitCode.DONE : ExitCode.FAILED;
    }

    private void checkProperties(Path file) throws IOException {
        if (Files.exists(file) && CheckedProperties.read(file).isEmpty()) {
            print(new LogProblem(file, 0, "damaged"));
        }
    }

    private void print(LogProblem problem) {
        problems++;
        if (!options.json()) {
            console.line(problem.toString());
            return;
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("kind", "problem");
        line.put("file", problem.file().toString());
        line.put("position", problem.position());
        line.put("what", problem.what());
        console.line(Json.of(line));
    }

    private void printTotals() {
        if (!options.json()) {
            console.line((problems == 0 ? "good: " : problems + " problems in ") + shards + " shards, " + segments
                    + " segments, " + entries + " entries, " + bytes + " bytes");
            return;
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("kind", "totals");
        line.put("problems", problems);
        line.put("shards", shards);
        line.put("segments", segments);
        line.put("entries", entries);
        line.put("bytes", bytes);
        console.line(Json.of(line));
    }

    /** Counts what is whole, and prints what is not. */
    private final class Counting implements LogInspection.Visitor {
        @Override
        public void onSegment(InspectedSegment segment) {
            segments++;
            entries += segment.entries();
            bytes += segment.fileBytes();
        }

        @Override
        public void onProblem(LogProblem problem) {
            print(problem);
        }
    }
}
