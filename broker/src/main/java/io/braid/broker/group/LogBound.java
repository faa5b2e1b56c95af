package io.braid.broker.group;

import java.util.ArrayDeque;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Keeps the log of a partition within a multiple of its state, as there is no compaction: when it holds far more records
 * than the state needs, the state is written anew, a slice at a time, and everything before it is dropped.
 *
 * <p>A slice holds whole groups as they are when it is written. What happens to a group before its slice, or after, lies
 * behind the first slice too, so that a replay from there ends in the same state. Owned by the partition's thread.
 */
final class LogBound {
    private static final long NOT_WORTH_IT = 10_000;
    private static final int TIMES_THE_STATE = 4;
    private static final int SLICE_RECORDS = 2000;

    private final long minRecords;
    private final ArrayDeque<String> groupsLeft = new ArrayDeque<>();
    private long startOffset;
    private long nextOffset;
    private boolean writing;
    // The next batch holds the first, or the last, records of the snapshot.
    private boolean begins;
    private boolean ends;
    private long snapshotFrom;

    LogBound() {
        this(NOT_WORTH_IT);
    }

    /** @param minRecords in the log, below which nothing is done */
    LogBound(long minRecords) {
        this.minRecords = minRecords;
    }

    /** The log was loaded. */
    void begin(long logStartOffset, long logEndOffset) {
        startOffset = logStartOffset;
        nextOffset = logEndOffset;
        writing = false;
        begins = false;
        ends = false;
        groupsLeft.clear();
    }

    /** Whether a slice is to be written now: the next one of a snapshot, or the first. */
    boolean isDue(long stateRecords) {
        return writing
                ? !groupsLeft.isEmpty()
                : nextOffset - startOffset > Math.max(minRecords, TIMES_THE_STATE * stateRecords);
    }

    /** Writes the next slice to {@code records}. */
    void nextSlice(GroupState state, Consumer<GroupRecord> records) {
        if (!writing) {
            writing = true;
            groupsLeft.addAll(state.groupIds());
            begins = true;
        }
        long[] written = {0};
        while (written[0] < SLICE_RECORDS && !groupsLeft.isEmpty()) {
            state.snapshot(groupsLeft.poll(), record -> {
                written[0]++;
                records.accept(record);
            });
        }
        ends = groupsLeft.isEmpty();
    }

    /** The batches that were being collected are now on their way; what they are to the snapshot. */
    boolean takeBegins() {
        boolean taken = begins;
        begins = false;
        return taken;
    }

    boolean takeEnds() {
        boolean taken = ends;
        ends = false;
        return taken;
    }

    /** A batch was committed; the offset, if any, below which nothing is needed any more. */
    OptionalLong appended(long baseOffset, long batchEnd, boolean beginsSnapshot, boolean endsSnapshot) {
        nextOffset = batchEnd;
        if (beginsSnapshot) {
            snapshotFrom = baseOffset;
        }
        if (!endsSnapshot) {
            return OptionalLong.empty();
        }
        writing = false;
        startOffset = snapshotFrom;
        return OptionalLong.of(snapshotFrom);
    }
}
