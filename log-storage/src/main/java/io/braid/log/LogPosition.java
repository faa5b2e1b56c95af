package io.braid.log;

/**
 * A place in the physical log in one long: segment ordinal in the high half, position in its file in the low half. Longs
 * compare as the places do. Stateless.
 */
final class LogPosition {
    /** Files end below this. */
    static final long MAX_POSITION = 0xffff_ffffL;

    private LogPosition() {}

    static long of(int segment, long position) {
        return ((long) segment << 32) | position;
    }

    static int segment(long place) {
        return (int) (place >>> 32);
    }

    static long position(long place) {
        return place & MAX_POSITION;
    }
}
