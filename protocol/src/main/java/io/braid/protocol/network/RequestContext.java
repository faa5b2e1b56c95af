package io.braid.protocol.network;

import io.braid.protocol.DecodedRequest;
import io.braid.protocol.Principal;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * One request and the way to answer it. It owns the frame's buffer until it is answered.
 *
 * <p>Getters may be called on any thread. Exactly one of {@link #reply}, {@link #replyNothing} and {@link #close} must be
 * called once, on any thread; a second call is an error of the handler and throws.
 */
public final class RequestContext {
    private final ConnectionState connection;
    private final short apiKey;
    private final short apiVersion;
    private final int correlationId;
    private final String clientId;
    private final ApiMessage body;
    private final long receivedNs;
    private final int sizeBytes;
    private final ReplySink sink;
    private final FrameLease frame;
    private volatile long answeredNs;
    private volatile Object outcome; // null until answered, then the response or NO_RESPONSE

    static final Object NO_RESPONSE = new Object();
    private static final VarHandle OUTCOME;

    static {
        try {
            OUTCOME = MethodHandles.lookup().findVarHandle(RequestContext.class, "outcome", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * A request that did not come from a socket of ours, for in-process callers and tests.
     *
     * @param sink gets the answer, on the thread that answers
     */
    public RequestContext(
            ConnectionState connection,
            short apiKey,
            short apiVersion,
            String clientId,
            ApiMessage body,
            ReplySink sink) {
        this(connection, apiKey, apiVersion, 0, clientId, body, System.nanoTime(), 0, sink, FrameLease.NONE);
    }

    RequestContext(
            ConnectionState connection,
            DecodedRequest request,
            long receivedNs,
            int sizeBytes,
            ReplySink sink,
            FrameLease frame) {
        this(
                connection,
                request.api().key(),
                request.version(),
                request.correlationId(),
                request.clientId(),
                request.body(),
                receivedNs,
                sizeBytes,
                sink,
                frame);
    }

    private RequestContext(
            ConnectionState connection,
            short apiKey,
            short apiVersion,
            int correlationId,
            String clientId,
            ApiMessage body,
            long receivedNs,
            int sizeBytes,
            ReplySink sink,
            FrameLease frame) {
        this.connection = connection;
        this.apiKey = apiKey;
        this.apiVersion = apiVersion;
        this.correlationId = correlationId;
        this.clientId = clientId;
        this.body = body;
        this.receivedNs = receivedNs;
        this.sizeBytes = sizeBytes;
        this.sink = sink;
        this.frame = frame;
    }

    public short apiKey() {
        return apiKey;
    }

    public short apiVersion() {
        return apiVersion;
    }

    public int correlationId() {
        return correlationId;
    }

    /** Empty when the client sent none. */
    public String clientId() {
        return clientId;
    }

    public String listener() {
        return connection.listener();
    }

    public Principal principal() {
        return connection.principal();
    }

    public InetSocketAddress remoteAddress() {
        return connection.remoteAddress();
    }

    /** {@link System#nanoTime} when the frame was complete. */
    public long receivedNs() {
        return receivedNs;
    }

    /** Size of the frame without its length field. */
    public int sizeBytes() {
        return sizeBytes;
    }

    public ConnectionState connection() {
        return connection;
    }

    /**
     * The request, of the class that the key and version say. Records in it are views of the frame's buffer: valid until
     * the request is answered, and writable in place.
     */
    public ApiMessage body() {
        return body;
    }

    /**
     * Answers. Releases the frame and takes over the response, with any FetchedRecords in it; responses leave in the
     * order of the requests. When the connection is gone the response is dropped.
     */
    public void reply(ApiMessage response) {
        answer(Objects.requireNonNull(response, "response"));
        sink.reply(this, response);
    }

    /** Finishes a request that gets no answer (Produce with acks=0). */
    public void replyNothing() {
        answer(NO_RESPONSE);
        sink.replyNothing(this);
    }

    /** Ends the connection with one log line; nothing more is sent on it. */
    public void close(String reason) {
        answer(NO_RESPONSE);
        sink.close(this, reason);
    }

    private void answer(Object result) {
        answeredNs = System.nanoTime();
        if (!OUTCOME.compareAndSet(this, null, result)) {
            throw new IllegalStateException("request of key " + apiKey + " was answered twice on " + connection);
        }
        frame.release();
    }

    boolean answered() {
        return outcome != null;
    }

    /** The response, or {@link #NO_RESPONSE}; null while there is none. */
    Object outcome() {
        return outcome;
    }

    long answeredNs() {
        return answeredNs;
    }

    @Override
    public String toString() {
        return "request key=" + apiKey + " version=" + apiVersion + " correlation=" + correlationId + " " + connection;
    }
}
