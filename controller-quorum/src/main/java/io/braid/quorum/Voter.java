package io.braid.quorum;

import java.util.Objects;

/**
 * A member of the quorum.
 *
 * @param nodeId of the node it runs on
 * @param generation 0 at first; a node that lost its disk comes back under a higher one, never under the same
 * @param host and {@code port}: its {@code raft.listener} as the other controllers reach it
 */
public record Voter(int nodeId, int generation, String host, int port) {
    public Voter {
        Objects.requireNonNull(host);
    }

    /** Its id in the Raft group. */
    String peerId() {
        return generation == 0 ? Integer.toString(nodeId) : nodeId + "-" + generation;
    }
}
