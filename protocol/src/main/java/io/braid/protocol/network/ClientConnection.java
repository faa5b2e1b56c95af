package io.braid.protocol.network;

import io.braid.protocol.Api;
import io.braid.protocol.ApiCatalog;
import io.braid.protocol.FrameReadable;
import io.braid.protocol.MessageEncoder;
import io.braid.protocol.MetadataVersionTag;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.types.RawTaggedField;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection under a {@link ProtocolClient}: requests out, answers matched to them in order.
 *
 * <p>Owned by its event loop. Other threads put requests into {@link #outbox}; one task at a time takes all of them over
 * and flushes once.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures of a channel come to exceptionCaught and channelInactive
final class ClientConnection extends ChannelInboundHandlerAdapter implements FrameReader.Handler {
    private static final Logger log = LoggerFactory.getLogger(ClientConnection.class);

    /** Largest answer: a snapshot of the metadata, or a fetch. */
    private static final int MAX_FRAME_BYTES = 128 << 20;

    private final ApiCatalog catalog;
    private final String peer;
    private final String clientId;
    private final InFlightBytes inFlight = new InFlightBytes(MAX_FRAME_BYTES);
    private final FrameReader reader = new FrameReader(this, inFlight);
    private final MessageEncoder encoder = new MessageEncoder();
    private final Queue<Call> outbox = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean sendScheduled = new AtomicBoolean();
    private final ArrayDeque<Call> waiting = new ArrayDeque<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private volatile ChannelHandlerContext context; // set before the client is handed out
    private volatile boolean open = true; // false as soon as the end is certain
    private int nextCorrelationId;
    private String endReason = "connection closed";

    /** A request on its way; it stays in line after its timeout, until its answer comes and is dropped. */
    private static final class Call {
        final Api api;
        final short version;
        final ApiMessage request;
        final boolean leased;
        final CompletableFuture<LeasedResponse> answer = new CompletableFuture<>();
        int correlationId;
        ScheduledFuture<?> timeout;

        Call(Api api, short version, ApiMessage request, boolean leased) {
            this.leased = leased;
            this.api = api;
            this.version = version;
            this.request = request;
        }
    }

    ClientConnection(ApiCatalog catalog, String peer, String clientId) {
        this.catalog = catalog;
        this.peer = peer;
        this.clientId = clientId;
    }

    FrameReader reader() {
        return reader;
    }

    boolean isOpen() {
        return open;
    }

    void onClose(Runnable action) {
        ended.thenRun(action);
    }

    EventExecutor eventLoop() {
        return context.executor();
    }

    void close() {
        open = false;
        context.close();
    }

    /** @param leased whether the response may hold views of its frame; else it is a copy and need not be released */
    CompletableFuture<LeasedResponse> send(
            short apiKey, short version, ApiMessage request, Duration timeout, boolean leased) {
        Optional<Api> api = catalog.api(apiKey);
        if (api.isEmpty() || !api.get().supports(version)) {
            return CompletableFuture.failedFuture(new IllegalArgumentException(
                    "version " + version + " of key " + apiKey + " is not in the catalog"));
        }
        Call call = new Call(api.get(), version, request, leased);
        try {
            call.timeout = context.executor()
                    .schedule(() -> onTimeout(call, timeout), timeout.toNanos(), TimeUnit.NANOSECONDS);
            outbox.add(call);
            if (sendScheduled.compareAndSet(false, true)) {
                context.executor().execute(this::sendAll);
            }
        } catch (RejectedExecutionException e) {
            MessageEncoder.discard(call.request, call.version);
            call.answer.completeExceptionally(new IOException(peer + ": event loop has ended", e));
        }
        return call.answer;
    }

    private void onTimeout(Call call, Duration timeout) {
        if (!call.answer.isDone()) {
            call.answer.completeExceptionally(
                    new TimeoutException(call.api.name() + " to " + peer + " not answered within " + timeout));
        }
    }

    private void sendAll() {
        sendScheduled.set(false);
        for (Call call = outbox.poll(); call != null; call = outbox.poll()) {
            if (!isOpen()) {
                MessageEncoder.discard(call.request, call.version);
                fail(call, new IOException(peer + ": " + endReason));
            } else if (call.answer.isDone()) {
                MessageEncoder.discard(call.request, call.version);
            } else {
                write(call);
            }
        }
        context.flush();
    }

    private void write(Call call) {
        call.correlationId = nextCorrelationId++;
        try {
            encoder.encodeRequest(context.alloc(), call.api, call.version, call.correlationId, clientId, call.request);
        } catch (RuntimeException e) {
            fail(call, new IllegalArgumentException(call.api.name() + " cannot be written: " + e.getMessage(), e));
            return;
        }
        waiting.add(call);
        FrameWriter.write(context, encoder);
    }

    private static void fail(Call call, Exception cause) {
        call.timeout.cancel(false);
        call.answer.completeExceptionally(cause);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext ignored, Object message) {
        reader.onRead((ByteBuf) message);
    }

    @Override
    public boolean ready() {
        return true;
    }

    @Override
    public boolean accept(int frameBytes) {
        if (frameBytes > 0 && frameBytes <= MAX_FRAME_BYTES) {
            return true;
        }
        onViolation("answer of " + frameBytes + " bytes, allowed are 1 to " + MAX_FRAME_BYTES);
        return false;
    }

    @Override
    public void onFrame(ByteBuf buffer, int index, int length, int chargedBytes) {
        inFlight.release(chargedBytes);
        Call call = waiting.poll();
        try {
            ByteBuffer frame = buffer.internalNioBuffer(index, length);
            int correlationId = frame.getInt();
            if (call == null || correlationId != call.correlationId) {
                onViolation("answer " + correlationId + " instead of " + (call == null ? "none" : call.correlationId));
            } else {
                call.timeout.cancel(false);
                FrameLease lease = call.leased ? new FrameLease(buffer.retain(), 0, null) : FrameLease.NONE;
                answer(call, frame, lease);
                return;
            }
        } catch (RuntimeException e) {
            onViolation("malformed answer to " + (call == null ? "nothing" : call.api.name()) + ": " + e);
        }
        if (call != null) {
            fail(call, new IOException(peer + ": " + endReason));
        }
    }

    private static void answer(Call call, ByteBuffer frame, FrameLease lease) {
        boolean taken = false;
        try {
            taken = call.answer.complete(new LeasedResponse(readBody(call, frame), lease));
        } finally {
            if (!taken) { // malformed, or too late
                lease.release();
            }
        }
    }

    private static ApiMessage readBody(Call call, ByteBuffer frame) {
        FrameReadable readable = new ResponseReadable(frame, !call.leased);
        if (call.api.responseHeaderVersion(call.version) >= 1) {
            for (int fields = readable.readUnsignedVarint(); fields != 0; fields--) {
                readable.readUnknownTaggedField(null, readable.readUnsignedVarint(), readable.readUnsignedVarint());
            }
        }
        ApiMessage response = call.api.newResponse();
        response.read(readable, call.version);
        return response;
    }

    /** Keeps the one tagged field of ours that Kafka's classes do not know, see {@link MetadataVersionTag}. */
    private static final class ResponseReadable extends FrameReadable {
        ResponseReadable(ByteBuffer frame, boolean copyBytes) {
            super(frame, Integer.MAX_VALUE, copyBytes);
        }

        @Override
        public List<RawTaggedField> readUnknownTaggedField(List<RawTaggedField> fields, int tag, int size) {
            if (tag != MetadataVersionTag.TAG || size != Long.BYTES) {
                return super.readUnknownTaggedField(fields, tag, size);
            }
            List<RawTaggedField> kept = fields == null ? new ArrayList<>(1) : fields;
            kept.add(new RawTaggedField(tag, readArray(size)));
            return kept;
        }
    }

    @Override
    public void onViolation(String reason) {
        log.warn("connection to server closed peer={} reason=\"{}\"", peer, reason);
        endReason = reason;
        open = false;
        reader.end();
        context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ignored) {
        reader.end();
        IOException cause = new IOException(peer + ": " + endReason);
        open = false;
        ended.complete(null);
        for (Call call = waiting.poll(); call != null; call = waiting.poll()) {
            fail(call, cause);
        }
        sendAll();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ignored, Throwable cause) {
        log.debug("connection to server failed peer={}", peer, cause);
        endReason = String.valueOf(cause.getMessage());
        context.close();
    }
}
