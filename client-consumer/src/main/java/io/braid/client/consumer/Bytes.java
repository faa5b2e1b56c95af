package io.braid.client.consumer;

import java.nio.ByteBuffer;

/** Copies of views. Stateless. */
final class Bytes {
    private Bytes() {}

    /** What lies between position and limit. */
    static byte[] copy(ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.get(data.position(), bytes);
        return bytes;
    }
}
