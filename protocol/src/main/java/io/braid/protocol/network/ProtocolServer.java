package io.braid.protocol.network;

import io.braid.protocol.ApiCatalog;
import io.braid.protocol.Principal;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One listener: accepts connections, turns frames into requests, and sends the answers in the order of the requests.
 *
 * <p>Thread-safe. Each connection belongs to one event loop of the group, which the caller owns and ends.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures of a channel come to exceptionCaught and channelInactive
public final class ProtocolServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ProtocolServer.class);

    private static final int ACCEPT_BACKLOG = 1024;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final AtomicLong CONNECTION_IDS = new AtomicLong();

    private final ServerConfig config;
    private final ApiCatalog catalog;
    private final RequestHandler handler;
    private final NetworkListener listener;
    private final DefaultChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final AtomicBoolean refusing = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private Channel acceptor; // set once, in bind
    private Future<?> sweep; // set once, in bind

    private ProtocolServer(ServerConfig config, ApiCatalog catalog, RequestHandler handler, NetworkListener listener) {
        this.config = Objects.requireNonNull(config, "config");
        this.catalog = Objects.requireNonNull(catalog, "catalog");
        this.handler = Objects.requireNonNull(handler, "handler");
        this.listener = Objects.requireNonNull(listener, "listener");
    }

    /**
     * Binds and starts to accept. Blocks until bound: not for event loops.
     *
     * @param group NIO event loops, shared by acceptor and connections
     * @throws IOException when the address cannot be bound, with host and port in the message
     */
    public static ProtocolServer bind(
            ServerConfig config,
            ApiCatalog catalog,
            EventLoopGroup group,
            RequestHandler handler,
            NetworkListener listener)
            throws IOException {
        ProtocolServer server = new ProtocolServer(config, catalog, handler, listener);
        server.start(group);
        return server;
    }

    private void start(EventLoopGroup group) throws IOException {
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, ACCEPT_BACKLOG)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.MESSAGE_SIZE_ESTIMATOR, FrameWriter.SIZES)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(config.maxUnsentBytes() / 2, config.maxUnsentBytes()))
                .childHandler(new Initializer())
                .bind(config.host(), config.port())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            Throwable cause = bound.cause();
            throw new IOException(
                    "cannot bind " + config.host() + ":" + config.port() + ": " + cause.getMessage(), cause);
        }
        acceptor = bound.channel();
        long periodNs = Math.max(
                TimeUnit.MILLISECONDS.toNanos(10),
                Math.min(config.idleTimeout().toNanos(), config.frameTimeout().toNanos()) / 4);
        sweep = group.next().scheduleWithFixedDelay(this::closeIdle, periodNs, periodNs, TimeUnit.NANOSECONDS);
    }

    /** The bound address, with the port that was picked if 0 was asked for. */
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) acceptor.localAddress();
    }

    /** Connections open now. */
    public int connectionCount() {
        return connections.size();
    }

    /**
     * Stops to accept and to read, lets requests in flight be answered and their answers go out (5 s at most), then
     * closes all connections. Blocks: not for event loops. A second call does nothing.
     */
    @Override
    public void close() {
        close(CLOSE_TIMEOUT);
    }

    /** The same with another limit on the wait for answers. */
    public void close(Duration timeout) {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        sweep.cancel(false);
        acceptor.close().awaitUninterruptibly();
        for (Channel channel : connections) {
            onLoopOf(channel, () -> connectionOf(channel).closeGracefully());
        }
        if (!connections.newCloseFuture().awaitUninterruptibly(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
            log.info(
                    "connections closed with requests in flight listener={} count={}",
                    config.listener(),
                    connections.size());
            connections.close().awaitUninterruptibly();
        }
    }

    private void closeIdle() {
        long nowNs = System.nanoTime();
        long limitNs =
                Math.min(config.idleTimeout().toNanos(), config.frameTimeout().toNanos());
        for (Channel channel : connections) {
            ServerConnection connection = connectionOf(channel);
            if (nowNs - connection.lastActivityNs() > limitNs) {
                onLoopOf(channel, () -> connection.closeIfIdle(System.nanoTime()));
            }
        }
    }

    private static void onLoopOf(Channel channel, Runnable action) {
        try {
            channel.eventLoop().execute(action);
        } catch (RejectedExecutionException e) {
            log.debug("event loop has ended channel={}", channel);
        }
    }

    private static ServerConnection connectionOf(Channel channel) {
        return (ServerConnection) channel.pipeline().last();
    }

    /** Sets up accepted connections, or refuses them. */
    private final class Initializer extends ChannelInitializer<SocketChannel> {
        @Override
        protected void initChannel(SocketChannel channel) {
            if (connections.size() >= config.maxConnections()) {
                refuse(channel);
                return;
            }
            refusing.set(false);
            ConnectionState state = new ConnectionState(
                    CONNECTION_IDS.incrementAndGet(),
                    config.listener(),
                    channel.remoteAddress(),
                    Principal.ANONYMOUS,
                    channel.eventLoop());
            ServerConnection connection = new ServerConnection(state, config, catalog, handler, listener);
            if (config.tls().isPresent()) {
                channel.pipeline().addLast(config.tls().get().newHandler(channel.alloc()));
            } else {
                channel.config().setRecvByteBufAllocator(new FrameAllocator(connection.reader()));
            }
            channel.pipeline().addLast(connection);
            connections.add(channel);
            if (closed.get()) { // too late for close() to have seen it
                channel.close();
            }
        }

        private void refuse(SocketChannel channel) {
            if (refusing.compareAndSet(false, true)) {
                log.warn(
                        "connections refused, limit reached listener={} limit={}",
                        config.listener(),
                        config.maxConnections());
            }
            listener.connectionRefused(config.listener());
            channel.close();
        }
    }
}
