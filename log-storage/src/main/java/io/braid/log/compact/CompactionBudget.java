package io.braid.log.compact;

import java.io.IOException;

/** Holds a pass back to the rate that it may read and write at. Used by the thread of the pass. */
public interface CompactionBudget {
    CompactionBudget UNLIMITED = bytes -> {};

    /**
     * Told of bytes read or written; may wait.
     *
     * @throws IOException the pass has to end, as when the node stops
     */
    void spend(long bytes) throws IOException;
}
