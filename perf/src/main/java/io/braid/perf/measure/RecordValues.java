package io.braid.perf.measure;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/**
 * Values of records: a sequence number, a time, and text that compresses about as JSON does. A thousand different ones in turn, so that
 * making them costs nothing; owned by one thread.
 */
public final class RecordValues {
    /** A value is its sequence (8 bytes) and its time (8 bytes) at least. */
    public static final int LEAST_BYTES = 2 * Long.BYTES;

    private static final int DIFFERENT = 1_000;
    private static final int WORDS = 200;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final byte[][] values = new byte[DIFFERENT][];
    private int next;

    /**
     * The same for the same size.
     *
     * @param size bytes of a value, {@value #LEAST_BYTES} or more
     */
    public RecordValues(int size) {
        if (size < LEAST_BYTES) {
            throw new IllegalArgumentException("values of " + size + " bytes");
        }
        Random random = new Random(7);
        String[] words = new String[WORDS];
        for (int i = 0; i < words.length; i++) {
            words[i] = word(random);
        }
        for (int i = 0; i < DIFFERENT; i++) {
            values[i] = Arrays.copyOf(text(random, words, size).getBytes(StandardCharsets.US_ASCII), size);
        }
    }

    private static String word(Random random) {
        StringBuilder word = new StringBuilder();
        for (int letters = 3 + random.nextInt(8); letters > 0; letters--) {
            word.append((char) ('a' + random.nextInt(26)));
        }
        return word.toString();
    }

    private static String text(Random random, String[] words, int size) {
        StringBuilder text = new StringBuilder(size + 40).append(" ".repeat(LEAST_BYTES));
        while (text.length() < size) {
            text.append(",\"").append(words[random.nextInt(WORDS)]).append("\":");
            if (random.nextBoolean()) {
                text.append('"').append(words[random.nextInt(WORDS)]).append('"');
            } else {
                text.append(random.nextInt(100_000));
            }
        }
        return text.toString();
    }

    /** The next value, good until a thousand others were made. */
    public byte[] next(long sequence, long timeNs) {
        byte[] value = values[next];
        next = next + 1 == DIFFERENT ? 0 : next + 1;
        LONGS.set(value, 0, sequence);
        LONGS.set(value, Long.BYTES, timeNs);
        return value;
    }

    /** Whether these bytes can be one of ours; those that make brokers ready are shorter. */
    public static boolean is(byte[] value) {
        return value.length >= LEAST_BYTES;
    }

    public static long sequence(byte[] value) {
        return (long) LONGS.get(value, 0);
    }

    public static long timeNs(byte[] value) {
        return (long) LONGS.get(value, Long.BYTES);
    }
}
