package io.braid.quorum;

import io.braid.image.ControllerImage;
import io.braid.protocol.network.ConnectOptions;
import io.braid.protocol.network.ProtocolClient;
import io.braid.quorum.message.VendorApis;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * A way to a controller over sockets; connects when it must, and again when a connection ended. Answers on a connection
 * come in the order of the requests, so long polls and commands have connections of their own, and heartbeats never wait
 * behind them. Thread-safe.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what is chained here ends in a future of its own, or nowhere
public final class SocketControllerChannel implements ControllerChannel {
    private final int nodeId;
    private final String host;
    private final int port;
    private final EventLoopGroup group;
    private final ConnectOptions options;
    private final Lane heartbeats = new Lane();
    private final Lane polls = new Lane();
    private final Lane commands = new Lane();
    private volatile boolean closed;

    /** A controller that is known by its address only. */
    public SocketControllerChannel(String host, int port, EventLoopGroup group) {
        this(host, port, group, ConnectOptions.DEFAULT);
    }

    public SocketControllerChannel(String host, int port, EventLoopGroup group, ConnectOptions options) {
        this(-1, host, port, group, options);
    }

    public SocketControllerChannel(ControllerImage controller, EventLoopGroup group) {
        this(controller, group, ConnectOptions.DEFAULT);
    }

    public SocketControllerChannel(ControllerImage controller, EventLoopGroup group, ConnectOptions options) {
        this(controller.nodeId(), controller.host(), controller.controllerPort(), group, options);
    }

    private SocketControllerChannel(int nodeId, String host, int port, EventLoopGroup group, ConnectOptions options) {
        this.nodeId = nodeId;
        this.host = host;
        this.port = port;
        this.group = group;
        this.options = options;
    }

    @Override
    public int nodeId() {
        return nodeId;
    }

    @Override
    public CompletableFuture<ApiMessage> send(ApiMessage request, Duration timeout) {
        Lane lane =
                switch (request.apiKey()) {
                    case VendorApis.FETCH_METADATA -> polls;
                    case VendorApis.SUBMIT_COMMAND -> commands;
                    default -> heartbeats;
                };
        return lane.client()
                .thenCompose(client -> client.send(request.apiKey(), (short) 0, request, timeout))
                .exceptionallyCompose(SocketControllerChannel::asIoException);
    }

    private static CompletableFuture<ApiMessage> asIoException(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return CompletableFuture.failedFuture(
                cause instanceof IOException ? cause : new IOException(cause.toString(), cause));
    }

    @Override
    public String target() {
        return host + ":" + port;
    }

    @Override
    public void close() {
        closed = true;
        heartbeats.close();
        polls.close();
        commands.close();
    }

    /** One connection, made when it is first needed. Thread-safe. */
    private final class Lane {
        private CompletableFuture<ProtocolClient> current = CompletableFuture.failedFuture(new IOException("none yet"));

        synchronized CompletableFuture<ProtocolClient> client() {
            if (closed) {
                return CompletableFuture.failedFuture(new IOException("the channel is closed"));
            }
            boolean usable = !current.isDone()
                    || (!current.isCompletedExceptionally() && current.join().isOpen());
            if (!usable) {
                current = ProtocolClient.connect(host, port, VendorApis.CATALOG, group, options);
            }
            return current;
        }

        synchronized void close() {
            current.thenAccept(ProtocolClient::close);
        }
    }
}
