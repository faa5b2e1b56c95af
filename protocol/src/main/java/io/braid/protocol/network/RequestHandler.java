package io.braid.protocol.network;

/** Where decoded requests go. */
@FunctionalInterface
public interface RequestHandler {
    /**
     * Takes one request and sees to it that it is answered once, now or later, on any thread.
     *
     * <p>Called on the connection's event loop and must not block. Requests of one connection come in the order in which
     * they were sent. An exception closes the connection if the request was not answered.
     */
    void handle(RequestContext request);
}
