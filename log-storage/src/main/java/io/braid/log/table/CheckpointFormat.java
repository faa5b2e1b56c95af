package io.braid.log.table;

import java.util.Set;

/** Sections, rows and tags of a checkpoint; docs/on-disk-format has the tables. */
final class CheckpointFormat {
    /** "BRAIDCKP". */
    static final long MAGIC = 0x4252414944434B50L;

    static final int EPOCHS = 2;
    static final int PARTITIONS = 3;
    static final int PRODUCERS = 4;
    static final Set<Integer> KNOWN = Set.of(1, EPOCHS, PARTITIONS, PRODUCERS);

    static final int TAG_LSN = 1;
    static final int TAG_FIRST_UNINDEXED_SEGMENT = 2;
    static final int TAG_SEGMENT = 3;
    static final int TAG_POSITION = 4;

    static final int EPOCH = 0;
    static final int EPOCH_START_LSN = 8;
    static final int EPOCH_BYTES = 16;

    static final int ID_MSB = 0;
    static final int ID_LSB = 8;
    static final int PARTITION = 16;
    static final int NEWEST_SEGMENT = 20;
    static final int LOG_START = 24;
    static final int NEXT_OFFSET = 32;
    static final int SIZE_BYTES = 40;
    static final int PRODUCER_COUNT = 48;
    static final int PARTITION_BYTES = 56;

    static final int PRODUCER_ID = 0;
    static final int LAST_OFFSET = 8;
    static final int TIMESTAMP = 16;
    static final int LAST_SEQUENCE = 24;
    static final int LAST_OFFSET_DELTA = 28;
    static final int PRODUCER_EPOCH = 32;
    static final int PRODUCER_BYTES = 40;

    private CheckpointFormat() {}
}
