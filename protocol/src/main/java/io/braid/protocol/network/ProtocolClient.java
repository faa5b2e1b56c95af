package io.braid.protocol.network;

import io.braid.protocol.ApiCatalog;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * One connection to a server, for requests among our own nodes. Requests are pipelined.
 *
 * <p>Thread-safe. Futures complete on the connection's event loop, and what hangs on them must not block. It does not
 * reconnect: when the connection ends, all that waits fails with an IOException (whether the server acted on it is not
 * known), and the client is to be replaced.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures of a channel come to exceptionCaught and channelInactive
public final class ProtocolClient implements AutoCloseable {
    private static final int CONNECT_TIMEOUT_MS = 5_000;

    private final ClientConnection connection;

    private ProtocolClient(ClientConnection connection) {
        this.connection = connection;
    }

    /**
     * Connects (5 s at most), with the host and port in the message of the IOException that the future may end in.
     *
     * @param catalog the keys and versions that may be sent
     */
    public static CompletableFuture<ProtocolClient> connect(
            String host, int port, ApiCatalog catalog, EventLoopGroup group) {
        ClientConnection connection = new ClientConnection(catalog, host + ":" + port);
        CompletableFuture<ProtocolClient> connected = new CompletableFuture<>();
        ChannelFuture channel = new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel made) {
                        made.config().setRecvByteBufAllocator(new FrameAllocator(connection.reader()));
                        made.pipeline().addLast(connection);
                    }
                })
                .connect(host, port);
        channel.addListener(done -> {
            if (done.isSuccess()) {
                connected.complete(new ProtocolClient(connection));
            } else {
                connected.completeExceptionally(new IOException(
                        "cannot connect to " + host + ":" + port + ": "
                                + done.cause().getMessage(),
                        done.cause()));
            }
        });
        return connected;
    }

    /**
     * Sends a request. The response is on the heap and stays valid; the request may not be changed any more.
     *
     * <p>Fails with IllegalArgumentException (not in the catalog, or a message that cannot be written in this version),
     * IOException (connection ended, or an answer that cannot be parsed, which ends it) or TimeoutException (the
     * connection stays open, a late answer is dropped).
     */
    public CompletableFuture<ApiMessage> send(short apiKey, short version, ApiMessage request, Duration timeout) {
        CompletableFuture<ApiMessage> answer = new CompletableFuture<>();
        connection.send(apiKey, version, request, timeout, false).whenComplete((response, failure) -> {
            if (failure == null) {
                answer.complete(response.body());
            } else {
                answer.completeExceptionally(failure);
            }
        });
        return answer;
    }

    /**
     * As {@link #send}, but records and other zero-copy bytes in the response are views of the frame that was received, so
     * that they reach their reader without a copy: release it when they are done with.
     */
    public CompletableFuture<LeasedResponse> sendLeased(
            short apiKey, short version, ApiMessage request, Duration timeout) {
        return connection.send(apiKey, version, request, timeout, true);
    }

    public boolean isOpen() {
        return connection.isOpen();
    }

    /** Runs the action once when the connection ends, on its event loop; at once if it has ended. */
    public void onClose(Runnable action) {
        connection.onClose(action);
    }

    /** Closes without waiting; requests in flight fail. */
    @Override
    public void close() {
        connection.close();
    }
}
