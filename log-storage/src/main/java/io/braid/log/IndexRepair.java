package io.braid.log;

import io.braid.log.index.SegmentIndexBuilder;
import io.braid.log.index.SegmentInfo;
import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Writes a lost or damaged index of an old segment anew, from its entries alone. Stateless; blocks. */
final class IndexRepair {
    private IndexRepair() {}

    /** @param older the segments before it */
    static SegmentInfo rebuild(LogFiles.Sealed sealed, SegmentSet older, int logTag) throws IOException {
        List<Segment> before = older.all();
        int oldest = before.isEmpty() ? sealed.segment() : before.get(0).ordinal;
        SegmentIndexBuilder builder = new SegmentIndexBuilder(
                sealed.segment(), SegmentIndexBuilder.searching(older, oldest, sealed.segment()));
        long endLsn = sealed.firstLsn();
        long endPosition = 0;
        try (FileChannel channel = FileChannel.open(sealed.path(), StandardOpenOption.READ)) {
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
        SegmentInfo info = new SegmentInfo(
                sealed.segment(), sealed.segment(), sealed.firstLsn(), endLsn, endPosition, System.currentTimeMillis());
        builder.write(LogFiles.index(sealed.path()), info, older);
        return info;
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
