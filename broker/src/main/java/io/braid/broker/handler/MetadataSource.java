package io.braid.broker.handler;

import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.image.ClusterImage;
import io.braid.quorum.ImageListener;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** The cluster's metadata as handlers need it: what this broker knows, and a way to change it. Safe for any thread. */
public interface MetadataSource {

    /** The newest image that this broker has applied. Never blocks. */
    ClusterImage image();

    /**
     * Waits for an image, at most {@code maxMs}: for requests that know of something newer than this broker does. Completes
     * on any thread, with whether {@link #image()} meets the condition.
     *
     * @param condition quick; once it holds for an image it holds for later ones
     */
    default CompletableFuture<Boolean> awaitImage(Predicate<ClusterImage> condition, long maxMs) {
        return CompletableFuture.completedFuture(condition.test(image()));
    }

    /** Tells the listener of every image from now on, in order, on one thread; it must not block. */
    default void onImage(ImageListener listener) {}

    /**
     * Proposes {@code command} to the quorum, at most once. Completes, on any thread, when the command is committed and
     * {@link #image()} shows it, or when that is not known in time: then the result's error is {@link
     * org.apache.kafka.common.protocol.Errors#REQUEST_TIMED_OUT}, and the command may still be applied.
     */
    CompletableFuture<CommandResult> submit(Command command);
}
