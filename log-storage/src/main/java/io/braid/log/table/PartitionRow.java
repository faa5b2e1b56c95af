package io.braid.log.table;

/** Bytes of a partition's row in the heap. */
final class PartitionRow {
    static final int ID_MSB = 0;
    static final int ID_LSB = 8;
    /** -1 in a free row. */
    static final int PARTITION = 16;

    static final int LOG_START = 20;
    static final int NEXT_OFFSET = 28;
    static final int SIZE_BYTES = 36;
    static final int NEWEST_SEGMENT = 44;
    static final int NEWEST_ACTIVE_ROW = 48;
    /** Root of the tree of its producers. */
    static final int PRODUCERS = 52;
    /** Next row in the bucket; next free row in a free one. */
    static final int HASH_NEXT = 56;
    /** Next row of the topic. */
    static final int TOPIC_NEXT = 60;
    /** In the first row of a topic: the first row of the next topic in the bucket. */
    static final int TOPIC_HASH_NEXT = 64;

    static final int BYTES = 68;

    private PartitionRow() {}
}
