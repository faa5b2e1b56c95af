package io.braid.client.consumer;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits what was read whenever an interval is over, where that is wanted. Owned by the thread that polls, or, in the push form,
 * the event loop; whether it is wanted may be asked, and said, by any thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what hangs on a future takes its failure
final class AutoCommit {
    private static final Logger log = LoggerFactory.getLogger(AutoCommit.class);

    private final Commits commits;
    private final long intervalNs;
    private volatile boolean wanted;
    private boolean begun;
    private long nextNs;

    AutoCommit(Commits commits, Duration interval, boolean wanted) {
        this.commits = commits;
        this.intervalNs = interval.toNanos();
        this.wanted = wanted;
    }

    boolean wanted() {
        return wanted;
    }

    void wanted(boolean now) {
        wanted = now;
    }

    void poll(long nowNs) {
        if (!wanted || (begun && nowNs - nextNs < 0)) {
            return;
        }
        if (begun) {
            commits.commitRead(null).whenComplete((done, failure) -> {
                if (failure != null) {
                    log.warn("automatic commit failed, comes again with the next cause={}", failure.toString());
                }
            });
        }
        begun = true;
        nextNs = nowNs + intervalNs;
    }
}
