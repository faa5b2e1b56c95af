package io.braid.log;

import io.braid.log.index.CorruptIndexException;
import io.braid.log.index.SegmentIndex;
import io.braid.log.index.SegmentInfo;
import io.braid.log.rewrite.SegmentManifest;
import io.braid.log.table.Checkpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Brings a shard's log back from its files: takes the newest usable checkpoint, replays what follows, and indexes the segments
 * that have no index file. Chronicle's files are never opened again: each becomes a sealed segment's file that ends where its
 * last good entry ends.
 *
 * <p>Where the expected entry is missing, the place decides. In a sealed segment, and where there is evidence that the place
 * was forced ({@link LogEvidence}), it is damage: reported, skipped, and the walk goes on behind it. Elsewhere it is the end of
 * the log, as pages that were never forced reach the disk in any order. Used once, by one thread.
 */
final class LogRecovery {
    private static final long ANY_LSN = -1;

    private final int shard;
    private final LogFiles files;
    private final LogConfig config;
    private final LogListener events;
    private final int logTag;
    private final long producerSeed;
    private final long forcedMark;
    private LogTables tables;
    private Checkpoint.Position from;
    private final SegmentSet segments = new SegmentSet();
    private LogEvidence evidence;
    private long nextLsn;
    private Missing missingFrom;
    private long replayedEntries;
    private long replayedBytes;
    private LostEntries lost;
    private SegmentManifest manifest = SegmentManifest.EMPTY;

    /**
     * @param nextOrdinal of the segment that the next append begins
     * @param replayedBytes of the entries after the checkpoint that was used
     * @param manifest of the rewritten segments
     * @param lost what was forced and is missing
     */
    record Recovered(
            LogTables tables,
            SegmentSet segments,
            long nextLsn,
            int nextOrdinal,
            long replayedBytes,
            SegmentManifest manifest,
            Optional<LostEntries> lost) {}

    /** A place in a file from which on nothing good follows in that file, although it was forced. */
    private record Missing(Segment segment, long position) {}

    LogRecovery(LogHome home, int logTag, long producerSeed) throws IOException {
        this.shard = home.shard();
        this.files = home.files();
        this.config = home.config();
        this.events = home.events();
        this.logTag = logTag;
        this.producerSeed = producerSeed;
        this.forcedMark = ForcedMark.read(files.forcedMark());
    }

    Recovered run() throws IOException {
        files.removeLeftovers();
        manifest = new UnfinishedRewrites(files, logTag, this::onLost, this::onDamage).finish();
        new UnfinishedTruncations(files, logTag).finish(this::indexedEndLsn);
        files.removeLeftovers();
        try {
            return recover();
        } catch (IOException | RuntimeException e) {
            for (Segment segment : segments.all()) {
                segment.close();
            }
            throw e;
        }
    }

    private long indexedEndLsn(LogFiles.Sealed sealed) throws IOException {
        return readInfo(sealed).map(SegmentInfo::endLsn).orElse(Long.MAX_VALUE);
    }

    private Recovered recover() throws IOException {
        long started = System.nanoTime();
        loadCheckpoint();
        nextLsn = from.lsn() == 0 ? 0 : ANY_LSN;
        for (LogFiles.Sealed sealed : files.sealedSegments()) {
            takeSealed(sealed);
        }
        takeUnsealed(files.unsealedSegments());
        if (nextLsn < from.lsn()) {
            if (nextLsn != ANY_LSN && manifest.goneLsn() < from.lsn()) {
                onLost(nextLsn, from.lsn(), files.directory(), 0, "entries before the checkpoint are missing");
            }
            nextLsn = from.lsn();
        }
        List<Segment> all = segments.all();
        int last = all.isEmpty() ? -1 : all.get(all.size() - 1).lastOrdinal;
        int nextOrdinal = Math.max(last, Math.max(from.segment(), LogPosition.segment(forcedMark))) + 1;
        events.onRecovered(shard, nextLsn, replayedEntries, replayedBytes, System.nanoTime() - started);
        return new Recovered(
                tables, segments, nextLsn, nextOrdinal, replayedBytes, manifest, Optional.ofNullable(lost));
    }

