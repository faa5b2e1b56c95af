package io.braid.log;

import io.braid.log.table.Checkpoint;
import io.braid.log.table.PartitionTable;
import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/** From where on the partitions of a log can be read, as its checkpoint and what follows say. Read-only; one thread; blocks. */
final class LogStarts {
    private final PartitionTable partitions;

    private LogStarts(PartitionTable partitions) {
        this.partitions = partitions;
    }

    static LogStarts read(List<LogInspection.SegmentPath> segments, Optional<Checkpoint> checkpoint, int logTag)
            throws IOException {
        LogTables tables = checkpoint
                .map(read -> new LogTables(read.partitions(), read.producers(), read.epochs()))
                .orElseGet(() -> LogTables.empty(Long.MAX_VALUE, 1));
        long fromLsn = checkpoint.map(read -> read.at().lsn()).orElse(0L);
        int fromSegment = checkpoint.map(read -> read.at().segment()).orElse(0);
        for (LogInspection.SegmentPath segment : segments) {
            if (segment.ordinal() >= fromSegment && !segment.state().equals("rewritten")) {
                replay(segment, fromLsn, logTag, tables);
            }
        }
        return new LogStarts(tables.partitions);
    }

    private static void replay(LogInspection.SegmentPath segment, long fromLsn, int logTag, LogTables tables)
            throws IOException {
        try (FileChannel channel = FileChannel.open(segment.path(), StandardOpenOption.READ)) {
            EntryScanner scanner = new EntryScanner(channel, logTag);
            while (scanner.next(EntryScanner.ANY_LSN) == EntryScanner.Step.ENTRY
                    || scanner.search(EntryScanner.ANY_LSN)) {
                ByteBuffer buffer = scanner.buffer();
                int at = scanner.header();
                if (EntryHeader.lsn(buffer, at) < fromLsn) {
                    continue;
                }
                long msb = EntryHeader.topicIdMsb(buffer, at);
                long lsb = EntryHeader.topicIdLsb(buffer, at);
                int partition = EntryHeader.partition(buffer, at);
                byte type = EntryHeader.type(buffer, at);
                if (type == EntryType.BATCH) {
                    int row = tables.partitions.findOrAdd(msb, lsb, partition);
                    long next = BatchHeader.lastOffset(buffer, scanner.payload()) + 1;
                    tables.partitions.setNextOffset(row, Math.max(next, tables.partitions.nextOffset(row)));
                } else if (type == EntryType.LOG_START) {
                    tables.onLogStart(msb, lsb, partition, EntryHeader.baseOffset(buffer, at));
                } else if (type == EntryType.TOPIC_DELETED) {
                    tables.onTopicDeleted(msb, lsb);
                }
            }
        }
    }

    boolean isLive(long idMsb, long idLsb, int partition, long lastOffset) {
        int row = partitions.find(idMsb, idLsb, partition);
        return row >= 0 && lastOffset >= partitions.logStartOffset(row);
    }
}
