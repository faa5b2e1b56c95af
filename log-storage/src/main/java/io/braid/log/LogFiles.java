package io.braid.log;

import io.braid.log.rewrite.SegmentManifest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names and small files in a shard's directory. Immutable; any thread. */
final class LogFiles {
    static final String LOG_SUFFIX = ".log";
    static final String INDEX_SUFFIX = ".idx";
    static final String PROPERTIES = "log.properties";

    private static final String QUEUE_PREFIX = "queue-";
    private static final int VERSION = 1;
    /** Ending of the names of files that are of no use after a restart. */
    static final String TEMPORARY = ".tmp";

    private static final Pattern SEALED = Pattern.compile("(\\d{20})-(\\d{10})(?:-(\\d{10}))?\\.log");
    private static final Pattern INDEX = Pattern.compile("\\d{20}-\\d{10}(?:-\\d{10})?\\.idx");
    private static final Pattern CHECKPOINT = Pattern.compile("checkpoint-(\\d{20})");

    private final Path directory;

    LogFiles(Path directory) {
        this.directory = directory;
    }

    /**
     * A sealed segment's file.
     *
     * @param segment ordinal, the first one of a rewritten segment
     * @param rewrite number of the rewrite that made it, 0 for a segment as it was appended
     */
    record Sealed(long firstLsn, int segment, int rewrite, Path path) {
        boolean isRewritten() {
            return rewrite > 0;
        }
    }

    Path directory() {
        return directory;
    }

    /** A file of a segment that is not sealed, in one of Chronicle's directories. */
    record Unsealed(int segment, Path path) {}

    /**
     * A directory of Chronicle's own, with the active segment and those not yet sealed. Each queue that is opened gets a fresh
     * one, named after its first segment, as Chronicle would write to the files it finds.
     */
    Path queue(int firstSegment) {
        return directory.resolve(String.format("%s%010d", QUEUE_PREFIX, firstSegment));
    }

    Path properties() {
        return directory.resolve(PROPERTIES);
    }

    /** Whether a file of this name can be part of a snapshot of a log. */
    static boolean isSnapshotName(String name) {
        return name.equals(PROPERTIES)
                || name.equals(SegmentManifest.FILE)
                || SEALED.matcher(name).matches()
                || INDEX.matcher(name).matches()
                || CHECKPOINT.matcher(name).matches();
    }

    Path forcedMark() {
        return directory.resolve("forced");
    }

    Path sealed(long firstLsn, int segment) {
        return directory.resolve(String.format("%020d-%010d%s", firstLsn, segment, LOG_SUFFIX));
    }

    /** File of a rewritten segment. */
    Path rewritten(long firstLsn, int segment, int rewrite) {
        return directory.resolve(String.format("%020d-%010d-%010d%s", firstLsn, segment, rewrite, LOG_SUFFIX));
    }

    Path manifest() {
        return directory.resolve(SegmentManifest.FILE);
    }

    static Path index(Path sealed) {
        String name = sealed.getFileName().toString();
        return sealed.resolveSibling(name.substring(0, name.length() - LOG_SUFFIX.length()) + INDEX_SUFFIX);
    }

    Path checkpoint(long lsn) {
        return directory.resolve(String.format("checkpoint-%020d", lsn));
    }

