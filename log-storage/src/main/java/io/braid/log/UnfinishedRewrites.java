package io.braid.log;

import io.braid.log.index.CorruptIndexException;
import io.braid.log.index.SegmentIndex;
import io.braid.log.index.SegmentInfo;
import io.braid.log.rewrite.FileStep;
import io.braid.log.rewrite.RewrittenFile;
import io.braid.log.rewrite.SegmentManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Brings the files in line with the manifest after a crash: what was not finished goes, and so does what has been replaced. Used once, by one
 * thread.
 */
final class UnfinishedRewrites {
    private final LogFiles files;
    private final int logTag;
    private final Report lost;
    private final Report damaged;
    /** Files of which nobody knows what they stand for; they stay for whoever wants to look. */
    private final List<Path> unknown = new ArrayList<>();

    /** Told as {@link LogListener#onDamage} is. */
    interface Report {
        void found(long fromLsn, long toLsn, Path file, long position, String reason);
    }

    /**
     * @param lost told of entries that are gone
     * @param damaged told of what is made anew
     */
    UnfinishedRewrites(LogFiles files, int logTag, Report lost, Report damaged) {
        this.files = files;
        this.logTag = logTag;
        this.lost = lost;
        this.damaged = damaged;
    }

    /** What counts from now on. */
    SegmentManifest finish() throws IOException {
        List<LogFiles.Sealed> sealed = files.sealedSegments();
        boolean there = Files.exists(files.manifest());
        if (!there && sealed.stream().noneMatch(LogFiles.Sealed::isRewritten)) {
            return SegmentManifest.EMPTY;
        }
        Optional<SegmentManifest> read = there ? ManifestFile.read(files) : Optional.empty();
        SegmentManifest manifest = read.isPresent() ? withoutMissing(read.get(), sealed) : fromFiles(sealed);
        if (read.isEmpty()) {
            damaged.found(0, 0, files.manifest(), 0, there ? "manifest: damaged" : "manifest: missing");
        }
        if (read.isEmpty() || !manifest.equals(read.get())) {
            ManifestFile.write(files, manifest, FileStep.NONE);
        }
        for (LogFiles.Sealed one : sealed) {
            if (!counts(one, manifest) && !unknown.contains(one.path())) {
                Files.deleteIfExists(one.path());
                Files.deleteIfExists(LogFiles.index(one.path()));
            }
        }
        LogFiles.force(files.directory());
        return manifest;
    }

    private static boolean counts(LogFiles.Sealed file, SegmentManifest manifest) {
        Optional<SegmentManifest.Rewritten> covering = manifest.covering(file.segment());
        return covering.map(SegmentManifest.Rewritten::rewrite).orElse(0) == file.rewrite();
    }

    private SegmentManifest withoutMissing(SegmentManifest manifest, List<LogFiles.Sealed> sealed) {
        List<Integer> missing = new ArrayList<>();
        for (SegmentManifest.Rewritten one : manifest.segments()) {
            Path file = files.rewritten(one.firstLsn(), one.firstOrdinal(), one.rewrite());
            if (sealed.stream().noneMatch(found -> found.path().equals(file))) {
                missing.add(one.firstOrdinal());
                lost.found(one.firstLsn(), one.endLsn(), file, 0, "a rewritten segment is missing");
            }
        }
        return missing.isEmpty() ? manifest : manifest.without(missing);
    }

    /** Without a manifest: a file has its name only once it is whole, and the newest of those that stand for the same segments holds all of it. */
    private SegmentManifest fromFiles(List<LogFiles.Sealed> sealed) throws IOException {
        List<LogFiles.Sealed> newestFirst = new ArrayList<>(sealed);
        newestFirst.removeIf(file -> !file.isRewritten());
        newestFirst.sort(Comparator.comparingInt(LogFiles.Sealed::rewrite).reversed());
        List<SegmentManifest.Rewritten> found = new ArrayList<>();
        long next = 1;
        for (LogFiles.Sealed one : newestFirst) {
            next = Math.max(next, one.rewrite() + 1L);
            Optional<SegmentInfo> info = info(one.path());
            if (info.isEmpty()) {
                unknown.add(one.path());
                continue;
            }
            SegmentInfo made = info.get();
            boolean replaced = found.stream()
                    .anyMatch(other ->
                            made.firstSegment() <= other.lastOrdinal() && made.lastSegment() >= other.firstOrdinal());
            if (!replaced) {
                found.add(new SegmentManifest.Rewritten(
                        made.firstSegment(),
                        made.lastSegment(),
                        made.firstLsn(),
                        made.endLsn(),
                        made.rewrite(),
                        made.endPosition()));
            }
        }
        return new SegmentManifest(next, 0, found);
    }

    /** What the file's header says, or else its index. */
    private Optional<SegmentInfo> info(Path file) throws IOException {
        try (RewrittenFile rewritten = RewrittenFile.open(file, logTag)) {
            Optional<SegmentInfo> info = rewritten.info();
            if (info.isPresent()) {
                return info;
            }
        }
        Path index = LogFiles.index(file);
        if (!Files.exists(index)) {
            return Optional.empty();
        }
        try (SegmentIndex opened = SegmentIndex.open(index)) {
            return Optional.of(opened.info());
        } catch (CorruptIndexException e) {
            return Optional.empty();
        }
    }
}
