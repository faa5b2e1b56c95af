package io.braid.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.Uuid;

/** One of {@code log.dirs}: locked against other processes, with the shared logs of its shards. Thread-safe. */
public final class LogDirectory implements AutoCloseable {
    private static final int VERSION = 1;
    private static final String LOCK_FILE = ".lock";
    private static final String PROPERTIES_FILE = "directory.properties";
    private static final String CLEAN_FILE = "clean";
    private static final String RESERVE_FILE = "reserve";

    /** Space kept for what frees space: a small segment for deletions, and a checkpoint. */
    private static final long RESERVE_BYTES = 4 << 20;

    private final Path path;
    private final LogConfig config;
    private final LogListener events;
    private final FileChannel lockChannel;
    private final FileStore store;
    private final Uuid directoryId;
    private final boolean cleanStart;
    private final SecureRandom random = new SecureRandom();
    private final Map<Integer, SharedLog> open = new ConcurrentHashMap<>();
    private final RewriteBudget rewriteBudget;

    private volatile boolean spaceLeft = true;
    private volatile boolean failed;
    private volatile boolean unclean;
    private volatile boolean reserved;

    private LogDirectory(
            Path path,
            LogConfig config,
            LogListener events,
            FileChannel lockChannel,
            FileStore store,
            Uuid directoryId,
            boolean cleanStart) {
        this.path = path;
        this.config = config;
        this.events = events;
        this.lockChannel = lockChannel;
        this.store = store;
        this.directoryId = directoryId;
        this.cleanStart = cleanStart;
        this.rewriteBudget = new RewriteBudget(config.rewrite());
    }

    /**
     * Opens or creates a directory.
     *
     * @throws LogDirectoryException it is in use by another process, cannot be written, is full, or is of an unknown
     *     version; the message is one line
     */
    public static LogDirectory open(Path dir, LogConfig config, LogListener events) throws LogDirectoryException {
        FileChannel lock = null;
        try {
            Files.createDirectories(dir.resolve("shards"));
            lock = lock(dir);
            SnapshotSwitch.recover(dir.resolve("shards"));
            Uuid id = readOrMakeId(dir);
            boolean clean = Files.deleteIfExists(dir.resolve(CLEAN_FILE));
            LogFiles.force(dir);
            LogDirectory directory = new LogDirectory(dir, config, events, lock, Files.getFileStore(dir), id, clean);
            directory.pollSpace();
            return directory;
        } catch (IOException e) {
            closeQuietly(lock);
            String reason = Preallocation.isNoSpace(e) ? "the disk is full" : e.toString();
            throw new LogDirectoryException("log directory " + dir + " cannot be used: " + reason, e);
        } catch (LogDirectoryException e) {
            closeQuietly(lock);
            throw e;
        }
    }

    private static FileChannel lock(Path dir) throws IOException, LogDirectoryException {
        FileChannel channel =
                FileChannel.open(dir.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Held by this process: as much in use as by another one.
        }
        if (lock == null) {
            channel.close();
            throw new LogDirectoryException("log directory " + dir + " is in use by another node");
        }
        return channel;
    }

    private static Uuid readOrMakeId(Path dir) throws IOException, LogDirectoryException {
        Path file = dir.resolve(PROPERTIES_FILE);
        if (!Files.exists(file)) {
            Uuid id = Uuid.randomUuid();
            CheckedProperties.write(file, Map.of("version", String.valueOf(VERSION), "directory.id", id.toString()));
            return id;
        }
        Optional<Properties> read = CheckedProperties.read(file);
        String version =
                read.map(properties -> properties.getProperty("version")).orElse(null);
        String id =
                read.map(properties -> properties.getProperty("directory.id")).orElse(null);
        if (version == null || id == null) {
            throw new LogDirectoryException(
                    file + " is damaged: restore it, or remove it to give the directory a new id");
        }
        if (!version.equals(String.valueOf(VERSION))) {
            throw new LogDirectoryException(
                    "log directory " + dir + " has format version " + version + ", this node knows " + VERSION);
        }
        try {
            return Uuid.fromString(id);
        } catch (IllegalArgumentException e) {
            throw new LogDirectoryException(file + " is damaged: no directory id is \"" + id + "\"", e);
        }
    }

