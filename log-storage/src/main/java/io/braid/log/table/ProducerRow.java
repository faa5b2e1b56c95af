package io.braid.log.table;

import io.braid.log.rows.RowView;
import java.util.Arrays;
import java.util.function.IntConsumer;

/** Bytes of a producer's row in the heap. */
final class ProducerRow {
    static final int PRODUCER_ID = 0;
    static final int EPOCH = 8;
    static final int LAST_SEQUENCE = 10;
    static final int LAST_OFFSET = 14;
    static final int LAST_OFFSET_DELTA = 22;
    static final int TIMESTAMP = 26;
    /** Subtree of smaller producer ids; next free row in a free one. */
    static final int LEFT = 34;
    /** Subtree of greater producer ids. */
    static final int RIGHT = 38;

    static final int BYTES = 42;

    private ProducerRow() {}

    /** Visits a partition's tree by ascending producer id. */
    static void forEach(RowView rows, int root, IntConsumer visitor) {
        int[] path = new int[32];
        int depth = 0;
        int row = root;
        while (row != -1 || depth > 0) {
            if (row != -1) {
                if (depth == path.length) {
                    path = Arrays.copyOf(path, depth * 2);
                }
                path[depth++] = row;
                row = rows.getInt(row, LEFT);
            } else {
                int smallest = path[--depth];
                visitor.accept(smallest);
                row = rows.getInt(smallest, RIGHT);
            }
        }
    }
}
