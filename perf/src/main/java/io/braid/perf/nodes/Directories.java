package io.braid.perf.nodes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is done with whole directories. */
public final class Directories {

    private Directories() {}

    public static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }

    /** Removes a directory with all that is in it, or a file; no effect where there is neither. */
    public static void remove(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> files = Files.walk(path)) {
            deepestFirst = files.sorted((a, b) -> b.compareTo(a)).collect(Collectors.toList());
        }
        for (Path each : deepestFirst) {
            Files.delete(each);
        }
    }
}
