package io.braid.broker.cli;

import io.braid.log.LogInspection;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which logs a command reads, and how it says what it finds. */
final class LogOptions {
    private static final String LOCK_FILE = ".lock";

    @Parameters(index = "0", paramLabel = "DIR", description = "A data directory (log.dirs), or DIR/shards/ID of one.")
    private Path directory;

    @Option(names = "--shard", paramLabel = "ID", description = "Only this shard.")
    private Integer shard;

    @Option(
            names = "--force",
            description =
                    "Read although a node uses the directory. Reading does no harm, but the end of a log that is being "
                            + "written may look damaged.")
    private boolean force;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    boolean json() {
        return json;
    }

    /** The directories to read. */
    List<Path> shards() throws IOException {
        if (!Files.isDirectory(directory)) {
            throw CliException.usage(directory + " is no directory");
        }
        List<Path> found = LogInspection.shardDirectories(directory).stream()
                .filter(path -> shard == null || path.getFileName().toString().equals(String.valueOf(shard)))
                .toList();
        if (shard != null && found.isEmpty()) {
            throw CliException.failed(directory + " has no files of shard " + shard);
        }
        return found;
    }

    /** The data directory that the files belong to, as far as that can be told. */
    Optional<Path> dataDirectory() {
        Path absolute = directory.toAbsolutePath().normalize();
        if (Files.isDirectory(absolute.resolve("shards"))) {
            return Optional.of(absolute);
        }
        Path shards = absolute.getParent();
        boolean inside = shards != null && shards.endsWith("shards") && shards.getParent() != null;
        return inside ? Optional.of(shards.getParent()) : Optional.empty();
    }

    /**
     * Keeps nodes from the directory while it is read, unless that was not wanted.
     *
     * @param work what is done meanwhile
     */
    void locked(Work work) throws IOException {
        Optional<Path> lock =
                dataDirectory().map(data -> data.resolve(LOCK_FILE)).filter(Files::exists);
        if (force || lock.isEmpty() || !Files.isWritable(lock.get())) {
            work.run();
            return;
        }
        try (FileChannel channel = FileChannel.open(lock.get(), StandardOpenOption.WRITE)) {
            if (!isFree(channel)) {
                throw CliException.failed(dataDirectory().orElseThrow()
                        + " is in use by a node; stop it, or read all the same with --force");
            }
            work.run();
        }
    }

    /** Takes the lock if it is free; it is held until the channel is closed. */
    private static boolean isFree(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // held by a node in this process
        }
    }

    /** What reads the files. */
    interface Work {
        void run() throws IOException;
    }
}
