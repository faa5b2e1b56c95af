package io.braid.log;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Which batches of a file had their CRC checked after they came from the disk: one bit for each batch of at least
 * {@value #MIN_BYTES} bytes, no two of which begin in the same {@value #MIN_BYTES} bytes; smaller ones are copied when they are
 * read, and checked each time. 4 KiB of heap for a file of 128 MiB, in pieces that are made when something is noted. Thread-safe.
 */
final class CheckedBatches {
    static final int MIN_BYTES = 4096;

    private static final int SHIFT = 12;
    /** Bits of a piece: 32 MiB of a file. */
    private static final int PIECE_BITS = 8192;

    private volatile AtomicIntegerArray[] pieces = new AtomicIntegerArray[4];

    boolean isChecked(long position, int size) {
        if (size < MIN_BYTES) {
            return false;
        }
        int bit = (int) (position >>> SHIFT);
        AtomicIntegerArray[] now = pieces;
        int piece = bit / PIECE_BITS;
        return piece < now.length && now[piece] != null && (now[piece].get(word(bit)) & mask(bit)) != 0;
    }

    void onChecked(long position, int size) {
        if (size >= MIN_BYTES) {
            int bit = (int) (position >>> SHIFT);
            piece(bit / PIECE_BITS).accumulateAndGet(word(bit), mask(bit), (word, mask) -> word | mask);
        }
    }

    private synchronized AtomicIntegerArray piece(int number) {
        AtomicIntegerArray[] now = pieces;
        if (number >= now.length || now[number] == null) {
            AtomicIntegerArray[] next = Arrays.copyOf(now, Math.max(now.length, number + 1));
            next[number] = new AtomicIntegerArray(PIECE_BITS / Integer.SIZE);
            pieces = next;
            return next[number];
        }
        return now[number];
    }

    private static int word(int bit) {
        return bit % PIECE_BITS / Integer.SIZE;
    }

    private static int mask(int bit) {
        return 1 << bit;
    }
}
