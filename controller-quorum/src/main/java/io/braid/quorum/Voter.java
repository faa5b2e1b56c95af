package io.braid.quorum;

import io.braid.image.ControllerImage;
import java.util.Objects;
import org.apache.ratis.protocol.RaftPeer;

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

    static Voter of(ControllerImage controller) {
        return new Voter(controller.nodeId(), controller.generation(), controller.host(), controller.raftPort());
    }

    /** What {@link #toPeer} made. */
    static Voter of(RaftPeer peer) {
        String id = peer.getId().toString();
        String address = peer.getAddress();
        int dash = id.indexOf('-');
        int colon = address.lastIndexOf(':');
        return new Voter(
                Integer.parseInt(dash < 0 ? id : id.substring(0, dash)),
                dash < 0 ? 0 : Integer.parseInt(id.substring(dash + 1)),
                address.substring(0, colon),
                Integer.parseInt(address.substring(colon + 1)));
    }

    RaftPeer toPeer() {
        return RaftPeer.newBuilder()
                .setId(peerId())
                .setAddress(host + ":" + port)
                .build();
    }

    /** Its id in the Raft group. */
    String peerId() {
        return generation == 0 ? Integer.toString(nodeId) : nodeId + "-" + generation;
    }

    boolean sameMember(Voter other) {
        return nodeId == other.nodeId && generation == other.generation;
    }
}
