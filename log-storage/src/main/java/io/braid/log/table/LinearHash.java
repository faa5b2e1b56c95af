package io.braid.log.table;

import io.braid.log.rows.RowChunks;

/**
 * A hash table over row numbers that grows by one bucket at a time (linear hashing, Litwin 1980), so that no
 * insertion ever pays for a rehash of
 * millions of rows. Rows of a bucket are chained through a field of theirs. Owned by the shard thread.
 */
final class LinearHash {
    /** Access to the rows that are hashed. */
    interface Rows {
        int hash(int row);

        int next(int row);

        void setNext(int row, int next);
    }

    private static final int NONE = -1;

    private final Rows rows;
    private final int load;
    /** Row number plus one, so that new buckets are empty. */
    private final RowChunks heads = new RowChunks(Integer.BYTES);

    private int buckets = 1;
    private int mask;
    private int size;

    /** @param load rows per bucket, on average */
    LinearHash(Rows rows, int load) {
        this.rows = rows;
        this.load = load;
        heads.ensure(1);
    }

    /** First row of the chain that holds the rows of this hash, and others; -1 when empty. */
    int first(int hash) {
        return head(bucket(hash));
    }

    void add(int row) {
        int bucket = bucket(rows.hash(row));
        rows.setNext(row, head(bucket));
        setHead(bucket, row);
        size++;
        if (size / load >= buckets) {
            split();
        }
    }

    void remove(int row) {
        int bucket = bucket(rows.hash(row));
        int next = rows.next(row);
        size--;
        if (head(bucket) == row) {
            setHead(bucket, next);
            return;
        }
        int before = head(bucket);
        while (rows.next(before) != row) {
            before = rows.next(before);
        }
        rows.setNext(before, next);
    }

    private void split() {
        int added = buckets++;
        heads.ensure(buckets);
        mask = (Integer.highestOneBit(added) << 1) - 1;
        int from = added ^ Integer.highestOneBit(added);
        int row = head(from);
        int stay = NONE;
        int move = NONE;
        while (row != NONE) {
            int next = rows.next(row);
            if ((rows.hash(row) & mask) == added) {
                rows.setNext(row, move);
                move = row;
            } else {
                rows.setNext(row, stay);
                stay = row;
            }
            row = next;
        }
        setHead(from, stay);
        setHead(added, move);
    }

    private int bucket(int hash) {
        int bucket = hash & mask;
        return bucket < buckets ? bucket : hash & (mask >>> 1);
    }

    private int head(int bucket) {
        return heads.getInt(bucket, 0) - 1;
    }

    private void setHead(int bucket, int row) {
        heads.setInt(bucket, 0, row + 1);
    }

    long heapBytes() {
        return heads.heapBytes();
    }
}
