package io.braid.client.consumer;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Commits what was read whenever an interval is over. Owned by the thread that polls, or, in the push form, the event loop. */
@SuppressWarnings("FutureReturnValueIgnored") // what hangs on a future takes its failure
final class AutoCommit {
    private static final Logger log = LoggerFactory.getLogger(AutoCommit.class);

    private final Commits commits;
    private final long intervalNs;
    private boolean begun;
    private long nextNs;

    AutoCommit(Commits commits, Duration interval) {
        this.commits = commits;
        this.intervalNs = interval.toNanos();
    }

    void poll(long nowNs) {
        if (!begun || nowNs - nextNs >= 0) {
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
}
