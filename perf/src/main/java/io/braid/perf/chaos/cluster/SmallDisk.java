package io.braid.perf.chaos.cluster;

import io.braid.perf.nodes.Commands;
import io.braid.perf.nodes.Directories;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The data directory of one node as a file system of its own in memory, to be filled; an ordinary directory where mounting is not allowed. */
final class SmallDisk implements AutoCloseable {
    private static final Duration MOUNT = Duration.ofSeconds(20);
    private static final int CHUNK = 1 << 20;

    private final Path directory;
    private final Path filler;
    private final boolean mounted;

    /** @param mib its size; 0 to mount nothing */
    SmallDisk(Path directory, int mib) throws IOException, InterruptedException {
        this.directory = directory;
        this.filler = directory.resolve("filler");
        Files.createDirectories(directory);
        mounted = mib > 0 && mount(mib);
    }

    boolean mounted() {
        return mounted;
    }

    /** Writes until nothing more fits. */
    void fill() throws IOException {
        byte[] chunk = new byte[CHUNK];
        try (OutputStream out = Files.newOutputStream(filler)) {
            for (int size = CHUNK; size > 0; ) {
                try {
                    out.write(chunk, 0, size);
                } catch (IOException e) {
                    size /= 2; // full: fill what is left in smaller pieces
                }
            }
        } catch (IOException e) {
            if (!Files.exists(filler)) {
                throw e;
            }
        }
    }

    /** Gives the room back. */
    void release() throws IOException {
        Files.deleteIfExists(filler);
    }

    /** Removes what is in a data directory: this one, which stays mounted, or another. */
    void clearOrRemove(Path data) throws IOException {
        if (mounted && data.equals(directory)) {
            try (var files = Files.list(directory)) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    Directories.remove(file);
                }
            }
        } else {
            Directories.remove(data);
        }
    }

    @Override
    public void close() {
        if (mounted) {
            try {
                Commands.run(MOUNT, List.of("umount", "-l", directory.toString()), Map.of());
            } catch (IOException e) {
                // nothing that could be done: it goes with the machine
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean mount(int mib) throws InterruptedException {
        try {
            return Commands.run(
                            MOUNT,
                            List.of("mount", "-t", "tmpfs", "-o", "size=" + mib + "m", "tmpfs", directory.toString()),
                            Map.of())
                    .ok();
        } catch (IOException e) {
            return false;
        }
    }
}
