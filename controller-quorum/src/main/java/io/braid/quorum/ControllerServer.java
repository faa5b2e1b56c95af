package io.braid.quorum;

import io.braid.protocol.network.NetworkListener;
import io.braid.protocol.network.ProtocolServer;
import io.braid.protocol.network.RequestContext;
import io.braid.protocol.network.ServerConfig;
import io.braid.quorum.message.VendorApis;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;

/** A controller's listener for brokers: Kafka's framing, vendor API keys. Thread-safe. */
@SuppressWarnings("FutureReturnValueIgnored") // what is chained here ends in a future of its own, or nowhere
public final class ControllerServer implements AutoCloseable {
    private final ProtocolServer server;

    private ControllerServer(ProtocolServer server) {
        this.server = server;
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
        return new ControllerServer(
                ProtocolServer.bind(config, VendorApis.CATALOG, group, request -> handle(service, request), listener));
    }

    private static void handle(ControllerService service, RequestContext request) {
        service.handle(request.body(), request.connection(), false).whenComplete((response, failure) -> {
            if (failure != null) {
                request.close("controller cannot answer: " + failure.getMessage());
            } else {
                request.reply(response);
            }
        });
    }

    /** The bound address, with the port that was picked if 0 was asked for. */
    public InetSocketAddress localAddress() {
        return server.localAddress();
    }

    /** Stops serving; the service and the event loops stay. Blocks. */
    @Override
    public void close() {
        server.close();
    }
}