    /** Checkpoint files, newest first. */
    List<Path> checkpoints() throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path path : list(directory)) {
            if (CHECKPOINT.matcher(path.getFileName().toString()).matches()) {
                found.add(path);
            }
        }
        found.sort(Comparator.comparing((Path path) -> path.getFileName().toString())
                .reversed());
        return found;
    }

    /** Removes checkpoints of more than the entries below {@code lsn}, durably. */
    void removeCheckpointsAbove(long lsn) throws IOException {
        for (Path checkpoint : checkpoints()) {
            if (checkpointLsn(checkpoint) > lsn) {
                Files.delete(checkpoint);
            }
        }
        force(directory);
    }

    static long checkpointLsn(Path checkpoint) {
        return Long.parseLong(checkpoint.getFileName().toString().substring("checkpoint-".length()));
    }

    /** Sealed segments in log order. */
    List<Sealed> sealedSegments() throws IOException {
        List<Sealed> found = new ArrayList<>();
        for (Path path : list(directory)) {
            Matcher name = SEALED.matcher(path.getFileName().toString());
            if (name.matches()) {
                int rewrite = name.group(3) == null ? 0 : Integer.parseInt(name.group(3));
                found.add(new Sealed(Long.parseLong(name.group(1)), Integer.parseInt(name.group(2)), rewrite, path));
            }
        }
        found.sort(Comparator.comparingInt(Sealed::segment));
        return found;
    }

    /** Segments that Chronicle's directories still hold, in log order. */
    List<Unsealed> unsealedSegments() throws IOException {
        List<Unsealed> found = new ArrayList<>();
        for (Path queue : queues()) {
            for (Path path : list(queue)) {
                int segment = SegmentCycle.segmentOf(path.getFileName().toString());
                if (segment >= 0) {
                    found.add(new Unsealed(segment, path));
                }
            }
        }
        found.sort(Comparator.comparingInt(Unsealed::segment));
        return found;
    }

    private List<Path> queues() throws IOException {
        List<Path> found = list(directory);
        found.removeIf(path -> !path.getFileName().toString().startsWith(QUEUE_PREFIX));
        return found;
    }

    /** Removes index files without a segment and half-written files. */
    void removeLeftovers() throws IOException {
        for (Path path : list(directory)) {
            String name = path.getFileName().toString();
            boolean orphan = name.endsWith(INDEX_SUFFIX)
                    && !Files.exists(
                            path.resolveSibling(name.substring(0, name.length() - INDEX_SUFFIX.length()) + LOG_SUFFIX));
            if (orphan || name.endsWith(TEMPORARY)) {
                Files.deleteIfExists(path);
            }
        }
    }

    /** Removes Chronicle's directories with what is in them. */
    void removeQueues() throws IOException {
        for (Path queue : queues()) {
            removeQueue(queue);
        }
    }

    /** Removes one of Chronicle's directories unless it still holds a segment, finished or active. */
    void removeQueueIfUnused(Path queue) throws IOException {
        for (Path path : list(queue)) {
            if (SegmentCycle.segmentOf(path.getFileName().toString()) >= 0) {
                return;
            }
        }
        removeQueue(queue);
    }

    private static void removeQueue(Path queue) throws IOException {
        for (Path path : list(queue)) {
            Files.deleteIfExists(path);
        }
        Files.deleteIfExists(queue);
    }

    /** The log's tag, made with its first file. */
    int readOrMakeTag(int shard, int newTag) throws IOException {
        Path meta = properties();
        if (Files.exists(meta)) {
            Properties properties = new Properties();
            try (InputStream in = Files.newInputStream(meta)) {
                properties.load(in);
            }
            if (!String.valueOf(VERSION).equals(properties.getProperty("version"))) {
                throw new IOException(meta + ": version " + properties.getProperty("version") + " is not supported");
            }
            return Integer.parseUnsignedInt(properties.getProperty("tag", ""), 16);
        }
        Files.createDirectories(directory);
        writeAtomically(meta, String.format("version=%d%nshard=%d%ntag=%08x%n", VERSION, shard, newTag));
        return newTag;
    }

    boolean exists() {
        return Files.exists(properties());
    }

    /** Writes a small text file so that it is there whole or not at all. */
    static void writeAtomically(Path file, String text) throws IOException {
        Path making = file.resolveSibling(file.getFileName() + ".tmp");
        Files.write(making, text.getBytes(StandardCharsets.ISO_8859_1));
        force(making);
        Files.move(making, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        force(file.getParent());
    }

    /** Forces a file or a directory. */
    static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** What is in a directory; nothing when it does not exist. */
    static List<Path> list(Path directory) throws IOException {
        List<Path> paths = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
                stream.forEach(paths::add);
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }
        return paths;
    }
}
