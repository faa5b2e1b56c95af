package io.braid.protocol.network;

import io.netty.buffer.ByteBuf;

/**
 * What a request holds until it is answered: the memory of its frame, and its share of the cap on bytes in flight.
 * Immutable; released once, on any thread.
 */
record FrameLease(ByteBuf buffer, int chargedBytes, InFlightBytes inFlight) {
    /** Holds nothing. */
    static final FrameLease NONE = new FrameLease(null, 0, null);

    void release() {
        if (buffer != null) {
            buffer.release();
        }
        if (inFlight != null) {
            inFlight.release(chargedBytes);
        }
    }
}
