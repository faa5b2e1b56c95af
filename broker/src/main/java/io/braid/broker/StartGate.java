package io.braid.broker;

import io.braid.protocol.network.RequestContext;
import io.braid.protocol.network.RequestHandler;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Holds the requests of clients that connect while the node starts: its port must be bound before it can register, and it
 * can serve only after. How many are held is bounded by the network's caps. Thread-safe.
 */
final class StartGate implements RequestHandler {
    private final Queue<RequestContext> held = new ConcurrentLinkedQueue<>();
    private volatile RequestHandler open;

    @Override
    public void handle(RequestContext request) {
        RequestHandler handler = open;
        if (handler != null) {
            handler.handle(request);
            return;
        }
        held.add(request);
        if (open != null) {
            release();
        }
    }

    /** Lets all requests through, those that waited first. */
    void open(RequestHandler handler) {
        open = handler;
        release();
    }

    private void release() {
        RequestContext request;
        while ((request = held.poll()) != null) {
            RequestContext one = request;
            one.connection().eventLoop().execute(() -> open.handle(one));
        }
    }
}
