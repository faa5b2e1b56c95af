package io.braid.log;

import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;

/**
 * Fills the tables from compacted segments when a log has no checkpoint that can be used: the segments that they were extracted from
 * may be gone, and with them what the entries there said of next offsets and producers. Stateless; blocks.
 */
final class CompactedReplay {
    private CompactedReplay() {}

    /**
     * Applies the batches that reach beyond what the tables know.
     *
     * @param knownOnly leaves out partitions without a row: their topic was deleted
     */
    static void apply(LogTables tables, CompactedSet set, boolean knownOnly, int logTag) throws IOException {
        for (CompactedSet.Member member : set.members()) {
            try (FileChannel channel = FileChannel.open(member.segment().file.path(), StandardOpenOption.READ)) {
                EntryScanner scanner = new EntryScanner(channel, logTag);
                while (scanner.next(EntryScanner.ANY_LSN) == EntryScanner.Step.ENTRY
                        || scanner.search(EntryScanner.ANY_LSN)) {
                    apply(tables, scanner, knownOnly);
                }
            }
        }
    }

    private static void apply(LogTables tables, EntryScanner scanner, boolean knownOnly) {
        ByteBuffer buffer = scanner.buffer();
        int header = scanner.header();
        long idMsb = EntryHeader.topicIdMsb(buffer, header);
        long idLsb = EntryHeader.topicIdLsb(buffer, header);
        int partition = EntryHeader.partition(buffer, header);
        int row = knownOnly
                ? tables.partitions.find(idMsb, idLsb, partition)
                : tables.partitions.findOrAdd(idMsb, idLsb, partition);
        if (row < 0) {
            return;
        }
        int batch = scanner.payload();
        long lastOffset = BatchHeader.lastOffset(buffer, batch);
        tables.partitions.setNextOffset(row, Math.max(tables.partitions.nextOffset(row), lastOffset + 1));
        long producerId = BatchHeader.producerId(buffer, batch);
        int known = producerId < 0 ? -1 : tables.producers.find(row, producerId);
        if (producerId >= 0 && (known < 0 || tables.producers.lastOffset(known) < lastOffset)) {
            tables.producers.put(
                    row,
                    producerId,
                    BatchHeader.producerEpoch(buffer, batch),
                    BatchHeader.lastSequence(buffer, batch),
                    lastOffset,
                    BatchHeader.lastOffsetDelta(buffer, batch),
                    BatchHeader.maxTimestamp(buffer, batch));
        }
    }
}
