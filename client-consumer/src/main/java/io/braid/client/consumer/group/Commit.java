package io.braid.client.consumer.group;

import java.util.Optional;

/** One call to commit: done when every partition of it is. Owned by its {@link CommitQueue}. */
final class Commit {
    final long deadlineNs;
    private int left;
    private Optional<RuntimeException> failure = Optional.empty();
    private boolean done;

    Commit(int partitions, long deadlineNs) {
        this.left = partitions;
        this.deadlineNs = deadlineNs;
    }

    boolean done() {
        return done;
    }

    /** Of a commit that is done: why it failed, if it did; the first reason of several. */
    Optional<RuntimeException> failure() {
        return failure;
    }

    /** One partition is settled. True when that was the last of a commit that was not done before. */
    boolean settle(Optional<RuntimeException> outcome) {
        left--;
        if (failure.isEmpty()) {
            failure = outcome;
        }
        return left == 0 && finish();
    }

    /** True unless it was done before. */
    boolean expire(RuntimeException reason) {
        failure = done ? failure : Optional.of(reason);
        return finish();
    }

    /** True unless it was done before. */
    boolean finish() {
        boolean now = !done;
        done = true;
        return now;
    }
}
