package io.braid.protocol.network;

import io.braid.protocol.Api;
import io.braid.protocol.ApiCatalog;
import io.braid.protocol.DecodedRequest;
import io.braid.protocol.InvalidRequestException;
import io.braid.protocol.MessageEncoder;
import io.braid.protocol.RequestDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.apache.kafka.common.protocol.ApiMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One accepted connection: frames in, requests to the handler, responses out in the order of the requests.
 *
 * <p>Owned by its event loop; {@link ReplySink} may be called on any thread. Requests stand in a queue until their
 * response is written. A reply from another thread only leaves its response in the request and, if no such task waits
 * already, asks the event loop to write what is ready: replies that come together go out with one flush.
 *
 * <p>The connection is not read while it has too many requests or bytes in flight, while its peer does not take its
 * responses, or while all connections together hold too much.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures of a channel come to exceptionCaught and channelInactive
final class ServerConnection extends ChannelInboundHandlerAdapter implements FrameReader.Handler, ReplySink {
    private static final Logger log = LoggerFactory.getLogger(ServerConnection.class);

    /** A decoded request of up to this size that no longer needs its frame is not counted as bytes in flight. */
    private static final int SMALL_REQUEST_BYTES = 4 << 10;

    private final ConnectionState state;
    private final ServerConfig config;
    private final ApiCatalog catalog;
    private final RequestHandler handler;
    private final NetworkListener listener;
    private final RequestDecoder decoder;
    private final MessageEncoder encoder = new MessageEncoder();
    private final FrameReader reader;
    private final ArrayDeque<RequestContext> requests = new ArrayDeque<>(4);
    private final AtomicBoolean writeScheduled = new AtomicBoolean();

    private ChannelHandlerContext context;
    private long inFlightBytes;
    private boolean inRead; // between channelRead and channelReadComplete, which flushes
    private boolean unflushed;
    private boolean paused;
    private boolean waitsForMemory;
    private boolean closing; // no more requests are taken
    private boolean closed;
    private volatile long lastActivityNs = System.nanoTime();

    ServerConnection(
            ConnectionState state,
            ServerConfig config,
            ApiCatalog catalog,
            RequestHandler handler,
            NetworkListener listener) {
        this.state = state;
        this.config = config;
        this.catalog = catalog;
        this.handler = handler;
        this.listener = listener;
        this.decoder = new RequestDecoder(catalog, config.maxPlainFrameBytes());
        this.reader = new FrameReader(this, config.inFlightBytes());
    }

    FrameReader reader() {
        return reader;
    }

