package io.braid.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Puts the copy of another replica's log in the place of a shard's own. Files are taken one by one; those that are complete
 * survive a restart and are not asked for again. Until {@link #finish} the shard's old log stays as it is and may be open. Used by
 * one thread; blocks.
 */
public final class SnapshotInstall implements AutoCloseable {
    private static final String PART_SUFFIX = ".part";
    private static final int BUFFER_BYTES = 256 << 10;

    private final SnapshotSwitch place;
    private final LogDirectory directory;
    private final FileStep step;
    private final Deque<SnapshotFile> missing = new ArrayDeque<>();
    private final CRC32C crc = new CRC32C();
    private FileChannel part;
    private long position;
    private boolean finished;

    /** Told after each change of the file system; a test may end it there. */
    interface FileStep {
        FileStep NONE = () -> {};

        void done() throws IOException;
    }

    SnapshotInstall(LogDirectory directory, SnapshotSwitch place, SnapshotManifest manifest, FileStep step)
            throws IOException {
        this.directory = directory;
        this.place = place;
        this.step = step;
        if (!Files.isDirectory(place.copy())) {
            Files.createDirectory(place.copy());
            step.done();
        }
        takeOver(manifest);
        long bytes = missingBytes();
        if (!directory.hasSpace(bytes)) {
            throw new LogFullException(
                    "log directory " + directory.path() + " has no space for a copy of " + bytes + " more bytes");
        }
    }

    /** Keeps what is complete, and removes what else there is. */
    private void takeOver(SnapshotManifest manifest) throws IOException {
        List<Path> stale = new ArrayList<>(LogFiles.list(place.copy()));
        for (SnapshotFile file : manifest.files()) {
            Path path = place.copy().resolve(file.name());
            if (stale.contains(path) && isComplete(path, file)) {
                stale.remove(path);
            } else {
                missing.add(file);
            }
        }
        for (Path path : stale) {
            Files.delete(path);
            step.done();
        }
    }

    private static boolean isComplete(Path path, SnapshotFile file) throws IOException {
        if (Files.size(path) != file.length()) {
            return false;
        }
        CRC32C crc = new CRC32C();
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            while (channel.read(buffer.clear()) >= 0) {
                crc.update(buffer.flip());
            }
        }
        return (int) crc.getValue() == file.crc32c();
    }

    /** The first file that is not complete; empty when all are there. */
    public Optional<SnapshotFile> next() {
        return Optional.ofNullable(missing.peek());
    }

    /** Bytes that are still to come. */
    public long missingBytes() {
        return missing.stream().mapToLong(SnapshotFile::length).sum() - position;
    }

    /**
     * Takes bytes of the file that {@link #next} names. With its last byte the file is checked, forced, and complete.
     *
     * @param at position in the file: where the last write to it ended, or 0 to begin anew
     * @throws CorruptRunException the position does not fit, or at the end the CRC: the file begins anew
     * @throws IllegalStateException all files are complete
     */
    public void write(long at, ByteBuffer bytes) throws IOException {
        SnapshotFile file = next().orElseThrow(() -> new IllegalStateException("all files are complete"));
        if (at == 0) {
            begin(file);
        }
        if (part == null || at != position || bytes.remaining() > file.length() - at) {
            abandonPart();
            throw new CorruptRunException(bytes.remaining() + " bytes at " + at + " do not fit into " + file);
        }
        crc.update(bytes.duplicate());
        position += bytes.remaining();
        while (bytes.hasRemaining()) {
            part.write(bytes);
        }
        step.done();
        if (position == file.length()) {
            complete(file);
        }
    }

    private void begin(SnapshotFile file) throws IOException {
        abandonPart();
        part = FileChannel.open(
                partOf(file),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        step.done();
    }

    private Path partOf(SnapshotFile file) {
        return place.copy().resolve(file.name() + PART_SUFFIX);
    }

    private void abandonPart() throws IOException {
        if (part != null) {
            part.close();
            part = null;
        }
        position = 0;
        crc.reset();
    }

    private void complete(SnapshotFile file) throws IOException {
        boolean good = (int) crc.getValue() == file.crc32c();
        if (good) {
            part.force(true);
        }
        abandonPart();
        if (!good) {
            throw new CorruptRunException(file.name() + " arrived with a wrong CRC");
        }
        Files.move(partOf(file), place.copy().resolve(file.name()), StandardCopyOption.ATOMIC_MOVE);
        missing.remove();
        step.done();
    }

    /**
     * Puts the copy in the place of the shard's log, whose old files are removed. A crash leaves the old log or the new one. The
     * shard must not be open; open it afterwards.
     *
     * @throws IllegalStateException the shard is open, or files are missing
     */
    public void finish() throws IOException {
        if (!missing.isEmpty() || finished) {
            throw new IllegalStateException(missing.size() + " files are missing, finished=" + finished);
        }
        directory.checkNotOpen(place.shard());
        place.commit(step);
        finished = true;
    }

    /** Gives up, and removes what was copied. */
    public void discard() throws IOException {
        close();
        if (!finished) {
            SnapshotSwitch.delete(place.copy(), step);
        }
    }

    /** Stops; what is complete is kept for the next {@link LogDirectory#install}. */
    @Override
    public void close() throws IOException {
        abandonPart();
    }
}
