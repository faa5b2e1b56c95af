package io.braid.perf.chaos.history;

import java.util.List;

/**
 * One line of a history, written when the operation was complete. Times are milliseconds since the run began; partitions
 * are those of the run's one topic; processes are clients by name, and a name is never used again by another.
 */
public sealed interface Op {

    /** When it was complete. */
    long atMs();

    /** Gives it to the method for its kind. */
    void to(OpVisitor visitor);

    /**
     * A record was sent.
     *
     * @param sentMs when send() was called
     * @param offset where it stands; -1 unless the outcome is OK
     * @param error what the client said; empty when OK
     */
    record Send(
            long atMs,
            long sentMs,
            String process,
            int partition,
            long value,
            Outcome outcome,
            long offset,
            String error)
            implements Op {
        @Override
        public void to(OpVisitor visitor) {
            visitor.onSend(this);
        }
    }

    /**
     * Records of one partition came with one poll, at consecutive offsets; a poll that brought more has several lines.
     *
     * @param poll which poll of this process it was
     * @param offset of the first value
     */
    record Poll(long atMs, String process, int poll, int partition, long offset, List<Long> values) implements Op {
        public Poll {
            values = List.copyOf(values);
        }

        @Override
        public void to(OpVisitor visitor) {
            visitor.onPoll(this);
        }
    }

    /**
     * A process begins to read a partition: a seek, or a partition given to a member of a group.
     *
     * @param group empty for a reader without one
     * @param offset where it begins; -1 where the group's committed offset says
     */
    record Assign(long atMs, String process, String group, int partition, long offset) implements Op {
        @Override
        public void to(OpVisitor visitor) {
            visitor.onAssign(this);
        }
    }

    /**
     * A member committed an offset of its group.
     *
     * @param offset of the next record to read
     */
    record Commit(long atMs, String process, String group, int partition, long offset, Outcome outcome) implements Op {
        @Override
        public void to(OpVisitor visitor) {
            visitor.onCommit(this);
        }
    }

    /**
     * After the run, with all faults mended: the log end of a partition; {@link #FINAL_READER} then reads from its
     * beginning up to there.
     */
    record End(long atMs, int partition, long offset) implements Op {
        @Override
        public void to(OpVisitor visitor) {
            visitor.onEnd(this);
        }
    }

    /** Something that is no operation on a partition. */
    record Note(long atMs, Kind kind, String process, String text) implements Op {

        /** What a note is about. */
        public enum Kind {
            /** What is run, with which seed. */
            RUN,
            /** A fault begins or ends. */
            FAULT,
            /** A client's error that its library did not handle. */
            ERROR,
            /** A reader was told that its position is not in the log, or that the log was cut below it. */
            OUT_OF_RANGE,
            /** A record whose bytes are not what was sent. */
            CORRUPT,
            /** A node ended that nobody had ended. */
            DIED,
            /** With all faults mended, something did not come back in time. */
            STUCK
        }

        @Override
        public void to(OpVisitor visitor) {
            visitor.onNote(this);
        }
    }

    /** The process that reads everything once more when the run is over. */
    String FINAL_READER = "final";
}
