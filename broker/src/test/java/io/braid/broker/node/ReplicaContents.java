package io.braid.broker.node;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.apache.kafka.common.Uuid;

/** What the logs of a stopped node hold, to be compared with another's. */
final class ReplicaContents {
    private static final int READ_BYTES = 1 << 20;

    private ReplicaContents() {}

    /**
     * The shards of a node that have entries, by topic id and number of a partition. Not the starts of epochs, which go on while
     * nodes stop one after the other.
     */
    static Map<Integer, Map<String, Batches>> read(Path data) throws Exception {
        Map<Integer, Map<String, Batches>> shards = new TreeMap<>();
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

    /**
     * What a partition holds.
     *
     * @param crcs of its batches, by their base offsets
     */
    record Batches(long logStart, long nextOffset, NavigableMap<Long, Long> crcs) {
        /** This from an offset on. */
        Batches from(long offset) {
            return new Batches(offset, nextOffset, crcs.tailMap(offset, true));
        }
    }

    /**
     * Fails unless the replicas hold the same batches. Log starts may differ where retention is at work: the nodes that stop later
     * go on with it.
     */
    static void assertSame(Map<Integer, Map<String, Batches>> one, Map<Integer, Map<String, Batches>> other) {
        assertThat(other.keySet()).isEqualTo(one.keySet());
        one.forEach((shard, partitions) -> {
            assertThat(other.get(shard).keySet()).isEqualTo(partitions.keySet());
            partitions.forEach((partition, batches) -> {
                Batches others = other.get(shard).get(partition);
                long start = Math.max(batches.logStart(), others.logStart());
                assertThat(others.from(start))
                        .as("shard %d partition %s", shard, partition)
                        .isEqualTo(batches.from(start));
            });
        });
    }

    private static Map<String, Batches> read(SharedLog log) {
        Map<String, Batches> partitions = new TreeMap<>();
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

    private static Batches batches(PartitionView view) throws IOException {
        NavigableMap<Long, Long> crcs = new TreeMap<>();
        long offset = view.logStartOffset();
        while (offset < view.nextOffset()) {
            ByteBuffer bytes = new EntryRun(
                            0, 1, view.read(offset, READ_BYTES, true, view.nextOffset(), ByteBufAllocator.DEFAULT))
                    .takeBytes();
            for (int at = 0; at < bytes.limit(); at += BatchHeader.sizeInBytes(bytes, at)) {
                CRC32C crc = new CRC32C();
                crc.update(bytes.slice(at, BatchHeader.sizeInBytes(bytes, at)));
                crcs.put(BatchHeader.baseOffset(bytes, at), crc.getValue());
                offset = BatchHeader.lastOffset(bytes, at) + 1;
            }
        }
        return new Batches(view.logStartOffset(), view.nextOffset(), crcs);
    }
}
