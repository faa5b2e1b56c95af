package io.braid.log.table;

import static io.braid.log.table.ProducerRow.EPOCH;
import static io.braid.log.table.ProducerRow.LAST_OFFSET;
import static io.braid.log.table.ProducerRow.LAST_OFFSET_DELTA;
import static io.braid.log.table.ProducerRow.LAST_SEQUENCE;
import static io.braid.log.table.ProducerRow.LEFT;
import static io.braid.log.table.ProducerRow.PRODUCER_ID;
import static io.braid.log.table.ProducerRow.RIGHT;
import static io.braid.log.table.ProducerRow.TIMESTAMP;

import io.braid.log.rows.RowChunks;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * What idempotence needs to know of each producer of each partition: its epoch and its newest batch. Earlier batches
 * are
 * found through the index.
 *
 * <p>The rows of a partition form a treap by producer id (Seidel and Aragon 1996; the priority is a hash of the id),
 * so that neither a
 * partition with very many producers nor a client that invents ids makes a lookup slow. Owned by the shard thread.
 */
public final class ProducerTable {
    private static final int NONE = -1;
    /**
     * What one row put above the cap may cost: rows evicted; for each, partitions looked at, and partitions sampled.
     */
    private static final int EVICTIONS = 2;

    private static final int EVICTION_STEPS = 256;
    private static final int EVICTION_SAMPLES = 8;
    private static final int EVICTION_PATHS = 4;

    private final PartitionTable partitions;
    private final long maxRows;
    private final long seed;
    private final RowChunks rows = new RowChunks(ProducerRow.BYTES);

    private int size;
    private int limit;
    private int firstFree = NONE;
    /** Partition row at which the search for idle producers goes on. */
    private int hand;

    /**
     * @param partitions the table whose rows the producers belong to
     * @param maxBytes heap bytes above which idle rows are evicted: the oldest by timestamp of a sample, never the
     *     row just put
     * @param seed any number that clients cannot guess: it shapes the trees
     */
    public ProducerTable(PartitionTable partitions, long maxBytes, long seed) {
        this.partitions = partitions;
        this.maxRows = Math.max(1, maxBytes / ProducerRow.BYTES);
        this.seed = seed;
    }

    /** The row of a producer in a partition, or -1. A row number is good until the next put or removal. */
    public int find(int partitionRow, long producerId) {
        int row = partitions.producers(partitionRow);
        while (row != NONE && producerId(row) != producerId) {
            row = child(row, producerId);
        }
        return row;
    }

    private int child(int row, long producerId) {
        return rows.getInt(row, side(row, producerId));
    }

    private int side(int row, long producerId) {
        return producerId < producerId(row) ? LEFT : RIGHT;
    }

    /**
     * Adds or replaces a producer's state; returns its row.
     *
     * @param lastOffset of the producer's newest batch, inclusive
     * @param lastOffsetDelta of that batch: its base offset is {@code lastOffset - lastOffsetDelta}
     * @param timestampMs what expiry goes by
     */
    public int put(
            int partitionRow,
            long producerId,
            short epoch,
            int lastSequence,
            long lastOffset,
            int lastOffsetDelta,
            long timestampMs) {
        int row = find(partitionRow, producerId);
        boolean added = row == NONE;
        if (added) {
            row = allocate();
            rows.setLong(row, PRODUCER_ID, producerId);
            insert(partitionRow, row);
            size++;
        }
        rows.setShort(row, EPOCH, epoch);
        rows.setInt(row, LAST_SEQUENCE, lastSequence);
        rows.setLong(row, LAST_OFFSET, lastOffset);
        rows.setInt(row, LAST_OFFSET_DELTA, lastOffsetDelta);
        rows.setLong(row, TIMESTAMP, timestampMs);
        if (added && size > maxRows) {
            evict(partitionRow, row);
        }
        return row;
    }

    private int allocate() {
        if (firstFree == NONE) {
            rows.ensure(limit + 1);
            return limit++;
        }
        int row = firstFree;
        firstFree = rows.getInt(row, LEFT);
        return row;
    }

