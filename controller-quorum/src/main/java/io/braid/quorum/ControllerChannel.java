package io.braid.quorum;

import io.braid.image.ControllerImage;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * A broker's way to one controller. The messages are the same in process and over a socket. Thread-safe; never blocks.
 */
public interface ControllerChannel extends AutoCloseable {
    /**
     * Sends a request of {@link io.braid.quorum.message}. The future fails with an IOException when the controller
     * cannot be reached or does not answer in time; whether it took the request in is then unknown.
     */
    CompletableFuture<ApiMessage> send(ApiMessage request, Duration timeout);

    /** Node id of the controller, or -1 if it is known by its address only. */
    default int nodeId() {
        return -1;
    }

    /** Whether it leads to this controller at the address that it has now. */
    default boolean leadsTo(ControllerImage controller) {
        return target().equals(controller.host() + ":" + controller.controllerPort());
    }

    /** For logs: where it leads. */
    String target();

    @Override
    void close();
}
