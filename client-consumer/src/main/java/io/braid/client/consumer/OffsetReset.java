package io.braid.client.consumer;

import java.time.Duration;
import java.util.Objects;

/**
 * Where to begin in a partition without a committed offset, or when the position is not (any more) in its log. Immutable.
 *
 * @param age with {@link Kind#BY_DURATION}, how far back; else zero
 */
public record OffsetReset(Kind kind, Duration age) {
    /** The ways. */
    public enum Kind {
        EARLIEST,
        LATEST,
        NONE,
        BY_DURATION
    }

    public OffsetReset {
        Objects.requireNonNull(kind, "kind");
        if (age.isNegative()) {
            throw new IllegalArgumentException("age must not be negative: " + age);
        }
    }

    /** With the oldest record. */
    public static OffsetReset earliest() {
        return new OffsetReset(Kind.EARLIEST, Duration.ZERO);
    }

    /** With the next record that is written. */
    public static OffsetReset latest() {
        return new OffsetReset(Kind.LATEST, Duration.ZERO);
    }

    /** Nowhere: polls fail until the application seeks. */
    public static OffsetReset none() {
        return new OffsetReset(Kind.NONE, Duration.ZERO);
    }

    /** With the first record that is not older than this; with the next one when there is none (KIP-1106). */
    public static OffsetReset byDuration(Duration age) {
        return new OffsetReset(Kind.BY_DURATION, age);
    }
}
