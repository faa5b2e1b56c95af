package io.braid.perf.scaling;

import io.braid.perf.measure.ResultLine;
import io.braid.perf.nodes.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a directory takes of a disk: both brokers make files longer than what is in them. Stateless; blocks. */
final class DiskUse {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private DiskUse() {}

    /** Adds {@code diskBytes} (blocks), {@code apparentBytes} (lengths) and {@code files}. */
    static void putInto(ResultLine line, Path directory) throws IOException, InterruptedException {
        long files;
        try (Stream<Path> all = Files.walk(directory)) {
            files = all.filter(Files::isRegularFile).count();
        }
        line.put("diskBytes", du(directory)).put("apparentBytes", du(directory, "--apparent-size")).put("files", files);
    }

    private static long du(Path directory, String... more) throws IOException, InterruptedException {
        List<String> command = Stream.of(Stream.of("du", "-s", "--block-size=1"), Stream.of(more), Stream.of(directory.toString()))
                .flatMap(part -> part)
                .toList();
        Commands.Outcome outcome = Commands.run(LIMIT, command, Map.of());
        String first = outcome.output().split("\\s", 2)[0];
        if (first.isEmpty() || !first.chars().allMatch(Character::isDigit)) {
            throw new IOException("du said: " + outcome.output());
        }
        return Long.parseLong(first);
    }
}
