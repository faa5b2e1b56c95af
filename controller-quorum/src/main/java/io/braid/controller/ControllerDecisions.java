package io.braid.controller;

import io.braid.image.ClusterImage;
import io.braid.image.ControllerImage;
import io.braid.image.MetadataRecord;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.protocol.Errors;

/** Decides which controllers there are to be. The leading one brings the Raft group in line with it afterwards. */
final class ControllerDecisions {
    private ControllerDecisions() {}

    static Decision alter(Command.AlterControllers command, ClusterImage image) {
        if (command.after().equals(image.controllers())) {
            return Decision.refused(CommandResult.done(0));
        }
        if (!command.before().equals(image.controllers())) {
            return refused(Errors.INVALID_UPDATE_VERSION, "the controllers changed meanwhile");
        }
        String problem = problem(command.after());
        return problem.isEmpty()
                ? new Decision(List.of(new MetadataRecord.ControllersChanged(command.after())), CommandResult.done(0))
                : refused(Errors.INVALID_REQUEST, problem);
    }

    private static String problem(List<ControllerImage> controllers) {
        if (controllers.isEmpty() || controllers.size() > Limits.MAX_CONTROLLERS) {
            return "there can be 1 to " + Limits.MAX_CONTROLLERS + " controllers, not " + controllers.size();
        }
        Set<String> addresses = new HashSet<>();
        int before = -1;
        for (ControllerImage controller : controllers) {
            if (controller.nodeId() <= before) {
                return "controllers are listed once each, by node id";
            }
            before = controller.nodeId();
            if (!addresses.add(controller.host() + ":" + controller.raftPort())) {
                return "two controllers have the address " + controller.host() + ":" + controller.raftPort();
            }
        }
        return "";
    }

    private static Decision refused(Errors error, String message) {
        return Decision.refused(CommandResult.failed(error, message));
    }
}
