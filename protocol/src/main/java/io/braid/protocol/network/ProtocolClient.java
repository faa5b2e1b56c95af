package io.braid.protocol.network;

import io.braid.protocol.ApiCatalog;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
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
        return connect(host, port, catalog, group, ConnectOptions.DEFAULT);
    }

    /** The same with a client id of its own, a limit on the time to connect, and TLS where there is a context for it. */
    public static CompletableFuture<ProtocolClient> connect(
            String host, int port, ApiCatalog catalog, EventLoopGroup group, ConnectOptions options) {
        ClientConnection connection = new ClientConnection(catalog, host + ":" + port, options.clientId());
        CompletableFuture<ProtocolClient> connected = new CompletableFuture<>();
        CompletableFuture<Void> secured = new CompletableFuture<>();
        ChannelFuture channel = new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(
                        ChannelOption.CONNECT_TIMEOUT_MILLIS,
                        Math.toIntExact(options.connectTimeout().toMillis()))
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel made) {
                        if (options.tls().isPresent()) {
                            SslHandler tls = options.tls().get().newHandler(made.alloc(), host, port);
                            tls.setHandshakeTimeoutMillis(
                                    options.connectTimeout().toMillis());
                            options.secure(tls.engine());
                            made.pipeline().addLast(tls);
                            tls.handshakeFuture().addListener(done -> settle(secured, done));
                        } else {
                            // With TLS it is Netty that chooses: what is read then is not what the frames hold.
                            made.config().setRecvByteBufAllocator(new FrameAllocator(connection.reader()));
                            secured.complete(null);
                        }
                        made.pipeline().addLast(connection);
                    }
                })
                .connect(host, port);
        channel.addListener(done -> {
            if (!done.isSuccess()) {
                connected.completeExceptionally(failure(host, port, done.cause()));
                return;
            }
            secured.whenComplete((nothing, cause) -> {
                if (cause == null) {
                    connected.complete(new ProtocolClient(connection));
                } else {
                    channel.channel().close();
                    connected.completeExceptionally(failure(host, port, cause));
                }
            });
        });
        return connected;
    }

    private static IOException failure(String host, int port, Throwable cause) {
        return new IOException("cannot connect to " + host + ":" + port + ": " + cause.getMessage(), cause);
    }

    private static void settle(CompletableFuture<Void> secured, Future<? super Channel> done) {
        if (done.isSuccess()) {
            secured.complete(null);
        } else {
            secured.completeExceptionally(done.cause());
        }
    }

    /** The thread that owns the connection: futures complete on it. */
    public EventExecutor eventLoop() {
        return connection.eventLoop();
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
