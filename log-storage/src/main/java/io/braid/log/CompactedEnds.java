package io.braid.log;

import io.braid.log.table.PartitionTable;
import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** In which run of compacted segments each partition counts, and where it ends there, from the files alone. Read-only once made; one thread. */
final class CompactedEnds {
    /** Next offset: where the partition ends. Newest segment: the run that counts. */
    private final PartitionTable ends = new PartitionTable();

    /** Reads the segments in ascending order of their ordinals; blocks. */
    static CompactedEnds read(List<CompactedFiles.Found> segments, int logTag) throws IOException {
        CompactedEnds read = new CompactedEnds();
        for (CompactedFiles.Found segment : segments) {
            try (FileChannel channel = FileChannel.open(segment.path(), StandardOpenOption.READ)) {
                EntryScanner scanner = new EntryScanner(channel, logTag);
                while (scanner.next(EntryScanner.ANY_LSN) == EntryScanner.Step.ENTRY
                        || scanner.search(EntryScanner.ANY_LSN)) {
                    read.take(segment.run(), scanner);
                }
            }
        }
        return read;
    }

    private void take(int run, EntryScanner scanner) {
        ByteBuffer buffer = scanner.buffer();
        int header = scanner.header();
        int row = ends.findOrAdd(
                EntryHeader.topicIdMsb(buffer, header),
                EntryHeader.topicIdLsb(buffer, header),
                EntryHeader.partition(buffer, header));
        long end = BatchHeader.lastOffset(buffer, scanner.payload()) + 1;
        if (end >= ends.nextOffset(row)) {
            ends.setNextOffset(row, end);
            ends.setNewest(row, run, -1);
        }
    }

    /** Below it a partition's batches in other than compacted segments are dead; 0 when it has no compacted ones. */
    long endOffset(long idMsb, long idLsb, int partition) {
        int row = ends.find(idMsb, idLsb, partition);
        return row < 0 ? 0 : ends.nextOffset(row);
    }

    /** Whether a partition counts in a run. */
    boolean counts(int run, long idMsb, long idLsb, int partition) {
        int row = ends.find(idMsb, idLsb, partition);
        return row >= 0 && ends.newestSegment(row) == run;
    }
}
