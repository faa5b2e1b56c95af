package io.braid.broker.shard;

import java.util.ArrayDeque;
import java.util.Iterator;
import org.apache.kafka.common.protocol.Errors;

/** Answers that wait until the log is committed, or durable, up to an LSN. Owned by the shard thread. */
final class WaitingAcks {
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private long earliestDeadlineMs = Long.MAX_VALUE;

    /** What is to be answered. */
    interface Ack {
        /** The LSN was reached. */
        void reached();

        void failed(Errors error);
    }

    private record Waiting(long lsn, long deadlineMs, Ack ack) {}

    /** LSNs must not go back from one call to the next by more than answers may be late. */
    void add(long lsn, long deadlineMs, Ack ack) {
        waiting.add(new Waiting(lsn, deadlineMs, ack));
        earliestDeadlineMs = Math.min(earliestDeadlineMs, deadlineMs);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    void reached(long lsn) {
        while (!waiting.isEmpty() && waiting.peek().lsn() <= lsn) {
            waiting.poll().ack().reached();
        }
    }

    /** Gives up on those whose time is over. */
    void expire(long nowMs) {
        if (nowMs < earliestDeadlineMs) {
            return;
        }
        earliestDeadlineMs = Long.MAX_VALUE;
        for (Iterator<Waiting> all = waiting.iterator(); all.hasNext(); ) {
            Waiting one = all.next();
            if (one.deadlineMs() <= nowMs) {
                all.remove();
                one.ack().failed(Errors.REQUEST_TIMED_OUT);
            } else {
                earliestDeadlineMs = Math.min(earliestDeadlineMs, one.deadlineMs());
            }
        }
    }

    void fail(Errors error) {
        Waiting one;
        while ((one = waiting.poll()) != null) {
            one.ack().failed(error);
        }
        earliestDeadlineMs = Long.MAX_VALUE;
    }
}
