package io.braid.broker.handler;

import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.image.ClusterImage;
import java.util.concurrent.CompletableFuture;

/** The cluster's metadata as handlers need it: what this broker knows, and a way to change it. Safe for any thread. */
public interface MetadataSource {

    /** The newest image that this broker has applied. Never blocks. */
    ClusterImage image();

    /**
     * Proposes {@code command} to the quorum, at most once. Completes, on any thread, when the command is committed and
     * {@link #image()} shows it, or when that is not known in time: then the result's error is {@link
     * org.apache.kafka.common.protocol.Errors#REQUEST_TIMED_OUT}, and the command may still be applied.
     */
    CompletableFuture<CommandResult> submit(Command command);
}