    private void insert(int partitionRow, int added) {
        long producerId = producerId(added);
        int parent = NONE;
        int side = LEFT;
        int row = partitions.producers(partitionRow);
        while (row != NONE && isAbove(row, added)) {
            parent = row;
            side = side(row, producerId);
            row = rows.getInt(row, side);
        }
        link(partitionRow, parent, side, added);
        split(row, producerId, added);
    }

    /** Hangs the smaller ids of a subtree to the left of {@code added}, the greater ones to its right. */
    private void split(int subtree, long producerId, int added) {
        int smaller = added;
        int smallerSide = LEFT;
        int greater = added;
        int greaterSide = RIGHT;
        int row = subtree;
        while (row != NONE) {
            if (producerId(row) < producerId) {
                rows.setInt(smaller, smallerSide, row);
                smaller = row;
                smallerSide = RIGHT;
            } else {
                rows.setInt(greater, greaterSide, row);
                greater = row;
                greaterSide = LEFT;
            }
            row = rows.getInt(row, producerId(row) < producerId ? RIGHT : LEFT);
        }
        rows.setInt(smaller, smallerSide, NONE);
        rows.setInt(greater, greaterSide, NONE);
    }

    /** Removes one producer (undo of its first append); nothing happens when it is not there. */
    public void remove(int partitionRow, long producerId) {
        int parent = NONE;
        int side = LEFT;
        int row = partitions.producers(partitionRow);
        while (row != NONE && producerId(row) != producerId) {
            parent = row;
            side = side(row, producerId);
            row = rows.getInt(row, side);
        }
        if (row != NONE) {
            merge(partitionRow, parent, side, rows.getInt(row, LEFT), rows.getInt(row, RIGHT));
            free(row);
        }
    }

    private void merge(int partitionRow, int parent, int side, int smaller, int greater) {
        int at = parent;
        int atSide = side;
        int left = smaller;
        int right = greater;
        while (left != NONE && right != NONE) {
            if (isAbove(left, right)) {
                link(partitionRow, at, atSide, left);
                at = left;
                atSide = RIGHT;
                left = rows.getInt(left, RIGHT);
            } else {
                link(partitionRow, at, atSide, right);
                at = right;
                atSide = LEFT;
                right = rows.getInt(right, LEFT);
            }
        }
        link(partitionRow, at, atSide, left == NONE ? right : left);
    }

    private void link(int partitionRow, int parent, int side, int row) {
        if (parent == NONE) {
            partitions.setProducers(partitionRow, row);
        } else {
            rows.setInt(parent, side, row);
        }
    }

    private boolean isAbove(int row, int other) {
        int order = Long.compareUnsigned(priority(producerId(row)), priority(producerId(other)));
        return order != 0 ? order > 0 : producerId(row) < producerId(other);
    }

    private long priority(long producerId) {
        long hash = (producerId ^ seed) * 0x9E3779B97F4A7C15L;
        hash = (hash ^ (hash >>> 32)) * (seed | 1);
        hash = (hash ^ (hash >>> 29)) * 0xD6E8FEB86659FD93L;
        return hash ^ (hash >>> 32);
    }

    private void free(int row) {
        rows.setInt(row, LEFT, firstFree);
        firstFree = row;
        size--;
    }

    public void removePartition(int partitionRow) {
        removeIf(partitionRow, Long.MAX_VALUE, true);
    }

    public long producerId(int row) {
        return rows.getLong(row, PRODUCER_ID);
    }

    public short epoch(int row) {
        return rows.getShort(row, EPOCH);
    }

    public int lastSequence(int row) {
        return rows.getInt(row, LAST_SEQUENCE);
    }

    /** Last offset of the newest batch, inclusive. */
    public long lastOffset(int row) {
        return rows.getLong(row, LAST_OFFSET);
    }

    /** Offsets of the newest batch minus one: its base offset is {@code lastOffset - lastOffsetDelta}. */
    public int lastOffsetDelta(int row) {
        return rows.getInt(row, LAST_OFFSET_DELTA);
    }

    public long timestampMs(int row) {
        return rows.getLong(row, TIMESTAMP);
    }

