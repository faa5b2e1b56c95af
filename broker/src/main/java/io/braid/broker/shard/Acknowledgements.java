package io.braid.broker.shard;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/**
 * The answers that a shard owes: to requests whose batches were staged in this poll, and to those that wait until the log is
 * committed, or as safe as the {@code flush} setting wants, up to an LSN. Each task that is added is done exactly once.
 *
 * <p>Owned by the shard thread, on which the answers are given.
 */
final class Acknowledgements {
    private final ShardReplica replica;
    private final List<AppendTask> staged = new ArrayList<>();
    private final WaitingAcks forCommit = new WaitingAcks();
    private final WaitingAcks forDisk = new WaitingAcks();

    Acknowledgements(ShardReplica replica) {
        this.replica = replica;
    }

    /** The task's batches are staged, or have an error each. */
    void add(AppendTask task) {
        staged.add(task);
    }

    /** What was staged is appended, as far as it could be: answers the tasks, or lets them wait. */
    void onAppended() {
        for (int i = 0; i < staged.size(); i++) {
            answerOrPark(staged.get(i));
        }
        staged.clear();
    }

    private void answerOrPark(AppendTask task) {
        long lsn = task.ackLsn();
        if (task.waitForCommit() && lsn > replica.commitLsn()) {
            forCommit.add(lsn, task.deadlineMs(), new TaskAck(task));
        } else if (lsn > replica.ownLsn()) {
            forDisk.add(lsn, task.deadlineMs(), new TaskAck(task));
        } else {
            task.onDone().run();
        }
    }

    /** Tells {@code ack} once the entries below the LSN are committed, at once if they are; it waits for as long as it takes. */
    void whenCommitted(long lsn, WaitingAcks.Ack ack) {
        if (lsn <= replica.commitLsn()) {
            ack.reached();
        } else {
            forCommit.add(lsn, Long.MAX_VALUE, ack);
        }
    }

    /** Answers whoever waited for what is committed or forced by now. */
    void advance() {
        forCommit.reached(replica.commitLsn());
        forDisk.reached(replica.ownLsn());
    }

    /** Gives up on those whose time is over. */
    void expire(long nowMs) {
        forCommit.expire(nowMs);
        forDisk.expire(nowMs);
    }

    /** Fails the tasks of this poll, whose batches were not appended. */
    void failStaged(Errors error) {
        List<AppendTask> all = List.copyOf(staged);
        staged.clear();
        all.forEach(task -> new TaskAck(task).failed(error));
    }

    /** Also fails what was appended in this poll: whether it will be committed is for another leader to say. */
    void fail(Errors error) {
        failStaged(error);
        forCommit.fail(error);
        forDisk.fail(error);
    }

    /** A request's batches. */
    private final class TaskAck implements WaitingAcks.Ack {
        private final AppendTask task;

        TaskAck(AppendTask task) {
            this.task = task;
        }

        @Override
        public void reached() {
            if (task.waitForCommit()) {
                task.appends().forEach(replica::complete);
            }
            task.onDone().run();
        }

        @Override
        public void failed(Errors error) {
            task.appends().forEach(a -> a.fail(error, null));
            task.onDone().run();
        }
    }
}
