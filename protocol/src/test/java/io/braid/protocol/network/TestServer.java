package io.braid.protocol.network;

import io.braid.protocol.Api;
import io.braid.protocol.ApiCatalog;
import io.braid.protocol.Frames;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** A server with a handler of the test's, on a port of its own, that counts what happens to it. */
final class TestServer implements AutoCloseable, NetworkListener {
    static final ServerConfig CONFIG = ServerConfig.of("TEST", "127.0.0.1", 0);

    final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    final List<String> violations = new CopyOnWriteArrayList<>();
    final AtomicInteger opened = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    final AtomicInteger received = new AtomicInteger();
    final AtomicInteger completed = new AtomicInteger();
    final AtomicInteger pauses = new AtomicInteger();
    final AtomicInteger refused = new AtomicInteger();
    final ServerConfig config;
    final ProtocolServer server;

    TestServer(RequestHandler handler) throws IOException {
        this(CONFIG, Frames.everything(), handler);
    }

    TestServer(ServerConfig config, ApiCatalog catalog, RequestHandler handler) throws IOException {
        this.config = config;
        this.server = ProtocolServer.bind(config, catalog, group, handler, this);
    }

    RawClient connect() throws IOException {
        return new RawClient(server.localAddress());
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(8);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within 8 s: " + what);
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void connectionOpened(ConnectionState connection) {
        opened.incrementAndGet();
    }

    @Override
    public void connectionClosed(ConnectionState connection) {
        closed.incrementAndGet();
    }

    @Override
    public void connectionRefused(String listener) {
        refused.incrementAndGet();
    }

    @Override
    public void requestReceived(ConnectionState connection, Api api, short version, int sizeBytes) {
        received.incrementAndGet();
    }

    @Override
    public void requestCompleted(
            ConnectionState connection, Api api, short version, long responseBytes, long handlerNs, long totalNs) {
        completed.incrementAndGet();
    }

    @Override
    public void protocolViolation(ConnectionState connection, String reason) {
        violations.add(reason);
    }

    @Override
    public void readingPaused(ConnectionState connection, boolean paused) {
        pauses.addAndGet(paused ? 1 : 0);
    }

    @Override
    public void close() {
        server.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
