package io.braid.broker.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Where in a partition to start: an offset, so many records before the end, the beginning, or the end. Immutable.
 */
record StartOffset(Kind kind, long value) {

    enum Kind {
        EARLIEST,
        LATEST,
        ABSOLUTE,
        FROM_END
    }

    static final StartOffset EARLIEST = new StartOffset(Kind.EARLIEST, 0);
    static final StartOffset LATEST = new StartOffset(Kind.LATEST, 0);

    /** Reads {@code earliest}, {@code latest}, {@code N} or {@code -N}. */
    static final class Converter implements ITypeConverter<StartOffset> {
        @Override
        public StartOffset convert(String text) {
            if (text.equals("earliest")) {
                return EARLIEST;
            }
            if (text.equals("latest")) {
                return LATEST;
            }
            try {
                long value = Long.parseLong(text);
                return value < 0 ? new StartOffset(Kind.FROM_END, -value) : new StartOffset(Kind.ABSOLUTE, value);
            } catch (NumberFormatException e) {
                throw new TypeConversionException("must be an offset, -N for N before the end, earliest or latest");
            }
        }
    }

    /**
     * The offset that it means in one partition.
     *
     * @throws IllegalArgumentException when the partition has no such offset
     */
    long in(long beginning, long end) {
        return switch (kind) {
            case EARLIEST -> beginning;
            case LATEST -> end;
            case FROM_END -> Math.max(beginning, end - value);
            case ABSOLUTE -> {
                if (value < beginning || value > end) {
                    throw new IllegalArgumentException(
                            "offset " + value + " is outside of " + beginning + " to " + end);
                }
                yield value;
            }
        };
    }
}
