package io.braid.broker.handler;

import io.braid.protocol.network.RequestContext;

/**
 * Answers the requests of one API of the Kafka protocol.
 *
 * <p>Implementations are stateless as to requests, and safe for use by any thread.
 */
@FunctionalInterface
public interface ApiHandler {

    /**
     * Answers one request, now or later: calls exactly one of {@link RequestContext#reply}, {@link
     * RequestContext#replyNothing} and {@link RequestContext#close}, on any thread.
     *
     * <p>Called on the connection's event loop, with a version that the {@link HandlerTable} lists: must not block, nor
     * compute for more than a millisecond or so. Errors of the protocol are Kafka's error codes in the answer. An
     * exception thrown from here is a fault: the connection is closed and the fault logged.
     */
    void handle(RequestContext request);
}