    private static void closeQuietly(FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // The open has failed for another reason, which is what gets reported.
            }
        }
    }

    /**
     * Opens a shard's log and recovers it. No file is made before its first append. Several may be opened in parallel on
     * different threads; the thread that opens one may hand it over to its owner.
     *
     * @throws IllegalStateException when the shard is open already
     */
    public SharedLog open(int shardId) throws IOException {
        checkNotOpen(shardId);
        LogFiles files = new LogFiles(shardPath(shardId));
        SharedLog log = new SharedLog(new LogHome(shardId, files, config, events, this), random.nextLong());
        open.put(shardId, log);
        return log;
    }

    /**
     * Begins to copy a snapshot of another replica's log, or goes on with it: files that an earlier install has completed and that
     * the manifest names with the same length and CRC are taken over. Reads those files: blocks. One at a time a shard.
     *
     * @throws LogFullException there is no space for the copy beside the shard's log
     */
    public SnapshotInstall install(int shardId, SnapshotManifest manifest) throws IOException {
        return install(shardId, manifest, SnapshotInstall.FileStep.NONE);
    }

    SnapshotInstall install(int shardId, SnapshotManifest manifest, SnapshotInstall.FileStep step) throws IOException {
        return new SnapshotInstall(this, new SnapshotSwitch(path.resolve("shards"), shardId), manifest, step);
    }

    /**
     * Removes all that there is of a shard for good: the broker is no replica of it any more. Its log is closed. Blocks.
     *
     * @throws IllegalStateException the shard is open
     */
    public void drop(int shardId) throws IOException {
        checkNotOpen(shardId);
        new SnapshotSwitch(path.resolve("shards"), shardId).drop(SnapshotInstall.FileStep.NONE);
    }

    /** Whether so many more bytes may be written. */
    boolean hasSpace(long bytes) throws IOException {
        return store.getUsableSpace() - bytes >= config.minFreeBytes();
    }

    /** Bytes that may be written before the disk is full. */
    long usableSpace() throws IOException {
        return store.getUsableSpace();
    }

    RewriteBudget rewriteBudget() {
        return rewriteBudget;
    }

    /** @throws IllegalStateException the shard is open */
    void checkNotOpen(int shardId) {
        if (open.containsKey(shardId)) {
            throw new IllegalStateException("shard " + shardId + " is open");
        }
    }

    private Path shardPath(int shardId) {
        return path.resolve("shards").resolve(Integer.toString(shardId));
    }

    /** Shards that have files here, ascending. */
    public List<Integer> shardsOnDisk() throws IOException {
        List<Integer> shards = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(path.resolve("shards"))) {
            for (Path child : children) {
                String name = child.getFileName().toString();
                if (name.matches("\\d{1,9}")) {
                    shards.add(Integer.valueOf(name));
                }
            }
        }
        shards.sort(null);
        return shards;
    }

    public Path path() {
        return path;
    }

    /** What {@link #note} kept under a name. */
    public Optional<String> note(String name) throws IOException {
        Path file = path.resolve(name);
        return Files.exists(file) ? Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1)) : Optional.empty();
    }

    /** Keeps a small text of the owner's in the directory, in ISO 8859-1; durable on return, whole or not there at all after a crash. */
    public void note(String name, String text) throws IOException {
        LogFiles.writeAtomically(path.resolve(name), text);
    }

    /** False while space is short or after the directory has failed. Any thread, cheap. */
    public boolean writable() {
        return spaceLeft && !failed;
    }

    /** Whether an I/O error has made the directory unusable until the node is restarted. */
    public boolean failed() {
        return failed;
    }

    /** Looks at the free space. Call it about every second from a background thread; a few microseconds. */
    public void pollSpace() {
        try {
            if (!Files.exists(path.resolve(PROPERTIES_FILE))) {
                throw new NoSuchFileException(path.toString(), null, "the directory is gone");
            }
            long free = store.getUsableSpace();
            long needed = spaceLeft ? config.minFreeBytes() : config.minFreeBytes() + config.minFreeBytes() / 4;
            boolean enough = free >= needed;
            if (enough != spaceLeft) {
                spaceLeft = enough;
                events.onWritable(path, enough, free);
            }
            if (enough && !reserved) {
                reserve();
            }
        } catch (IOException e) {
            onFailed(e);
        }
    }

    private synchronized void reserve() throws IOException {
        long bytes = Math.min(RESERVE_BYTES, config.minFreeBytes());
        Path file = path.resolve(RESERVE_FILE);
        try {
            if (bytes > 0 && !Files.exists(file)) {
                Preallocation.allocate(file, bytes, bytes);
            }
            reserved = true;
        } catch (LogFullException e) {
            // There is none until there is space.
        }
    }

    /** What {@link #giveReserve} would give. */
    long reservedBytes() throws IOException {
        Path file = path.resolve(RESERVE_FILE);
        return Files.exists(file) ? Files.size(file) : 0;
    }

    /** Gives the reserved space free, for entries and rewriting that free more; false when it was given before. */
    synchronized boolean giveReserve() throws IOException {
        reserved = false;
        return Files.deleteIfExists(path.resolve(RESERVE_FILE));
    }

    /** Identifies the directory for good; made when it was first opened. */
    public Uuid directoryId() {
        return directoryId;
    }

    /** Whether the last process closed the directory cleanly. */
    public boolean cleanStart() {
        return cleanStart;
    }

    int newTag() {
        return random.nextInt();
    }

    void onFailed(Throwable cause) {
        unclean = true;
        if (!failed) {
            failed = true;
            events.onFailed(path, cause);
        }
    }

    void onClosed(int shardId, boolean clean) {
        unclean |= !clean;
        open.remove(shardId);
    }

    /**
     * Leaves the clean-shutdown marker, if all logs have been closed cleanly, and unlocks. Close the logs before, on their
     * owners' threads.
     */
    @Override
    public void close() throws IOException {
        try {
            if (open.isEmpty() && !unclean) {
                LogFiles.writeAtomically(path.resolve(CLEAN_FILE), "");
            }
        } finally {
            lockChannel.close();
        }
    }
}
