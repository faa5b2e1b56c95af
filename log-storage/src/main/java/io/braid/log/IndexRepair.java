package io.braid.log;

import io.braid.log.index.CorruptIndexException;
import io.braid.log.index.SegmentIndex;
import io.braid.log.index.SegmentIndexBuilder;
import io.braid.log.index.SegmentInfo;
import io.braid.log.rewrite.SegmentManifest;
import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Writes a lost or damaged index of an old segment anew, from its entries alone. Stateless; blocks. */
final class IndexRepair {
    private IndexRepair() {}

    /**
     * Writes the index of a segment that has none.
     *
     * @param older the segments before it
     */
    static SegmentInfo rebuild(LogFiles.Sealed sealed, SegmentSet older, int logTag) throws IOException {
        SegmentIndexBuilder builder = builder(sealed.segment(), older);
        Scanned scanned = scan(sealed.path(), builder, sealed.firstLsn(), logTag);
        SegmentInfo info = new SegmentInfo(
                sealed.segment(),
                sealed.segment(),
                sealed.firstLsn(),
                scanned.endLsn(),
                scanned.endPosition(),
                System.currentTimeMillis());
        builder.write(LogFiles.index(sealed.path()), info, older);
        return info;
    }

    /**
     * Writes the index of an open segment anew, in place of the damaged one.
     *
     * @param segments all of the log
     */
    static void rebuild(Segment segment, SegmentSet segments, int logTag) throws IOException {
        if (segment.isRewritten()) {
            LogFiles.Sealed sealed = new LogFiles.Sealed(
                    segment.firstLsn, segment.ordinal, segment.info().rewrite(), segment.file.path());
            if (RewrittenRepair.index(sealed, SegmentManifest.EMPTY, segments, logTag, (from, to, file, at, what) -> {})
                    .isEmpty()) {
                throw new IOException("its header is damaged too");
            }
            return;
        }
        SegmentIndexBuilder builder = builder(segment.ordinal, segments);
        scan(segment.file.path(), builder, segment.firstLsn, logTag);
        builder.write(LogFiles.index(segment.file.path()), segment.info(), segments);
    }

    /** Removes every index file with damage in any of its pages, and reports it. */
    static void removeDamaged(LogHome home) throws IOException {
        List<LogFiles.Sealed> all = new ArrayList<>(home.files().sealedSegments());
        all.addAll(home.files().lostSegments());
        for (LogFiles.Sealed sealed : all) {
            Path path = LogFiles.index(sealed.path());
            if (!Files.exists(path)) {
                continue;
            }
            try (SegmentIndex index = SegmentIndex.open(path)) {
                index.verify();
            } catch (CorruptIndexException e) {
                home.events()
                        .onDamage(
                                home.shard(),
                                sealed.firstLsn(),
                                sealed.firstLsn(),
                                path,
                                0,
                                "index: " + e.getMessage());
                Files.delete(path);
            }
        }
    }

    private static SegmentIndexBuilder builder(int segment, SegmentSet older) {
        List<Segment> before = older.all();
        int oldest = before.isEmpty() ? segment : before.get(0).ordinal;
        return new SegmentIndexBuilder(segment, SegmentIndexBuilder.searching(older, oldest, segment));
    }

    private record Scanned(long endLsn, long endPosition) {}

    private static Scanned scan(Path segment, SegmentIndexBuilder builder, long firstLsn, int logTag)
            throws IOException {
        long endLsn = firstLsn;
        long endPosition = 0;
        try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.READ)) {
            EntryScanner scanner = new EntryScanner(channel, logTag);
            while (scanner.next(EntryScanner.ANY_LSN) == EntryScanner.Step.ENTRY
                    || scanner.search(EntryScanner.ANY_LSN)) {
                long lsn = EntryHeader.lsn(scanner.buffer(), scanner.header());
                byte type = EntryHeader.type(scanner.buffer(), scanner.header());
                endPosition = scanner.endPosition();
                endLsn = type == EntryType.TRUNCATION ? lsn : lsn + 1;
                if (scanner.frameOfEntry() >= 0 && type != EntryType.TRUNCATION) {
                    builder.mark(lsn, scanner.frameOfEntry());
                }
                if (type == EntryType.BATCH) {
                    add(builder, scanner);
                }
            }
        }
        return new Scanned(endLsn, endPosition);
    }

    private static void add(SegmentIndexBuilder builder, EntryScanner scanner) throws IOException {
        ByteBuffer buffer = scanner.buffer();
        int header = scanner.header();
        int batch = scanner.payload();
        builder.add(
                EntryHeader.topicIdMsb(buffer, header),
                EntryHeader.topicIdLsb(buffer, header),
                EntryHeader.partition(buffer, header),
                BatchHeader.baseOffset(buffer, batch),
                BatchHeader.lastOffsetDelta(buffer, batch),
                scanner.entryPosition() + (batch - header),
                BatchHeader.sizeInBytes(buffer, batch),
                BatchHeader.leaderEpoch(buffer, batch),
                BatchHeader.maxTimestamp(buffer, batch));
    }
}
