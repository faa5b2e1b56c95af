package io.braid.log;

import io.braid.log.index.SegmentInfo;
import io.braid.log.rewrite.SegmentManifest;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A log's files as they were at one moment, for a follower that copies them: the newest checkpoint of committed entries, and the
 * segments, sealed ones with their index. A segment that is still written to is copied as far as it went. What the follower opens
 * is what the recovery of this log would find. While a snapshot is open no file of the log is deleted. Thread-safe.
 */
public final class LogSnapshot implements AutoCloseable {
    private static final int BUFFER_BYTES = 256 << 10;

    private final LogFiles files;
    private final LogMaintenance maintenance;
    private final long endLsn;
    private final long commitLsn;
    /** All entries are in the files, from the first to the last. */
    private final boolean whole;

    private final SegmentManifest rewritten;
    private final List<Segment> segments = new ArrayList<>();

    private final CompactedSet compacted;
    private final List<Segment> compactedSegments = new ArrayList<>();
    /** Bytes of each of the segments. */
    private final List<Long> lengths = new ArrayList<>();

    /** Of the segment that is written to. */
    private final List<Path> copies = new ArrayList<>();

    private final Map<String, Source> sources = new LinkedHashMap<>();
    private SnapshotManifest manifest;
    private boolean closed;

    /** Where the bytes of a file come from. */
    private interface Source {
        int read(ByteBuffer target, long position) throws IOException;
    }

    /** Pins the files. Shard thread. */
    LogSnapshot(
            LogFiles files,
            LogMaintenance maintenance,
            SegmentSet all,
            SegmentManifest rewritten,
            long endLsn,
            long commitLsn) {
        this.rewritten = rewritten;
        this.files = files;
        this.maintenance = maintenance;
        this.endLsn = endLsn;
        this.commitLsn = Math.min(commitLsn, endLsn);
        this.whole = all.startLsn(endLsn) == 0;
        this.compacted = all.compacted();
        maintenance.pin();
        for (Segment segment : all.all()) {
            if (segment.endPosition > 0 && segment.file.tryRetain()) {
                segments.add(segment);
                lengths.add(segment.endPosition);
            }
        }
        for (CompactedSet.Member member : compacted.members()) {
            if (member.segment().file.tryRetain()) {
                compactedSegments.add(member.segment());
            }
        }
    }

    /** Where the log ended. */
    public long endLsn() {
        return endLsn;
    }

    /**
     * The list of files. The first call reads all of them for their CRCs and takes its time: not on a shard thread.
     *
     * @throws SegmentGoneException the log was truncated or a segment deleted since: take another snapshot
     */
    public synchronized SnapshotManifest manifest() throws IOException {
        checkOpen();
        if (manifest == null) {
            List<SnapshotFile> found = new ArrayList<>();
            try {
                if (files.exists()) {
                    found.add(file(files.properties()));
                }
                addManifest(found);
                Optional<Path> checkpoint = checkpoint();
                if (checkpoint.isPresent()) {
                    found.add(file(checkpoint.get()));
                }
                for (int i = 0; i < segments.size(); i++) {
                    addSegment(segments.get(i), lengths.get(i), found);
                }
                addCompacted(found);
            } catch (NoSuchFileException e) {
                throw new SegmentGoneException(e.getFile() + " was deleted");
            }
            manifest = new SnapshotManifest(endLsn, found);
        }
        return manifest;
    }

    /**
     * The newest checkpoint that no truncation can go below. A log that has all its entries needs none; of one that has not,
     * the oldest checkpoint is of committed entries, whatever is known of that since the last restart.
     */
    private Optional<Path> checkpoint() throws IOException {
        List<Path> newestFirst = files.checkpoints();
        for (Path path : newestFirst) {
            if (LogFiles.checkpointLsn(path) <= commitLsn) {
                return Optional.of(path);
            }
        }
        return whole || newestFirst.isEmpty() ? Optional.empty() : Optional.of(newestFirst.get(newestFirst.size() - 1));
    }

    /** The list of rewritten segments as of the snapshot; the log's own may be newer. */
    private void addManifest(List<SnapshotFile> found) throws IOException {
        List<SegmentManifest.Rewritten> held = new ArrayList<>();
        for (Segment segment : segments) {
            if (segment.isRewritten()) {
                SegmentInfo info = segment.info();
                held.add(new SegmentManifest.Rewritten(
                        info.firstSegment(),
                        info.lastSegment(),
                        info.firstLsn(),
                        info.endLsn(),
                        info.rewrite(),
                        info.endPosition()));
            }
        }
        SegmentManifest copied = new SegmentManifest(rewritten.next(), rewritten.goneLsn(), held);
        if (!held.isEmpty() || copied.goneLsn() > 0) {
            byte[] text = copied.text().getBytes(StandardCharsets.ISO_8859_1);
            Source source = (target, position) -> {
                int some = (int) Math.min(target.remaining(), text.length - position);
                target.put(text, (int) position, some);
                return some == 0 ? -1 : some;
            };
            found.add(file(files.manifest(), text.length, crc(source, text.length), source));
        }
    }

