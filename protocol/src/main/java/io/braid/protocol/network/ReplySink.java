package io.braid.protocol.network;

import org.apache.kafka.common.protocol.ApiMessage;

/** Where the answer to a request goes: its connection, or the caller of a request that never saw a socket. */
public interface ReplySink {
    /** Takes the response over, with the records it holds. Any thread. */
    void reply(RequestContext request, ApiMessage response);

    /** The request is done and has no answer (acks=0). Any thread. */
    void replyNothing(RequestContext request);

    /** The request cannot be answered: its connection must end. Any thread. */
    void close(RequestContext request, String reason);
}
