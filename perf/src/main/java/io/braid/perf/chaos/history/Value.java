package io.braid.perf.chaos.history;

/**
 * What one record says: the number of the producer that wrote it and its place among all that this producer ever sent,
 * in one long. Every value is sent once, so that a value seen twice was stored twice. As text {@code producer.sequence}.
 */
public final class Value {
    private static final int SEQUENCE_BITS = 31;

    private Value() {}

    /**
     * Puts both into one number.
     *
     * @param producer at least 0
     * @param sequence 0, 1, 2, ... in the order of sending
     */
    public static long of(int producer, int sequence) {
        if (producer < 0 || sequence < 0) {
            throw new IllegalArgumentException("producer " + producer + ", sequence " + sequence);
        }
        return (long) producer << SEQUENCE_BITS | sequence;
    }

    public static int producer(long value) {
        return (int) (value >>> SEQUENCE_BITS);
    }

    public static int sequence(long value) {
        return (int) (value & Integer.MAX_VALUE);
    }

    public static String text(long value) {
        return producer(value) + "." + sequence(value);
    }

    /**
     * The inverse of {@link #text}.
     *
     * @throws IllegalArgumentException if it is not {@code producer.sequence}
     */
    public static long parse(String text) {
        int dot = text.indexOf('.');
        if (dot < 0) {
            throw new IllegalArgumentException("no value: " + text);
        }
        return of(Integer.parseInt(text.substring(0, dot)), Integer.parseInt(text.substring(dot + 1)));
    }
}
