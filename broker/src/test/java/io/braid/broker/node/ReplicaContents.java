package io.braid.broker.node;

import io.braid.log.EntryRun;
import io.braid.log.LogConfig;
import io.braid.log.LogDirectory;
import io.braid.log.LogListener;
import io.braid.log.PartitionView;
import io.braid.log.SharedLog;
import io.braid.protocol.records.BatchHeader;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.apache.kafka.common.Uuid;

/** What the logs of a stopped node hold, to be compared with another's. */
final class ReplicaContents {
    private static final int READ_BYTES = 1 << 20;

    private ReplicaContents() {}

    /**
     * The shards of a node that have entries: by topic id and number of a partition its offsets, and a CRC of all batches. Not the
     * starts of epochs, which go on while nodes stop one after the other.
     */
    static Map<Integer, Map<String, String>> read(Path data) throws Exception {
        Map<Integer, Map<String, String>> shards = new TreeMap<>();
        try (LogDirectory directory = LogDirectory.open(data, LogConfig.defaults(), LogListener.NONE)) {
            for (int id : directory.shardsOnDisk()) {
                try (SharedLog log = directory.open(id)) {
                    if (log.nextLsn() > 0) {
                        shards.put(id, read(log));
                    }
                }
            }
        }
        return shards;
    }

    private static Map<String, String> read(SharedLog log) {
        Map<String, String> partitions = new TreeMap<>();
        log.partitions().forEach(row -> {
            Uuid topic =
                    new Uuid(log.partitions().topicIdMsb(row), log.partitions().topicIdLsb(row));
            try {
                partitions.put(topic + "-" + log.partitions().partition(row), batches(log.view(row)));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        return partitions;
    }

    private static String batches(PartitionView view) throws IOException {
        CRC32C crc = new CRC32C();
        long offset = view.logStartOffset();
        while (offset < view.nextOffset()) {
            ByteBuffer bytes = new EntryRun(
                            0, 1, view.read(offset, READ_BYTES, true, view.nextOffset(), ByteBufAllocator.DEFAULT))
                    .takeBytes();
            crc.update(bytes.duplicate());
            for (int at = 0; at < bytes.limit(); at += BatchHeader.sizeInBytes(bytes, at)) {
                offset = BatchHeader.lastOffset(bytes, at) + 1;
            }
        }
        return view.logStartOffset() + ".." + view.nextOffset() + " " + Long.toHexString(crc.getValue());
    }
}
