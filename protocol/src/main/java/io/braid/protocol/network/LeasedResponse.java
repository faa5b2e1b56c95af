package io.braid.protocol.network;

import org.apache.kafka.common.protocol.ApiMessage;

/** A response that refers to the frame it came in, until it is released. Released once, on any thread. */
public final class LeasedResponse {
    private final ApiMessage body;
    private final FrameLease frame;

    LeasedResponse(ApiMessage body, FrameLease frame) {
        this.body = body;
        this.frame = frame;
    }

    public ApiMessage body() {
        return body;
    }

    /** Gives the frame back: views of it must not be used any more. */
    public void release() {
        frame.release();
    }
}