    private void loadCheckpoint() throws IOException {
        for (Path path : files.checkpoints()) {
            Checkpoint.Loaded loaded = Checkpoint.read(path, config.producerMaxBytes(), producerSeed);
            if (loaded.checkpoint().isPresent()) {
                Checkpoint checkpoint = loaded.checkpoint().get();
                tables = new LogTables(checkpoint.partitions(), checkpoint.producers(), checkpoint.epochs());
                from = checkpoint.at();
                return;
            }
            loaded.damage().ifPresent(reason -> onDamage(0, 0, path, 0, "checkpoint: " + reason));
            Files.deleteIfExists(path);
        }
        tables = LogTables.empty(config.producerMaxBytes(), producerSeed);
        from = new Checkpoint.Position(0, 0, 0, 0);
    }

    private void takeSealed(LogFiles.Sealed sealed) throws IOException {
        if (sealed.isRewritten()) {
            takeRewritten(sealed);
            return;
        }
        Optional<SegmentInfo> info = readInfo(sealed);
        if (info.isEmpty() && sealed.segment() < from.firstUnindexedSegment()) {
            info = Optional.of(IndexRepair.rebuild(sealed, segments, logTag));
        }
        SegmentFile file = SegmentFile.sealed(sealed.path());
        boolean replay = sealed.segment() >= from.segment();
        boolean indexed = info.isPresent();
        Segment segment = indexed
                ? Segment.sealed(info.get(), file)
                : Segment.unindexed(sealed.segment(), sealed.firstLsn(), file);
        segments.add(segment);
        if (replay || !indexed) {
            onGapBefore(segment);
            nextLsn = segment.firstLsn;
            scan(segment, true);
        } else {
            nextLsn = segment.endLsn;
        }
        if (!indexed) {
            segment.roll(tables.partitions.snapshot());
        } else if (sealed.segment() >= from.firstUnindexedSegment()) {
            setNewest(segment);
        }
    }

    /** Makes a segment the newest of the partitions in it. */
    private void setNewest(Segment segment) throws IOException {
        segment.index().forEach(entry -> {
            int row = tables.partitions.find(entry.topicIdMsb(), entry.topicIdLsb(), entry.partition());
            if (row >= 0) {
                tables.partitions.setNewest(row, segment.ordinal, -1);
            }
            return true;
        });
    }

    /** A rewritten segment lies below the checkpoint, or there is none: then its batches are replayed. */
    private void takeRewritten(LogFiles.Sealed sealed) throws IOException {
        Optional<SegmentInfo> info = readInfo(sealed);
        if (info.isEmpty()) {
            info = RewrittenRepair.index(sealed, manifest, segments, logTag, this::onDamage);
        }
        if (info.isEmpty()) {
            onLost(sealed.firstLsn(), sealed.firstLsn(), sealed.path(), 0, "a rewritten segment cannot be read");
            return;
        }
        Segment segment = Segment.sealed(info.get(), SegmentFile.sealed(sealed.path()));
        segments.add(segment);
        if (segment.endLsn > from.lsn()) {
            onGapBefore(segment);
            replayedEntries += RewrittenRepair.replay(sealed, tables, logTag, this::onDamage);
            replayedBytes += segment.endPosition;
        }
        if (segment.lastOrdinal >= from.firstUnindexedSegment()) {
            setNewest(segment);
        }
        nextLsn = segment.endLsn;
    }

    private void onGapBefore(Segment segment) {
        if (nextLsn >= 0
                && segment.firstLsn > nextLsn
                && from.lsn() < segment.firstLsn
                && !segments.all().isEmpty()) {
            onLost(nextLsn, segment.firstLsn, segment.file.path(), 0, "entries before this segment are missing");
        }
    }

