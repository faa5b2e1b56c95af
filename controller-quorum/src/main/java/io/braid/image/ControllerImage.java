package io.braid.image;

import java.util.Objects;

/**
 * One controller as the cluster knows it: where brokers and other controllers find it, and whether it is to vote.
 *
 * @param nodeId of the node it runs on
 * @param generation 0 at first; a controller that lost its disk comes back under a higher one, never under the same
 * @param host of both listeners, as the others reach them
 * @param controllerPort of {@code controller.listener}
 * @param raftPort of {@code raft.listener}
 * @param joined whether it was ever started with this generation; one that was must not come back with an empty disk
 */
public record ControllerImage(
        int nodeId, int generation, String host, int controllerPort, int raftPort, boolean joined) {
    public ControllerImage {
        Objects.requireNonNull(host);
        if (nodeId < 0 || generation < 0) {
            throw new IllegalArgumentException("controller " + nodeId + " generation " + generation);
        }
    }

    public ControllerImage asJoined() {
        return new ControllerImage(nodeId, generation, host, controllerPort, raftPort, true);
    }
}
