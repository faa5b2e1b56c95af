package io.braid.log.index;

import java.util.Set;

/** Sections, rows and tags of an index file; docs/on-disk-format has the tables. */
final class IndexFormat {
    /** "BRAIDIDX". */
    static final long MAGIC = 0x4252414944494458L;

    static final int DIRECTORY = 2;
    static final int BATCHES = 3;
    static final int MARKS = 4;
    /** The first level of fences; the next ones have the next types. */
    static final int FENCES = 16;

    static final int MAX_FENCE_LEVELS = 8;

    static final Set<Integer> KNOWN = Set.of(1, DIRECTORY, BATCHES, MARKS, 16, 17, 18, 19, 20, 21, 22, 23);

    static final int TAG_FIRST_SEGMENT = 1;
    static final int TAG_LAST_SEGMENT = 2;
    static final int TAG_FIRST_LSN = 3;
    static final int TAG_END_LSN = 4;
    static final int TAG_END_POSITION = 5;
    static final int TAG_SEALED_MS = 6;
    /** Number of the rewrite; absent in a segment as it was appended. */
    static final int TAG_REWRITE = 7;

    /** Key of directory and fences. */
    static final int KEY_ID_MSB = 0;

    static final int KEY_ID_LSB = 8;
    static final int KEY_PARTITION = 16;
    static final int FENCE_BYTES = 20;

    static final int FIRST_ROW = 20;
    static final int ROW_COUNT = 24;
    static final int LAST_LEADER_EPOCH = 28;
    static final int FIRST_OFFSET = 32;
    static final int LAST_OFFSET = 40;
    static final int BYTES = 48;
    static final int MAX_TIMESTAMP = 56;
    static final int RUNNING_MAX_TIMESTAMP = 64;
    static final int PREVIOUS_SEGMENT = 72;
    static final int JUMP_SEGMENT = 76;
    static final int JUMP_RANK = 80;
    static final int DIRECTORY_BYTES = 88;

    static final int BATCH_BASE_OFFSET = 0;
    static final int BATCH_LAST_OFFSET_DELTA = 8;
    static final int BATCH_POSITION = 12;
    static final int BATCH_SIZE = 16;
    static final int BATCH_LEADER_EPOCH = 20;
    static final int BATCH_MAX_TIMESTAMP = 24;
    static final int BATCH_RUNNING_MAX_TIMESTAMP = 32;
    static final int BATCH_BYTES = 40;

    static final int MARK_LSN = 0;
    static final int MARK_POSITION = 8;
    static final int MARK_BYTES = 16;

    private IndexFormat() {}
}
