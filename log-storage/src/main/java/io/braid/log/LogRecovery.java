package io.braid.log;

import io.braid.log.index.CorruptIndexException;
import io.braid.log.index.SegmentIndex;
import io.braid.log.index.SegmentInfo;
import io.braid.log.rewrite.SegmentManifest;
import io.braid.log.table.Checkpoint;
import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
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
    private static final int MAX_OFFSET_REPORTS = 32;

    private final LogHome home;
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
    private int offsetReports;
    /** The newest segment with an index file: its links lead to index files, so older ones must have them. */
    private int lastIndexed = -1;

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
        this.home = home;
        this.shard = home.shard();
        this.files = home.files();
        this.config = home.config();
        this.events = home.events();
        this.logTag = logTag;
        this.producerSeed = producerSeed;
        this.forcedMark = ForcedMark.read(files.forcedMark());
    }

    /**
     * Recovers a log. Index files are trusted as far as their headers are whole, for there may be many; when another page turns out
     * to be damaged, all of them are checked and recovery begins again.
     */
    static Recovered recover(LogHome home, int logTag, long producerSeed) throws IOException {
        try {
            return new LogRecovery(home, logTag, producerSeed).run();
        } catch (CorruptIndexException e) {
            IndexRepair.removeDamaged(home);
            return new LogRecovery(home, logTag, producerSeed).run();
        }
    }

    private Recovered run() throws IOException {
        files.removeLeftovers();
        manifest = new UnfinishedRewrites(files, logTag, this::onLost, this::onDamage).finish();
        new UnfinishedTruncations(files, logTag).finish(this::indexedEndLsn);
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
        segments.compacted(new CompactedFiles(home).load(logTag, segments::compacted));
        boolean replaysAll = from.lsn() == 0;
        if (replaysAll) {
            CompactedReplay.apply(tables, segments.compacted(), false, logTag);
        }
        nextLsn = from.lsn() == 0 ? 0 : ANY_LSN;
        List<LogFiles.Sealed> missing = missing();
        List<LogFiles.Sealed> sealedOrMissing = new ArrayList<>(files.sealedSegments());
        sealedOrMissing.addAll(missing);
        sealedOrMissing.sort(Comparator.comparingInt(LogFiles.Sealed::segment));
        for (LogFiles.Sealed sealed : sealedOrMissing) {
            lastIndexed = Files.exists(LogFiles.index(sealed.path())) ? sealed.segment() : lastIndexed;
        }
        for (LogFiles.Sealed sealed : sealedOrMissing) {
            if (missing.contains(sealed)) {
                takeMissing(sealed);
            } else {
                takeSealed(sealed);
            }
        }
        takeUnsealed(files.unsealedSegments());
        judgeMissing();
        if (nextLsn < from.lsn()) {
            if (nextLsn != ANY_LSN && manifest.goneLsn() < from.lsn()) {
                onLost(nextLsn, from.lsn(), files.directory(), 0, "entries before the checkpoint are missing");
            }
            nextLsn = from.lsn();
        }
        if (replaysAll) {
            CompactedReplay.apply(tables, segments.compacted(), true, logTag);
        }
        List<Segment> all = segments.all();
        int last = all.isEmpty() ? -1 : all.get(all.size() - 1).lastOrdinal;
        if (LogPosition.segment(forcedMark) > last
                && forcedMark > LogPosition.of(from.segment(), from.position())
                && LogPosition.position(forcedMark) > 0) {
            onLost(nextLsn, nextLsn, files.directory(), 0, "a segment that was forced is missing");
        }
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
        if (info.isEmpty() && sealed.segment() < Math.max(from.firstUnindexedSegment(), lastIndexed)) {
            info = Optional.of(IndexRepair.rebuild(sealed, segments, logTag));
        }
        SegmentFile file = SegmentFile.sealed(sealed.path());
        boolean replay = sealed.segment() >= from.segment();
        boolean indexed = info.isPresent();
        Segment segment = indexed
                ? Segment.sealed(info.get(), file)
                : Segment.unindexed(sealed.segment(), sealed.firstLsn(), file);
        segments.add(segment);
        LostEntries before = lost;
        if (replay || !indexed) {
            onGapBefore(segment);
            nextLsn = segment.firstLsn;
            scan(segment, true);
        }
        if (indexed) {
            checkLength(segment, replay);
            nextLsn = segment.endLsn;
            if (replay && !Objects.equals(lost, before)) {
                adoptOffsets(segment);
            }
        }
        if (!indexed) {
            segment.roll(tables.partitions.snapshot());
        } else if (sealed.segment() >= from.firstUnindexedSegment()) {
            setNewest(segment);
        }
    }

    /** Segments of which only the index is there; without those that a rewritten segment has replaced, whose indexes go. */
    private List<LogFiles.Sealed> missing() throws IOException {
        List<LogFiles.Sealed> found = new ArrayList<>();
        for (LogFiles.Sealed one : files.lostSegments()) {
            if (manifest.rewriteOf(one.segment()) == one.rewrite()) {
                found.add(one);
            } else {
                Files.deleteIfExists(LogFiles.index(one.path()));
            }
        }
        return found;
    }

    /** A segment whose index is there without its file: its place is kept, so that what lies before it is found. */
    private void takeMissing(LogFiles.Sealed sealed) throws IOException {
        Optional<SegmentInfo> info = readInfo(sealed);
        if (info.isPresent()) {
            Segment segment = Segment.sealed(info.get(), SegmentFile.missing(sealed.path()));
            segments.add(segment);
            onGapBefore(segment);
            if (segment.lastOrdinal >= from.segment()) {
                adoptOffsets(segment);
            }
            nextLsn = segment.endLsn;
        }
    }

    /** Segments without a file whose batches are all dead were about to be deleted; the others are lost. */
    private void judgeMissing() throws IOException {
        for (Segment segment : segments.all()) {
            if (!segment.file.isMissing()) {
                continue;
            }
            boolean[] live = {false};
            segment.index().forEach(entry -> {
                int row = tables.partitions.find(entry.topicIdMsb(), entry.topicIdLsb(), entry.partition());
                live[0] = row >= 0 && entry.lastOffset() >= tables.partitions.logStartOffset(row);
                return !live[0];
            });
            if (live[0]) {
                String held = HeldBatches.describe(segment.index(), 0, Long.MAX_VALUE);
                onLost(
                        segment.firstLsn,
                        segment.endLsn,
                        segment.file.path(),
                        0,
                        "the file is missing; it held " + held);
            } else {
                segments.remove(List.of(segment));
                segment.delete();
            }
        }
    }

    /** Whether all that the index knows of is in the file. */
    private void checkLength(Segment segment, boolean replayed) throws IOException {
        long bytes = Files.size(segment.file.path());
        if (bytes >= segment.endPosition) {
            return;
        }
        long lostFrom = replayed ? nextLsn : endOfWhole(segment);
        String held = HeldBatches.describe(segment.index(), bytes, Long.MAX_VALUE);
        String reason = "the file ends there instead of at " + segment.endPosition + "; behind it were " + held;
        onLost(lostFrom, segment.endLsn, segment.file.path(), bytes, reason);
    }

    private long endOfWhole(Segment segment) throws IOException {
        if (segment.isRewritten()) {
            return segment.firstLsn;
        }
        EntryScanner scanner = new EntryScanner(segment.file.channel(), logTag);
        long end = segment.firstLsn;
        while (scanner.next(ANY_LSN) == EntryScanner.Step.ENTRY || scanner.search(ANY_LSN)) {
            end = EntryHeader.lsn(scanner.buffer(), scanner.header()) + 1;
        }
        return end;
    }

    /** Offsets that lost batches of a segment had are not given again. */
    private void adoptOffsets(Segment segment) throws IOException {
        segment.index().forEach(entry -> {
            int row = tables.partitions.findOrAdd(entry.topicIdMsb(), entry.topicIdLsb(), entry.partition());
            long next = Math.max(tables.partitions.nextOffset(row), entry.lastOffset() + 1);
            tables.partitions.setNextOffset(row, next);
            tables.partitions.setNewest(row, segment.ordinal, -1);
            tables.onEpoch(entry.lastLeaderEpoch(), segment.endLsn - 1);
            return true;
        });
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
        checkLength(segment, false);
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
                onLost(nextLsn, lsn, segment.file.path(), at, "no valid entry" + held(segment, at, scanner));
                nextLsn = lsn;
                missingFrom = null;
            }
            reportMissing(EntryHeader.lsn(scanner.buffer(), scanner.header()));
            apply(segment, scanner);
        }
    }

    /** What the index of a sealed segment knows of a damaged range that ends before the scanner's entry. */
    private static String held(Segment segment, long from, EntryScanner scanner) throws IOException {
        return segment.isSealed()
                ? "; there were " + HeldBatches.describe(segment.index(), from, scanner.entryPosition())
                : "";
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
                reportOffsetsLost(row, lsn, segment, BatchHeader.baseOffset(buffer, batch), scanner.entryPosition());
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

    /** After entries were lost: batches tell which offsets went with them. */
    private void reportOffsetsLost(int row, long lsn, Segment segment, long baseOffset, long position) {
        long expected = tables.partitions.nextOffset(row);
        if (lost != null && baseOffset > expected && offsetReports++ < MAX_OFFSET_REPORTS) {
            String partition = HeldBatches.partition(
                    tables.partitions.topicIdMsb(row),
                    tables.partitions.topicIdLsb(row),
                    tables.partitions.partition(row));
            String reason = partition + " offsets " + expected + ".." + (baseOffset - 1) + " are among what was lost";
            onDamage(lsn, lsn, segment.file.path(), position, reason);
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
