package io.braid.simulation.scale;

/**
 * What links between machines are like.
 *
 * @param sameRackUs one way, without load
 * @param otherRackUs one way between racks, and between brokers and clients
 * @param jitterPercent each message takes up to so much longer; one in a hundred takes ten times as long
 * @param bitsPerSecond of each machine's network card, in each direction
 */
record LinkModel(long sameRackUs, long otherRackUs, int jitterPercent, long bitsPerSecond) {
    /** A data centre: 10 Gb/s, a quarter of a millisecond between racks. */
    static final LinkModel DEFAULT = new LinkModel(50, 250, 50, 10_000_000_000L);

    /** TCP, IP and frame headers of one message, about. */
    static final int HEADER_BYTES = 90;

    long wireNs(long bytes) {
        return (bytes + HEADER_BYTES) * 8_000_000_000L / bitsPerSecond;
    }
}
