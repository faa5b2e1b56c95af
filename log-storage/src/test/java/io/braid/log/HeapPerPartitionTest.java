package io.braid.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.log.index.ActiveIndex;
import io.braid.log.table.PartitionTable;
import io.braid.log.table.ProducerTable;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Heap of the storage layer for a partition with one batch in the active index and one idempotent producer: sizes of
 * all arrays, counted.
 */
class HeapPerPartitionTest {
    private static final int SHARDS = 16;
    private static final int LIMIT_BYTES = 170;

    /** A shard with {@code count} partitions; returns its heap in bytes. */
    private static long heapOfShard(int count, boolean oneTopic, Random random) {
        PartitionTable partitions = new PartitionTable();
        ProducerTable producers = new ProducerTable(partitions, Long.MAX_VALUE, 42);
        ActiveIndex index = new ActiveIndex(0);
        for (int i = 0; i < count; i++) {
            int row = oneTopic
                    ? partitions.findOrAdd(1, 1, i * SHARDS)
                    : partitions.findOrAdd(random.nextLong(), random.nextLong(), 0);
            index.add(partitions, row, 0, 0, i * 200L, 200, 0, i);
            producers.put(row, i, (short) 0, 0, 0, 0, i);
        }
        return partitions.heapBytes() + producers.heapBytes() + index.heapBytes();
    }

    private static double heapPerPartition(int count, boolean oneTopic) {
        Random random = new Random(1);
        long bytes = 0;
        for (int shard = 0; shard < SHARDS; shard++) {
            bytes += heapOfShard(count / SHARDS, oneTopic, random);
        }
        return (double) bytes / count;
    }

    @Test
    void twoHundredThousandPartitionsOfOneTopic() {
        assertThat(heapPerPartition(200_000, true)).isLessThanOrEqualTo(LIMIT_BYTES);
    }

    @Test
    void twoHundredThousandTopicsOfOnePartition() {
        assertThat(heapPerPartition(200_000, false)).isLessThanOrEqualTo(LIMIT_BYTES);
    }

    @Test
    void aMillionPartitions() {
        assertThat(heapPerPartition(1_000_000, false)).isLessThanOrEqualTo(LIMIT_BYTES);
    }

    @Test
    void aShardOfAFewPartitionsIsSmall() {
        assertThat(heapOfShard(1, true, new Random(1))).isLessThan(4096);
    }
}
