package io.braid.client.network;

import io.braid.client.routing.BrokerNode;
import io.braid.protocol.MessageEncoder;
import io.braid.protocol.network.LeasedResponse;
import io.braid.protocol.network.ProtocolClient;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.protocol.ApiMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to one address, made when it is first asked for and again, after a pause, when it is lost. Owned by the
 * event loop: all methods are called on it, and all futures complete on it.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what hangs on a future takes its failure
public final class BrokerLink {
    private static final Logger log = LoggerFactory.getLogger(BrokerLink.class);

    /** Hears of changes, on the event loop. */
    public interface Listener {
        /** The link may be used. */
        void onReady(BrokerLink link);

        /** The link was lost, or could not be made; after {@link #retryInNs} it may be asked for again. */
        void onDown(BrokerLink link, Throwable cause);
    }

    private final BrokerNode node;
    private final Connector connector;
    private final Backoff backoff;
    private final Listener listener;
    private Optional<Connector.Ready> ready = Optional.empty();
    private boolean connecting;
    private boolean closed;
    private long retryAtNs;
    private boolean paused;

    BrokerLink(BrokerNode node, Connector connector, Backoff backoff, Listener listener) {
        this.node = node;
        this.connector = connector;
        this.backoff = backoff;
        this.listener = listener;
    }

    public BrokerNode node() {
        return node;
    }

    public boolean ready() {
        return ready.isPresent() && ready.get().client().isOpen();
    }

    /** Begins to connect, unless the link is ready, or on its way, or in the pause after a failure. */
    public void ensure(long nowNs) {
        if (closed || connecting || ready() || retryInNs(nowNs) > 0) {
            return;
        }
        connecting = true;
        paused = false;
        connector.connect(node.host(), node.port()).whenComplete(this::onConnected);
    }

    /** How long the pause after a failure still lasts; 0 when there is none. */
    public long retryInNs(long nowNs) {
        return paused ? Math.max(0, retryAtNs - nowNs) : 0;
    }

    private void onConnected(Connector.Ready made, Throwable failure) {
        connecting = false;
        if (failure != null) {
            log.debug("connection failed broker={} address={} cause={}", node.id(), node.address(), failure.toString());
            down(failure);
            return;
        }
        if (closed) {
            made.client().close();
            return;
        }
        ready = Optional.of(made);
        backoff.reset();
        log.debug("connected broker={} address={}", node.id(), node.address());
        ProtocolClient client = made.client();
        client.onClose(() -> onClosed(client));
        if (ready()) {
            listener.onReady(this);
        }
    }

    private void onClosed(ProtocolClient client) {
        if (ready.isPresent() && ready.get().client().equals(client)) {
            ready = Optional.empty();
            down(new IOException("connection to " + node.address() + " was lost"));
        }
    }

    private void down(Throwable cause) {
        if (closed) {
            return;
        }
        paused = true;
        retryAtNs = System.nanoTime() + backoff.nextNs();
        listener.onDown(this, cause);
    }

    /**
     * What the broker speaks.
     *
     * @throws IllegalStateException when the link is not ready
     */
    public ApiVersionRanges versions() {
        return ready.orElseThrow(() -> new IllegalStateException("not connected to " + node.address()))
                .versions();
    }

    /**
     * Sends a request; requests are answered in their order. Fails with an IOException when the link is not ready or is lost
     * before the answer (whether the broker acted on the request is not known), or a TimeoutException, after which the
     * link is closed, since what would come behind the missing answer cannot come.
     */
    public CompletableFuture<ApiMessage> send(short key, short version, ApiMessage request, Duration timeout) {
        if (!ready()) {
            MessageEncoder.discard(request, version);
            return CompletableFuture.failedFuture(new IOException("not connected to " + node.address()));
        }
        ProtocolClient client = ready.get().client();
        return client.send(key, version, request, timeout).whenComplete((answer, failure) -> {
            if (failure instanceof TimeoutException) {
                client.close();
            }
        });
    }

    /**
     * As {@link #send}, but records in the response are views of the frame that was received: release it when they are done
     * with.
     */
    public CompletableFuture<LeasedResponse> sendLeased(
            short key, short version, ApiMessage request, Duration timeout) {
        if (!ready()) {
            MessageEncoder.discard(request, version);
            return CompletableFuture.failedFuture(new IOException("not connected to " + node.address()));
        }
        ProtocolClient client = ready.get().client();
        return client.sendLeased(key, version, request, timeout).whenComplete((answer, failure) -> {
            if (failure instanceof TimeoutException) {
                client.close();
            }
        });
    }

    /** Closes for good; requests in flight fail. */
    public void close() {
        closed = true;
        ready.ifPresent(made -> made.client().close());
        ready = Optional.empty();
    }
}