    /** What the index file says; empty when it is missing or damaged. */
    private Optional<SegmentInfo> readInfo(LogFiles.Sealed sealed) throws IOException {
        Path file = LogFiles.index(sealed.path());
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (SegmentIndex index = SegmentIndex.open(file)) {
            return Optional.of(index.info());
        } catch (CorruptIndexException e) {
            onDamage(sealed.firstLsn(), sealed.firstLsn(), file, 0, "index: " + e.getMessage());
        }
        Files.delete(file);
        return Optional.empty();
    }

    /** Scans Chronicle's files in order until the log ends, and turns each into a sealed segment's file. */
    private void takeUnsealed(List<LogFiles.Unsealed> unsealed) throws IOException {
        List<Path> paths = unsealed.stream().map(LogFiles.Unsealed::path).toList();
        evidence = new LogEvidence(forcedMark, paths, logTag);
        List<Segment> taken = new ArrayList<>();
        boolean ended = false;
        for (LogFiles.Unsealed next : unsealed) {
            if (ended) {
                events.onUnsyncedTailLost(shard, nextLsn, Files.size(next.path()), "the log ended in an earlier file");
                continue;
            }
            long firstLsn = taken.isEmpty() && nextLsn < from.lsn() ? firstAfterDeleted(next.path()) : nextLsn;
            if (firstLsn == ANY_LSN) {
                continue;
            }
            nextLsn = firstLsn;
            Segment segment = Segment.unindexed(next.segment(), firstLsn, SegmentFile.active(next.path()));
            ended = scan(segment, false) && !isTruncatedHere(unsealed, next);
            if (segment.endPosition == 0) {
                segment.close();
                continue;
            }
            segments.add(segment);
            taken.add(segment);
            segment.roll(tables.partitions.snapshot());
        }
        if (missingFrom != null) {
            onLost(nextLsn, nextLsn, missingFrom.segment.file.path(), missingFrom.position, "forced entries are gone");
        }
        for (Segment segment : taken) {
            SealedFiles.cutAndMove(files, segment);
        }
        files.removeQueues();
    }

    /** Whether the file after {@code last} begins with a truncation to where the walk has come: the log goes on there. */
    private boolean isTruncatedHere(List<LogFiles.Unsealed> unsealed, LogFiles.Unsealed last) throws IOException {
        int next = unsealed.indexOf(last) + 1;
        return next < unsealed.size()
                && UnfinishedTruncations.target(unsealed.get(next).path(), logTag) == nextLsn;
    }

    /** LSN that the first unsealed file should begin with: segments below the checkpoint may have been deleted before it. */
    private long firstAfterDeleted(Path path) throws IOException {
        long found = firstLsn(path);
        return nextLsn == ANY_LSN || (found > nextLsn && found <= from.lsn()) ? found : nextLsn;
    }

