package io.braid.broker.produce;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Checks the lengths inside snappy data before it is unpacked: the library allocates what they say.
 *
 * <p>Two framings are in use: snappy-java's (a 16-byte header, then chunks with a 4-byte length each) and one raw snappy
 * block, as librdkafka sends it. A block begins with a varint of its unpacked length. Stateless.
 */
final class SnappyFraming {
    private static final long MAGIC = 0x82534E4150505900L; // 0x82 "SNAPPY" 0x00
    private static final int HEADER_SIZE = 16;
    /** A copy of up to 64 bytes takes 3, so a block unpacks to 22 times its size at most. */
    private static final long MAX_RATIO = 22;

    private static final int SLACK = 64;

    private SnappyFraming() {}

    /** Why the lengths cannot be right, if so. */
    static Optional<String> check(ByteBuffer data) {
        int at = data.position();
        int end = data.limit();
        if (end - at < 8 || data.getLong(at) != MAGIC) {
            return checkBlock(data, at, end);
        }
        at += HEADER_SIZE;
        while (at < end) {
            if (end - at < 4) {
                return Optional.of("snappy chunk is cut off");
            }
            int length = data.getInt(at);
            at += 4;
            if (length < 0 || length > end - at) {
                return Optional.of("snappy chunk of " + length + " bytes, " + (end - at) + " are left");
            }
            Optional<String> bad = checkBlock(data, at, at + length);
            if (bad.isPresent()) {
                return bad;
            }
            at += length;
        }
        return Optional.empty();
    }

    private static Optional<String> checkBlock(ByteBuffer data, int from, int end) {
        long unpacked = 0;
        int at = from;
        for (int shift = 0; shift <= 28; shift += 7) {
            if (at >= end) {
                return Optional.of("snappy block is cut off");
            }
            byte b = data.get(at++);
            unpacked |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return unpacked <= MAX_RATIO * (end - from) + SLACK
                        ? Optional.empty()
                        : Optional.of("snappy block of " + (end - from) + " bytes cannot unpack to " + unpacked);
            }
        }
        return Optional.of("snappy block without a length");
    }
}
