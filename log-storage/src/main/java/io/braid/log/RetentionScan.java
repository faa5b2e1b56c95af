package io.braid.log;

import java.io.IOException;
import java.util.List;

/** A look for data past its retention, over an immutable view of a log. Run it on a background thread. */
public interface RetentionScan {
    /**
     * Finds the log starts that should advance. Reads segment indexes: may block on the disk.
     *
     * @param policy the topics' settings
     * @param nowMs wall-clock time
     * @return advances for the owner to append as log-start entries; empty when nothing is past its retention
     */
    List<LogStartAdvance> run(RetentionPolicy policy, long nowMs) throws IOException;

    /**
     * Sees to it that the segment that is written to is left in time for the shortest-lived data in it to go. {@link #run} does it, too; this is
     * for a replica that does not decide log starts.
     */
    void capRoll(RetentionPolicy policy);
}
