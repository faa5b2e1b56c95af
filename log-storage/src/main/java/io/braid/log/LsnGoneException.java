package io.braid.log;

import java.io.IOException;

/** Entries asked for were deleted with their segment: a follower that needs them copies a snapshot. */
public final class LsnGoneException extends IOException {
    private static final long serialVersionUID = 1L;

    private final long startLsn;

    LsnGoneException(long lsn, long startLsn) {
        super("entry " + lsn + " is gone, the log starts at " + startLsn);
        this.startLsn = startLsn;
    }

    /** Lowest LSN that can be read. */
    public long startLsn() {
        return startLsn;
    }
}