    /** Visits the producers of a partition by ascending id. The visitor must not change the table. */
    public void forEach(int partitionRow, IntConsumer visitor) {
        ProducerRow.forEach(rows.view(), partitions.producers(partitionRow), visitor);
    }

    /** Removes the producers of all partitions whose timestamp is before {@code timestampMs}; returns how many. */
    public int expireBefore(long timestampMs) {
        int before = size;
        expireBefore(timestampMs, 0, Integer.MAX_VALUE);
        return before - size;
    }

    /**
     * As {@link #expireBefore(long)}, in steps: looks at no more than {@code maxRows} partition rows from {@code
     * fromRow} on.
     *
     * @return the row to go on from, -1 after the last
     */
    public int expireBefore(long timestampMs, int fromRow, int maxRows) {
        int end = (int) Math.min(partitions.rowLimit(), (long) fromRow + maxRows);
        for (int row = fromRow; row < end; row++) {
            if (partitions.isUsed(row)) {
                removeIf(row, timestampMs, false);
            }
        }
        return end >= partitions.rowLimit() ? NONE : end;
    }

    private void removeIf(int partitionRow, long beforeMs, boolean always) {
        if (partitions.producers(partitionRow) == NONE) {
            return;
        }
        Collected expired = new Collected();
        forEach(partitionRow, row -> {
            if (always || timestampMs(row) < beforeMs) {
                expired.add(producerId(row));
            }
        });
        for (int i = 0; i < expired.size; i++) {
            remove(partitionRow, expired.ids[i]);
        }
    }

    /**
     * Brings the table back under its cap, a bounded step at a time: the oldest row of a sample goes, taken from the
     * partition just
     * written and from those the hand comes by. Where producers are so rare that the hand meets none, they are few
     * beside the partitions.
     */
    private void evict(int partitionRow, int justPut) {
        for (int round = 0; round < EVICTIONS && size > maxRows; round++) {
            int ofPartition = partitionRow;
            int oldest = sample(partitionRow, justPut);
            int slots = partitions.rowLimit();
            int sampled = 0;
            for (int step = 0; step < EVICTION_STEPS && sampled < EVICTION_SAMPLES; step++) {
                hand = hand + 1 < slots ? hand + 1 : 0;
                int candidate = partitions.isUsed(hand) ? sample(hand, justPut) : NONE;
                if (candidate != NONE) {
                    sampled++;
                    if (oldest == NONE || timestampMs(candidate) < timestampMs(oldest)) {
                        oldest = candidate;
                        ofPartition = hand;
                    }
                }
            }
            if (oldest != NONE) {
                remove(ofPartition, producerId(oldest));
            }
        }
    }

    /** The oldest producer on a few paths through the partition's tree, -1 when it has none but {@code except}. */
    private int sample(int partitionRow, int except) {
        int oldest = NONE;
        for (int path = 0; path < EVICTION_PATHS; path++) {
            long turns = priority(((long) hand << 8) + path + size);
            int row = partitions.producers(partitionRow);
            while (row != NONE) {
                if (row != except && (oldest == NONE || timestampMs(row) < timestampMs(oldest))) {
                    oldest = row;
                }
                row = rows.getInt(row, (turns & 1) == 0 ? LEFT : RIGHT);
                turns = Long.rotateRight(turns, 1);
            }
        }
        return oldest;
    }

    /** Number of producers, of all partitions. */
    public int size() {
        return size;
    }

    /** Bytes of heap in the arrays of this table, exactly; the roots of the trees are in the partitions' rows. */
    public long heapBytes() {
        return rows.heapBytes();
    }

    /** An immutable copy, cheap as {@link PartitionTable#snapshot}; take both together. */
    public ProducerSnapshot snapshot() {
        return new ProducerSnapshot(rows.snapshot(), size);
    }

    /** Producer ids that are about to be removed. */
    private static final class Collected {
        private long[] ids = new long[8];
        private int size;

        void add(long id) {
            if (size == ids.length) {
                ids = Arrays.copyOf(ids, size * 2);
            }
            ids[size++] = id;
        }
    }
}