    private long firstLsn(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            EntryScanner scanner = new EntryScanner(channel, logTag);
            boolean found = scanner.next(ANY_LSN) == EntryScanner.Step.ENTRY || scanner.search(ANY_LSN);
            return found ? EntryHeader.lsn(scanner.buffer(), scanner.header()) : ANY_LSN;
        }
    }

    /**
     * Applies a segment's entries. True when the log ends in it.
     *
     * @param sealed a sealed segment was forced as a whole, so nothing in it ends the log
     */
    private boolean scan(Segment segment, boolean sealed) throws IOException {
        EntryScanner scanner = new EntryScanner(segment.file.channel(), logTag);
        while (true) {
            EntryScanner.Step step = scanner.next(nextLsn);
            if (step == EntryScanner.Step.END && scanner.atEndMark()) {
                return false;
            }
            if (step != EntryScanner.Step.ENTRY) {
                long at = scanner.position();
                boolean more = scanner.search(nextLsn - 1);
                boolean suspicious = more || step == EntryScanner.Step.INVALID || isForcedMarkBeyond(segment, at);
                boolean forced = sealed || (suspicious && evidence.covers(LogPosition.of(segment.ordinal, at)));
                if (!forced) {
                    if (more || step == EntryScanner.Step.INVALID) {
                        events.onUnsyncedTailLost(shard, nextLsn, scanner.position() - at, "no valid entry at " + at);
                    }
                    return true;
                }
                if (!more) {
                    missingFrom = sealed && step == EntryScanner.Step.END ? null : new Missing(segment, at);
                    return !sealed && !evidence.covers(LogPosition.of(segment.ordinal + 1, 0) - 1);
                }
                long lsn = EntryHeader.lsn(scanner.buffer(), scanner.header());
                onLost(nextLsn, lsn, segment.file.path(), at, "no valid entry");
                nextLsn = lsn;
                missingFrom = null;
            }
            reportMissing(EntryHeader.lsn(scanner.buffer(), scanner.header()));
            apply(segment, scanner);
        }
    }

    /** Entries were missing at the end of a file: it matters unless the next one goes on where that one ended. */
    private void reportMissing(long lsn) {
        if (missingFrom != null && lsn != nextLsn) {
            onLost(nextLsn, lsn, missingFrom.segment.file.path(), missingFrom.position, "no valid entry");
        }
        missingFrom = null;
    }

    private boolean isForcedMarkBeyond(Segment segment, long at) {
        return forcedMark > LogPosition.of(segment.ordinal, at);
    }

    private void apply(Segment segment, EntryScanner scanner) {
        ByteBuffer buffer = scanner.buffer();
        int header = scanner.header();
        long lsn = EntryHeader.lsn(buffer, header);
        long place = LogPosition.of(segment.ordinal, scanner.entryPosition());
        byte type = EntryHeader.type(buffer, header);
        if (type == EntryType.TRUNCATION) {
            nextLsn = lsn;
        } else {
            nextLsn = lsn + 1;
            boolean toTables = place >= LogPosition.of(from.segment(), from.position());
            replayedEntries += toTables ? 1 : 0;
            replayedBytes += toTables ? scanner.endPosition() - scanner.entryPosition() : 0;
            apply(segment, scanner, type, lsn, toTables);
        }
        if (!segment.isSealed()) {
            if (scanner.frameOfEntry() >= 0 && type != EntryType.TRUNCATION) {
                segment.rows.mark(lsn, scanner.frameOfEntry());
            }
            segment.endLsn = nextLsn;
            segment.endPosition = scanner.endPosition();
        }
    }

    private void apply(Segment segment, EntryScanner scanner, byte type, long lsn, boolean toTables) {
        ByteBuffer buffer = scanner.buffer();
        int header = scanner.header();
        long msb = EntryHeader.topicIdMsb(buffer, header);
        long lsb = EntryHeader.topicIdLsb(buffer, header);
        int partition = EntryHeader.partition(buffer, header);
        if (toTables) {
            tables.onEpoch(EntryHeader.leaderEpoch(buffer, header), lsn);
        }
        if (type == EntryType.BATCH) {
            int batch = scanner.payload();
            int row = toTables
                    ? tables.partitions.findOrAdd(msb, lsb, partition)
                    : tables.partitions.find(msb, lsb, partition);
            if (toTables) {
                tables.onBatch(row, buffer, batch);
            }
            if (!segment.isSealed() && row >= 0) {
                long position = scanner.entryPosition() + (batch - header);
                tables.index(segment.rows, row, buffer, batch, position);
            }
        } else if (toTables && type == EntryType.LOG_START) {
            tables.onLogStart(msb, lsb, partition, EntryHeader.baseOffset(buffer, header));
        } else if (toTables && type == EntryType.TOPIC_DELETED) {
            tables.onTopicDeleted(msb, lsb);
        }
    }

    private void onLost(long fromLsn, long toLsn, Path file, long position, String reason) {
        lost = lost == null
                ? new LostEntries(fromLsn, toLsn, reason)
                : new LostEntries(Math.min(lost.fromLsn(), fromLsn), Math.max(lost.toLsn(), toLsn), lost.reason());
        onDamage(fromLsn, toLsn, file, position, reason);
    }

    private void onDamage(long fromLsn, long toLsn, Path file, long position, String reason) {
        events.onDamage(shard, fromLsn, toLsn, file, position, reason);
    }
}
