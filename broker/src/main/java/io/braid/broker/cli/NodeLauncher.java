package io.braid.broker.cli;

import io.braid.broker.config.NodeConfig;
import java.util.Optional;

/** Starts a node in this process. */
@FunctionalInterface
interface NodeLauncher {

    /** A node that serves. */
    interface Running extends AutoCloseable {

        /**
         * What is printed once it serves.
         *
         * @param startedMs when the process started, in ms since 1970
         */
        String readyLine(long startedMs);

        /** Waits until the node has stopped; why it had to, unless it was closed. */
        Optional<String> awaitStopped() throws InterruptedException;

        /** Stops it in order; blocks until it has. */
        @Override
        void close();
    }

    /**
     * Returns when the node serves. An interrupt makes it give up.
     *
     * @throws CliException why it does not start, in one line
     */
    Running start(NodeConfig config);
}
