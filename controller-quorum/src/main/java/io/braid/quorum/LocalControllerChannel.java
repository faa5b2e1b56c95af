package io.braid.quorum;

import io.braid.image.ControllerImage;
import io.braid.protocol.Principal;
import io.braid.protocol.network.ConnectionState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.protocol.ApiMessage;

/** A way to the controller in the same process. Its end means to the controller what a closed connection does. */
@SuppressWarnings("FutureReturnValueIgnored") // what is chained here ends in a future of its own, or nowhere
final class LocalControllerChannel implements ControllerChannel {
    /** Apart from the ids of sockets, which count up from 0. */
    private static final AtomicLong IDS = new AtomicLong(-1);

    private final ControllerService service;
    private final int nodeId;
    private final ConnectionState connection = new ConnectionState(
            IDS.getAndDecrement(),
            "local",
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Principal.ANONYMOUS);

    LocalControllerChannel(ControllerService service, int nodeId) {
        this.service = service;
        this.nodeId = nodeId;
    }

    @Override
    public int nodeId() {
        return nodeId;
    }

    @Override
    public boolean leadsTo(ControllerImage controller) {
        return controller.nodeId() == nodeId;
    }

    @Override
    public CompletableFuture<ApiMessage> send(ApiMessage request, Duration timeout) {
        if (connection.closed()) {
            return CompletableFuture.failedFuture(new IOException("the channel is closed"));
        }
        CompletableFuture<ApiMessage> answer = new CompletableFuture<>();
        service.handle(request, connection, true).whenComplete((response, failure) -> {
            if (failure != null) {
                answer.completeExceptionally(new IOException(failure.getMessage(), failure));
            } else {
                answer.complete(response);
            }
        });
        return answer.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public String target() {
        return "the controller in this process";
    }

    @Override
    public void close() {
        connection.markClosed();
    }
}
