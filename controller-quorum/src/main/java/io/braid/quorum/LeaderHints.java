package io.braid.quorum;

import io.braid.image.ControllerImage;
import io.braid.quorum.message.VendorResponse.Leader;
import java.util.List;

/** Where the controller is that leads, for those who asked another one. Thread-safe. */
final class LeaderHints {
    private final QuorumNode node;
    private final List<ControllerImage> configured;

    /** @param configured used until the image says where the controllers are */
    LeaderHints(QuorumNode node, List<ControllerImage> configured) {
        this.node = node;
        this.configured = configured;
    }

    Leader leader() {
        int id = node.leaderId();
        List<ControllerImage> known = node.image().controllers();
        for (ControllerImage controller : known.isEmpty() ? configured : known) {
            if (controller.nodeId() == id) {
                return new Leader(id, controller.host(), controller.controllerPort());
            }
        }
        return new Leader(id, "", 0);
    }
}
