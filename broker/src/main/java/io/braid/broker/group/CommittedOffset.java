package io.braid.broker.group;

import java.util.Objects;

/**
 * A committed offset. Immutable.
 *
 * @param leaderEpoch epoch of the last consumed record, -1 when the client does not say
 * @param metadata the client's words, "" when it has none
 * @param commitMs when it was committed, ms since 1970
 * @param expireMs when it expires whatever else holds (OffsetCommit v2-4), -1 for never
 */
public record CommittedOffset(long offset, int leaderEpoch, String metadata, long commitMs, long expireMs) {
    public static final long NO_EXPIRY = -1;

    public CommittedOffset {
        Objects.requireNonNull(metadata);
    }
}
