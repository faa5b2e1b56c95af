package io.braid.log;

import io.braid.log.table.PartitionSnapshot;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Which entries that are no batches a rewritten segment keeps: those without which a replay from the segments alone, after all checkpoints were lost,
 * would bring back what was deleted, or epochs and offsets would be missing. Owned by one thread.
 */
final class ControlFilter {
    private final PartitionSnapshot partitions;
    private final boolean oldest;
    private final CRC32C crc = new CRC32C();

    /** @param oldest the segment is the log's oldest: what its entries could end is gone */
    ControlFilter(PartitionSnapshot partitions, boolean oldest) {
        this.partitions = partitions;
        this.oldest = oldest;
    }

    boolean keeps(ByteBuffer buffer, int header) {
        if (!EntryHeader.verifyCrc(buffer, header, crc)) {
            return false;
        }
        byte type = EntryHeader.type(buffer, header);
        if (type == EntryType.LOG_START) {
            int row = partitions.find(
                    EntryHeader.topicIdMsb(buffer, header),
                    EntryHeader.topicIdLsb(buffer, header),
                    EntryHeader.partition(buffer, header));
            return row >= 0 && partitions.logStartOffset(row) == EntryHeader.baseOffset(buffer, header);
        }
        return type == EntryType.EPOCH_START || (type == EntryType.TOPIC_DELETED && !oldest);
    }
}
