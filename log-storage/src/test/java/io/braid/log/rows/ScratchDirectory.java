package io.braid.log.rows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory for one test, in memory where the machine has such a file system: properties write thousands of forced
 * files.
 */
public final class ScratchDirectory implements AutoCloseable {
    private final Path path;

    public ScratchDirectory() {
        Path memory = Path.of("/dev/shm");
        try {
            path = Files.isWritable(memory)
                    ? Files.createTempDirectory(memory, "braid-test")
                    : Files.createTempDirectory("braid-test");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path path() {
        return path;
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.walk(path)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
