package io.braid.quorum;

import java.time.Duration;

/**
 * Notices that the controller a broker fetches metadata from stands still while another one has newer: it may be cut off
 * from the quorum, or be no member any more. Pure; owned by the session's thread.
 */
final class StaleFeed {
    private final long patienceNs;
    private long missing = -1;
    private long sinceNs;

    StaleFeed(Duration patience) {
        this.patienceNs = patience.toNanos();
    }

    /**
     * Whether news was missed for too long.
     *
     * @param elsewhere version that another controller has
     * @param here version that was fetched
     */
    boolean isStale(long elsewhere, long here, long nowNs) {
        if (here >= missing) {
            missing = -1;
        }
        if (elsewhere <= here) {
            return false;
        }
        if (missing < 0) {
            missing = elsewhere;
            sinceNs = nowNs;
            return false;
        }
        if (nowNs - sinceNs < patienceNs) {
            return false;
        }
        missing = -1;
        return true;
    }
}