    // ---- reading

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext ignored, Object message) {
        inRead = true;
        reader.onRead((ByteBuf) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ignored) {
        inRead = false;
        lastActivityNs = System.nanoTime();
        flush();
    }

    @Override
    public boolean accept(int frameBytes) {
        if (frameBytes > 0 && frameBytes <= config.maxFrameBytes()) {
            return true;
        }
        onViolation("frame of " + frameBytes + " bytes, allowed are 1 to " + config.maxFrameBytes());
        return false;
    }

    @Override
    public boolean ready() {
        boolean ready = !closing
                && requests.size() < config.maxInFlightRequests()
                && inFlightBytes < config.maxInFlightBytes()
                && writable()
                && memoryFree();
        if (!ready) {
            pause(true);
        }
        return ready;
    }

    @Override
    public void onFrame(ByteBuf buffer, int index, int length, int chargedBytes) {
        long receivedNs = System.nanoTime();
        DecodedRequest request;
        try {
            request = decoder.decode(buffer.internalNioBuffer(index, length));
        } catch (InvalidRequestException e) {
            config.inFlightBytes().release(chargedBytes);
            onViolation(e.getMessage());
            return;
        }
        FrameLease lease = lease(request, buffer, length, chargedBytes);
        RequestContext received = new RequestContext(state, request, receivedNs, length, this, lease);
        requests.add(received);
        inFlightBytes += length;
        listener.requestReceived(state, request.api(), request.version(), length);
        if (request.refusal().isPresent()) {
            received.reply(request.refusal().get());
        } else {
            handle(received);
        }
    }

    private FrameLease lease(DecodedRequest request, ByteBuf buffer, int length, int chargedBytes) {
        if (request.viewsFrame()) {
            return new FrameLease(buffer.retain(), chargedBytes, config.inFlightBytes());
        }
        if (length <= SMALL_REQUEST_BYTES) {
            config.inFlightBytes().release(chargedBytes);
            return FrameLease.NONE;
        }
        return new FrameLease(null, chargedBytes, config.inFlightBytes());
    }

    private void handle(RequestContext request) {
        try {
            handler.handle(request);
        } catch (RuntimeException | Error e) {
            log.error(
                    "handler failed api={} version={} {}",
                    catalog.name(request.apiKey()),
                    request.apiVersion(),
                    state,
                    e);
            if (!request.answered()) {
                request.close("handler failed: " + e);
            }
        }
    }

    private boolean writable() {
        if (!context.channel().isWritable()) {
            flush();
        }
        return context.channel().isWritable();
    }

    private boolean memoryFree() {
        InFlightBytes inFlight = config.inFlightBytes();
        if (!inFlight.full()) {
            return true;
        }
        if (!waitsForMemory) {
            waitsForMemory = true;
            inFlight.whenFree(() -> later(() -> {
                waitsForMemory = false;
                continueReading();
            }));
        }
        return false;
    }

    private void pause(boolean pause) {
        if (pause != paused) {
            paused = pause;
            context.channel().config().setAutoRead(!pause);
            listener.readingPaused(state, pause);
        }
    }

    private void continueReading() {
        if (paused && !closing) {
            reader.resume();
            if (!reader.hasUnparsed() && ready()) {
                pause(false);
            }
            if (!inRead) {
                flush();
            }
        }
    }

    // ---- answering

    @Override
    public void reply(RequestContext request, ApiMessage response) {
        onAnswered(request);
    }

    @Override
    public void replyNothing(RequestContext request) {
        onAnswered(request);
    }

    @Override
    public void close(RequestContext request, String reason) {
        if (context.executor().inEventLoop()) {
            onViolation(reason);
        } else {
            later(() -> onViolation(reason));
        }
    }

    private void onAnswered(RequestContext request) {
        if (context.executor().inEventLoop()) {
            writeReady();
        } else if (writeScheduled.compareAndSet(false, true)) {
            try {
                context.executor().execute(this::writeScheduled);
            } catch (RejectedExecutionException e) { // the event loop has ended, and the connection with it
                discard(request);
            }
        }
    }

    private void writeScheduled() {
        writeScheduled.set(false);
        writeReady();
    }

    /** Writes the responses that are ready, up to the first request that is not answered. */
    private void writeReady() {
        if (closed) {
            discardAnswered();
            return;
        }
        RequestContext head = requests.peek();
        while (head != null && head.answered() && context.channel().isWritable()) {
            requests.poll();
            inFlightBytes -= head.sizeBytes();
            write(head);
            head = requests.peek();
        }
        if (!inRead) {
            lastActivityNs = System.nanoTime();
            flush();
            continueReading();
        }
        if (closing && requests.isEmpty()) {
            closeWhenSent();
        }
    }

    private void write(RequestContext request) {
        Api api = catalog.api(request.apiKey()).orElseThrow();
        long responseBytes = 0;
        if (request.outcome() instanceof ApiMessage response) {
            try {
                encoder.encodeResponse(context.alloc(), api, request.apiVersion(), request.correlationId(), response);
            } catch (RuntimeException | Error e) {
                log.error(
                        "response cannot be encoded api={} version={} {}", api.name(), request.apiVersion(), state, e);
                onViolation("response cannot be encoded");
                return;
            }
            responseBytes = encoder.sizeBytes();
            FrameWriter.write(context, encoder);
            unflushed = true;
        }
        long received = request.receivedNs();
        listener.requestCompleted(
                state,
                api,
                request.apiVersion(),
                responseBytes,
                request.answeredNs() - received,
                System.nanoTime() - received);
    }

    private void flush() {
        if (unflushed) {
            unflushed = false;
            context.flush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ignored) {
        if (context.channel().isWritable() && !closed) {
            writeReady();
        }
    }

    // ---- ending

    @Override
    public void onViolation(String reason) {
        if (!closing) {
            log.info("connection closed reason=\"{}\" {}", reason, state);
            listener.protocolViolation(state, reason);
        }
        closing = true;
        reader.end();
        flush();
        context.close();
    }

    /** Takes no more requests, and closes when those in flight are answered. On the event loop. */
    void closeGracefully() {
        if (!closing) {
            closing = true;
            pause(true);
            reader.end();
            if (requests.isEmpty()) {
                closeWhenSent();
            }
        }
    }

    private void closeWhenSent() {
        unflushed = false;
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /** When this connection was last seen to do something, in {@link System#nanoTime}; any thread. */
    long lastActivityNs() {
        return lastActivityNs;
    }

    /** Closes the connection if it is idle, or stuck in the middle of a frame. On the event loop. */
    void closeIfIdle(long nowNs) {
        long idleNs = nowNs - lastActivityNs;
        boolean stuck = reader.insideFrame()
                && !paused
                && idleNs > config.frameTimeout().toNanos();
        boolean quiet = requests.isEmpty() || !context.channel().isWritable();
        if (closed) {
            return;
        }
        if (stuck) {
            onViolation("incomplete frame without progress for " + config.frameTimeout());
        } else if (quiet && idleNs > config.idleTimeout().toNanos()) {
            log.debug("idle connection closed {}", state);
            context.close();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ignored) {
        listener.connectionOpened(state);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ignored) {
        closing = true;
        closed = true;
        reader.end();
        discardAnswered();
        listener.connectionClosed(state);
        state.markClosed();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ignored, Throwable cause) {
        if (cause instanceof IOException) { // the peer went away, or a file to send was not as long as it had been
            log.debug("connection failed {}", state, cause);
        } else if (cause.getCause() instanceof SSLException) { // a stranger, or one that does not speak TLS
            log.warn(
                    "connection refused {} reason=\"{}\"",
                    state,
                    cause.getCause().getMessage());
        } else {
            log.warn("connection closed after an error {}", state, cause);
        }
        context.close();
    }

    private void discardAnswered() {
        for (Iterator<RequestContext> all = requests.iterator(); all.hasNext(); ) {
            RequestContext request = all.next();
            if (request.answered()) {
                all.remove();
                discard(request);
            }
        }
    }

    private static void discard(RequestContext request) {
        if (request.outcome() instanceof ApiMessage response) {
            MessageEncoder.discard(response, request.apiVersion());
        }
    }

    /** Runs the action on the event loop, never within the caller. */
    private void later(Runnable action) {
        try {
            context.executor().execute(action);
        } catch (RejectedExecutionException e) {
            log.debug("event loop has ended {}", state);
        }
    }
}
