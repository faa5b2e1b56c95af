package io.braid.broker.shard;

import io.braid.log.FlushMode;
import io.braid.log.SharedLog;

/**
 * Has a shard's log forced where the {@code flush} setting wants it: one request at the flush thread at a time, and another one when
 * that is done if more was appended meanwhile. Does nothing in another mode. Owned by the shard thread.
 */
final class GroupFlush {
    private final ShardHost host;
    private final SharedLog log;
    private final FlushMode mode;
    private final FlushThread thread;

    private boolean requested;

    GroupFlush(ShardHost host, SharedLog log, FlushMode mode, FlushThread thread) {
        this.host = host;
        this.log = log;
        this.mode = mode;
        this.thread = thread;
    }

    /** Something was appended. */
    void request() {
        if (mode == FlushMode.GROUP && !requested && !host.offline()) {
            requested = true;
            thread.request(host);
        }
    }

    /** Something may have been appended. */
    void requestIfBehind() {
        if (mode == FlushMode.GROUP && log.nextLsn() > log.flushedLsn()) {
            request();
        }
    }

    /** The log is durable below {@code lsn}. */
    void onForced(long lsn) {
        requested = false;
        if (!host.offline() && log.nextLsn() > lsn) {
            request();
        }
    }
}