    private void addSegment(Segment segment, long length, List<SnapshotFile> found) throws IOException {
        Path name = segment.isSealed() ? segment.file.path() : files.sealed(segment.firstLsn, segment.ordinal);
        Source source = (target, position) -> segment.file.checkedChannel().read(target, position);
        if (!segment.isSealed()) {
            // Chronicle goes on to change its own header and index in a file that is written to: copied once, then
            // served.
            Path copy = copyOf(name, source, length);
            Source copied = fileSource(copy);
            found.add(file(name, length, crc(copied, length), copied));
            return;
        }
        if (segment.endPosition > length) {
            // Sealed since, after more was appended: its index knows of more than is copied.
            found.add(file(name, length, crc(source, length), source));
            return;
        }
        addSealed(name, segment, length, found);
    }

    private void addSealed(Path name, Segment segment, long length, List<SnapshotFile> found) throws IOException {
        Source source = (target, position) -> segment.file.checkedChannel().read(target, position);
        if (!segment.hasFileCrc()) {
            segment.fileCrc(crc(source, length));
        }
        found.add(file(name, length, segment.fileCrc(), source));
        found.add(file(LogFiles.index(name)));
    }

    private void addCompacted(List<SnapshotFile> found) throws IOException {
        for (Segment segment : compactedSegments) {
            addSealed(segment.file.path(), segment, segment.endPosition, found);
        }
        if (!compacted.isEmpty()) {
            byte[] list = CompactedFiles.listOf(compacted).getBytes(StandardCharsets.ISO_8859_1);
            Source source = (target, position) -> {
                int length = (int) Math.min(target.remaining(), list.length - position);
                target.put(list, (int) position, length);
                return length;
            };
            Path name = files.directory().resolve(CompactedFiles.LIST);
            found.add(file(name, list.length, crc(source, list.length), source));
        }
    }

    private Path copyOf(Path name, Source source, long length) throws IOException {
        Path copy = Files.createTempFile(name.getParent(), name.getFileName() + "-", LogFiles.TEMPORARY);
        copies.add(copy);
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(BUFFER_BYTES, length));
        try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
            for (long at = 0; at < length; ) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), length - at));
                at += readSome(source, buffer, at);
                buffer.flip();
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }
        }
        return copy;
    }

    private static Source fileSource(Path path) {
        return (target, position) -> {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                return channel.read(target, position);
            }
        };
    }

    private SnapshotFile file(Path path) throws IOException {
        Source source = fileSource(path);
        long length = Files.size(path);
        return file(path, length, crc(source, length), source);
    }

    private SnapshotFile file(Path path, long length, int crc, Source source) {
        String name = path.getFileName().toString();
        sources.put(name, source);
        return new SnapshotFile(name, length, crc);
    }

    private static int crc(Source source, long length) throws IOException {
        CRC32C crc = new CRC32C();
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(BUFFER_BYTES, Math.max(1, length)));
        for (long at = 0; at < length; ) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), length - at));
            at += readSome(source, buffer, at);
            crc.update(buffer.flip());
        }
        return (int) crc.getValue();
    }

    private static int readSome(Source source, ByteBuffer target, long position) throws IOException {
        int n = source.read(target, position);
        if (n < 0) {
            throw new SegmentGoneException("the log was truncated");
        }
        return n;
    }

    /**
     * Fills {@code target} from a file of the manifest, at most to the file's end. Blocks.
     *
     * @return bytes read, 0 at the end of the file
     * @throws IllegalArgumentException no such file, or a position beyond its end
     * @throws SegmentGoneException the log was truncated or a segment deleted since: take another snapshot
     */
    public int read(String file, long position, ByteBuffer target) throws IOException {
        SnapshotFile described = manifest().files().stream()
                .filter(candidate -> candidate.name().equals(file))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no file " + file));
        long left = described.length() - position;
        if (position < 0 || left < 0) {
            throw new IllegalArgumentException("position " + position + " of " + described);
        }
        int limit = target.limit();
        int from = target.position();
        target.limit((int) Math.min(limit, from + left));
        try {
            for (long at = position; target.hasRemaining(); ) {
                at += readSome(source(file), target, at);
            }
        } catch (NoSuchFileException | EOFException e) {
            throw new SegmentGoneException(file + " was deleted");
        } finally {
            target.limit(limit);
        }
        return target.position() - from;
    }

    private synchronized Source source(String file) throws IOException {
        checkOpen();
        return sources.get(file);
    }

    private void checkOpen() throws SegmentGoneException {
        if (closed) {
            throw new SegmentGoneException("the snapshot is closed");
        }
    }

    /** Lets go of the files. Idempotent. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            maintenance.unpin();
            segments.forEach(segment -> segment.file.release());
            compactedSegments.forEach(segment -> segment.file.release());
            copies.forEach(LogSnapshot::delete);
        }
    }

    private static void delete(Path copy) {
        try {
            Files.deleteIfExists(copy);
        } catch (IOException e) {
            // It stays until the log is opened the next time.
        }
    }
}
