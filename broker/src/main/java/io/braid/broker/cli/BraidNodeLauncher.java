package io.braid.broker.cli;

import io.braid.broker.BraidNode;
import io.braid.broker.NodeStartException;
import io.braid.broker.config.NodeConfig;
import java.util.Optional;

/** Starts the real node. */
final class BraidNodeLauncher implements NodeLauncher {

    @Override
    public Running start(NodeConfig config) {
        try {
            return new RunningNode(BraidNode.start(config));
        } catch (NodeStartException e) {
            throw CliException.failed(e.getMessage(), e);
        }
    }

    private record RunningNode(BraidNode node) implements Running {

        @Override
        public String readyLine(long startedMs) {
            return node.readyLine(startedMs);
        }

        @Override
        public Optional<String> awaitStopped() throws InterruptedException {
            return node.awaitStopped();
        }

        @Override
        public void close() {
            node.close();
        }
    }
}
