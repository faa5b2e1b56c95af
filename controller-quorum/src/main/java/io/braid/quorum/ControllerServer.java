package io.braid.quorum;

import io.braid.protocol.network.NetworkListener;
import io.braid.protocol.network.ProtocolServer;
import io.braid.protocol.network.RequestContext;
import io.braid.protocol.network.ServerConfig;
import io.braid.quorum.message.QuorumStatusRequest;
import io.braid.quorum.message.QuorumStatusResponse;
import io.braid.quorum.message.VendorApis;
import io.braid.quorum.message.VendorResponse;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A controller's listener for brokers: Kafka's framing, vendor API keys. Thread-safe. */
@SuppressWarnings("FutureReturnValueIgnored") // what is chained here ends in a future of its own, or nowhere
public final class ControllerServer implements AutoCloseable {
    private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(500); // brokers ask another controller

    private final int nodeId;
    private final BooleanSupplier blank;
    private volatile ControllerService service;
    private ProtocolServer server;

    private ControllerServer(int nodeId, BooleanSupplier blank) {
        this.nodeId = nodeId;
        this.blank = blank;
    }

    /**
     * Binds and serves. Blocks until bound.
     *
     * @param group event loops, which the caller owns; not those of the brokers' listeners, so that heartbeats never wait
     * @throws IOException when the address cannot be bound, with host and port in the message
     */
    public static ControllerServer bind(
            ControllerService service, ServerConfig config, EventLoopGroup group, NetworkListener listener)
            throws IOException {
        ControllerServer server = bind(-1, () -> false, config, group, listener);
        server.serve(service);
        return server;
    }

    /**
     * Binds before there is a service. Until {@link #serve} it tells those who ask for the quorum's status whether this
     * controller is blank, which is how a new quorum finds itself; whoever asks for anything else is cut off and comes
     * again. Blocks until bound.
     *
     * @param blank whether this controller never had a part in a quorum
     * @throws IOException when the address cannot be bound, with host and port in the message
     */
    public static ControllerServer bind(
            int nodeId, BooleanSupplier blank, ServerConfig config, EventLoopGroup group, NetworkListener listener)
            throws IOException {
        ControllerServer server = new ControllerServer(nodeId, blank);
        server.server = ProtocolServer.bind(config, VendorApis.CATALOG, group, server::handle, listener);
        return server;
    }

    /** From now on the service answers. */
    public void serve(ControllerService answering) {
        service = answering;
    }

    private void handle(RequestContext request) {
        ControllerService serving = service;
        if (serving == null) {
            handleEarly(request);
            return;
        }
        serving.handle(request.body(), request.connection(), false).whenComplete((response, failure) -> {
            if (failure != null) {
                request.close("controller cannot answer: " + failure.getMessage());
            } else {
                request.reply(response);
            }
        });
    }

    private void handleEarly(RequestContext request) {
        if (request.body() instanceof QuorumStatusRequest) {
            request.reply(new QuorumStatusResponse(
                    new QuorumStatusResponse.Member(nodeId, blank.getAsBoolean(), "", 0),
                    VendorResponse.Leader.UNKNOWN,
                    QuorumInfo.UNKNOWN,
                    List.of()));
        } else {
            request.close("controller is starting");
        }
    }

    /** The bound address, with the port that was picked if 0 was asked for. */
    public InetSocketAddress localAddress() {
        return server.localAddress();
    }

    /** Stops serving; the service and the event loops stay. Blocks. */
    @Override
    public void close() {
        server.close(CLOSE_TIMEOUT);
    }
}
