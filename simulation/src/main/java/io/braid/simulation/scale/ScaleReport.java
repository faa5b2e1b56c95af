package io.braid.simulation.scale;

import io.braid.broker.cli.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes what a run came to. */
final class ScaleReport {
    private final List<Map<String, Object>> lines;

    ScaleReport(List<Map<String, Object>> lines) {
        this.lines = lines;
    }

    void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.write(directory.resolve("lines.jsonl"), lines.stream().map(Json::of).toList());
    }
}
