package io.braid.log;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import net.openhft.chronicle.core.time.TimeProvider;
import net.openhft.chronicle.queue.RollCycle;

/**
 * Rolls Chronicle's files when the log says so: the cycle is the ordinal of the active segment, not a time. Chronicle wants
 * file names to be dates, so ordinal 6 is {@code 19700101-000006S}. Owned by the shard thread; one instance a queue.
 */
final class SegmentCycle implements RollCycle {
    static final String FILE_SUFFIX = ".cq4";
    static final String PREALLOCATED_SUFFIX = ".precreated";

    private static final int INDEX_COUNT = 1024;
    private static final int INDEX_SPACING = 64;
    private static final int SEQUENCE_BITS = 32;
    private static final String PATTERN = "yyyyMMdd-HHmmss'S'";
    private static final DateTimeFormatter NAMES =
            DateTimeFormatter.ofPattern(PATTERN).withZone(ZoneOffset.UTC);

    private int segment;

    SegmentCycle(int segment) {
        this.segment = segment;
    }

    /** File name, without suffix, of a segment while Chronicle has it. */
    static String name(int segment) {
        return NAMES.format(Instant.ofEpochSecond(segment));
    }

    /** The segment of a Chronicle file, or -1 when the name is no such file's. */
    static int segmentOf(String fileName) {
        if (!fileName.endsWith(FILE_SUFFIX)) {
            return -1;
        }
        try {
            var time = NAMES.parse(fileName.substring(0, fileName.length() - FILE_SUFFIX.length()));
            return Math.toIntExact(time.getLong(ChronoField.INSTANT_SECONDS));
        } catch (DateTimeParseException | ArithmeticException e) {
            return -1;
        }
    }

    void segment(int next) {
        segment = next;
    }

    @Override
    public int current(TimeProvider time, long epoch) {
        return segment;
    }

    @Override
    public String format() {
        return PATTERN;
    }

    @Override
    public int lengthInMillis() {
        return 1000;
    }

    @Override
    public int defaultIndexCount() {
        return INDEX_COUNT;
    }

    @Override
    public int defaultIndexSpacing() {
        return INDEX_SPACING;
    }

    @Override
    public long toIndex(int cycle, long sequenceNumber) {
        return ((long) cycle << SEQUENCE_BITS) + (sequenceNumber & LogPosition.MAX_POSITION);
    }

    @Override
    public long toSequenceNumber(long index) {
        return index & LogPosition.MAX_POSITION;
    }

    @Override
    public int toCycle(long index) {
        return (int) (index >> SEQUENCE_BITS);
    }

    @Override
    public long maxMessagesPerCycle() {
        return (long) INDEX_COUNT * INDEX_COUNT * INDEX_SPACING;
    }
}
