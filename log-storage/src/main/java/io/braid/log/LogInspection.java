package io.braid.log;

import io.braid.log.rewrite.SegmentManifest;
import io.braid.log.table.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Looks into the files of one shard's log without opening the log: reads all of them, checks every checksum and that they agree,
 * and changes nothing. Of a log in use it may find the end in the middle of a change. Used once, by one thread; blocks.
 */
public final class LogInspection {
    /** Told what is found, in the order of the log. */
    public interface Visitor {
        default void onCheckpoint(InspectedCheckpoint checkpoint) {}

        /**
         * Told before any segment.
         *
         * @param manifest which rewritten segments count
         */
        default void onManifest(Path file, SegmentManifest manifest) {}

        default void onEntry(InspectedEntry entry) {}

        /** After the segment's entries. */
        default void onSegment(InspectedSegment segment) {}

        default void onProblem(LogProblem problem) {}
    }

    private final LogFiles files;
    private final Visitor visitor;

    private LogInspection(Path directory, Visitor visitor) {
        this.files = new LogFiles(directory);
        this.visitor = visitor;
    }

    /**
     * Reads everything in a shard's directory.
     *
     * @param directory {@code shards/ID} of a data directory
     * @throws IOException a file cannot be read at all; what is wrong inside of files goes to the visitor
     */
    public static void inspect(Path directory, Visitor visitor) throws IOException {
        new LogInspection(directory, visitor).inspect();
    }

    /**
     * The shards' directories in a data directory, or the directory itself where it is a shard's.
     *
     * @throws IOException it is neither
     */
    public static List<Path> shardDirectories(Path directory) throws IOException {
        Path shards = directory.resolve("shards");
        if (Files.isDirectory(shards)) {
            return LogFiles.list(shards).stream()
                    .filter(path -> path.getFileName().toString().matches("\\d{1,9}"))
                    .sorted(Comparator.comparingInt(
                            path -> Integer.parseInt(path.getFileName().toString())))
                    .toList();
        }
        LogFiles files = new LogFiles(directory);
        if (!files.exists()
                && files.sealedSegments().isEmpty()
                && files.unsealedSegments().isEmpty()) {
            throw new IOException(directory + " is neither a data directory nor that of a shard's log");
        }
        return List.of(directory);
    }

    /** A file with entries. */
    record SegmentPath(Path path, String state, int ordinal, long firstLsn) {
        static final String COMPACTED = "compacted";
        static final String REWRITTEN = "rewritten";
        static final String SEALED = "sealed";
        static final String UNSEALED = "unsealed";

        boolean is(String one) {
            return state.equals(one);
        }
    }

    private void inspect() throws IOException {
        int tag = tag();
        Optional<Checkpoint> checkpoint = checkpoints();
        SegmentManifest manifest = manifest();
        List<SegmentPath> segments = segments(manifest);
        List<CompactedFiles.Found> compacted = CompactedFiles.find(files);
        CompactedEnds ends = CompactedEnds.read(compacted, tag);
        LogStarts starts = LogStarts.read(segments, checkpoint, tag);
        SegmentInspection inspection = new SegmentInspection(visitor, tag, starts, ends, checkpoint);
        for (SegmentPath segment : segments) {
            inspection.inspect(segment);
        }
        for (LogFiles.Sealed lost : files.lostSegments()) {
            if (manifest.rewriteOf(lost.segment()) == lost.rewrite()) {
                inspection.inspectLost(lost);
            }
        }
        for (CompactedFiles.Found one : compacted) {
            inspection.inspect(one);
        }
        for (Path lost : CompactedFiles.missing(files)) {
            visitor.onProblem(new LogProblem(lost, 0, "missing, though the list of compacted segments names it"));
        }
    }

    private int tag() throws IOException {
        OptionalInt read;
        try {
            read = files.readTag();
        } catch (IOException e) {
            visitor.onProblem(new LogProblem(files.properties(), 0, String.valueOf(e.getMessage())));
            read = OptionalInt.empty();
        }
        if (read.isPresent()) {
            return read.getAsInt();
        }
        visitor.onProblem(new LogProblem(files.properties(), 0, "missing or damaged; a node writes it anew"));
        return LogTag.find(files).orElse(0);
    }

    /** Tells of all, and returns the newest that can be read. */
    private Optional<Checkpoint> checkpoints() throws IOException {
        Optional<Checkpoint> newest = Optional.empty();
        for (Path path : files.checkpoints()) {
            Checkpoint.Loaded loaded = Checkpoint.read(path, Long.MAX_VALUE, 1);
            loaded.damage().ifPresent(damage -> visitor.onProblem(new LogProblem(path, 0, damage)));
            if (loaded.checkpoint().isPresent()) {
                Checkpoint read = loaded.checkpoint().get();
                if (read.at().lsn() != LogFiles.checkpointLsn(path)) {
                    visitor.onProblem(new LogProblem(
                            path, 0, "stands for LSN " + read.at().lsn()));
                }
                visitor.onCheckpoint(new InspectedCheckpoint(
                        path,
                        read.at().lsn(),
                        Files.size(path),
                        read.partitions().size(),
                        read.producers().size(),
                        read.epochs().size()));
                newest = newest.isPresent() ? newest : Optional.of(read);
            }
        }
        return newest;
    }

    private SegmentManifest manifest() throws IOException {
        Path path = files.manifest();
        if (!Files.exists(path)) {
            return SegmentManifest.EMPTY;
        }
        Optional<SegmentManifest> read = ManifestFile.read(files);
        if (read.isEmpty()) {
            visitor.onProblem(new LogProblem(path, 0, "damaged; a node makes it anew from the segments"));
            return SegmentManifest.EMPTY;
        }
        visitor.onManifest(path, read.get());
        return read.get();
    }

    /** The files that count, in log order. */
    private List<SegmentPath> segments(SegmentManifest manifest) throws IOException {
        List<SegmentPath> found = new ArrayList<>();
        for (SegmentManifest.Rewritten segment : manifest.segments()) {
            Path path = files.rewritten(segment.firstLsn(), segment.firstOrdinal(), segment.rewrite());
            if (!Files.exists(path)) {
                visitor.onProblem(new LogProblem(path, 0, "missing, though the manifest names it"));
            }
        }
        for (LogFiles.Sealed sealed : files.sealedSegments()) {
            if (manifest.rewriteOf(sealed.segment()) == sealed.rewrite()) {
                String state = sealed.isRewritten() ? SegmentPath.REWRITTEN : SegmentPath.SEALED;
                found.add(new SegmentPath(sealed.path(), state, sealed.segment(), sealed.firstLsn()));
            }
        }
        for (LogFiles.Unsealed unsealed : files.unsealedSegments()) {
            found.add(new SegmentPath(unsealed.path(), SegmentPath.UNSEALED, unsealed.segment(), -1));
        }
        found.sort(Comparator.comparingInt(SegmentPath::ordinal));
        return found;
    }
}
