package io.braid.log.compact;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The newest offset of each key, in a table of fixed width: 16 bytes of a key's hash and 8 of its offset, whatever the key's length
 * (as Kafka's SkimpyOffsetMap). It grows by doubling up to its limit and then takes no new keys.
 *
 * <p>Two keys with one hash would be taken for the same, and the older record of the two would be lost. So the hash is a MD5
 * over a secret salt and the key: nobody who does not know the salt can make such keys, and by chance it happens once in 2^64
 * keys. Owned by one thread.
 */
public final class OffsetMap {
    /** Bytes of one entry. */
    public static final int ENTRY_BYTES = 24;

    /** Returned for a key that is not there. */
    public static final long NONE = -1;

    private static final int LONGS = ENTRY_BYTES / Long.BYTES;
    private static final int MIN_SLOTS = 1 << 10;
    /** A table up to this size is used again. */
    private static final int KEPT_SLOTS = MIN_SLOTS << 4;

    private static final int MAX_SLOTS = Integer.MAX_VALUE / LONGS - 1;

    private final int maxSlots;
    private final double loadFactor;
    private final byte[] salt;
    private final MessageDigest digest = md5();
    private final byte[] hash = new byte[16];

    /** Hash, hash, offset + 1 of each slot; a zero in the third says that the slot is free. */
    private long[] table;

    private int slots;
    private int limit;
    private int size;
    private long first;
    private long second;

    /**
     * @param maxBytes of the table ({@code log.cleaner.dedupe.buffer.size})
     * @param loadFactor share of the slots that may be taken ({@code log.cleaner.io.buffer.load.factor}), above 0 and below 1
     * @param salt random and unknown to clients; at least 16 bytes
     */
    public OffsetMap(long maxBytes, double loadFactor, byte[] salt) {
        if (loadFactor <= 0 || loadFactor >= 1) {
            throw new IllegalArgumentException("a load factor of " + loadFactor);
        }
        this.maxSlots = (int) Math.max(8, Math.min(MAX_SLOTS, maxBytes / ENTRY_BYTES));
        this.loadFactor = loadFactor;
        this.salt = salt.clone();
        allocate(Math.min(MIN_SLOTS, maxSlots));
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
    }

    private void allocate(int newSlots) {
        slots = newSlots;
        limit = (int) Math.max(1, Math.min(newSlots - 1L, (long) (newSlots * loadFactor)));
        table = new long[newSlots * LONGS];
    }

    /**
     * Notes an offset of a key; the greatest one counts.
     *
     * @param key between position and limit, unchanged
     * @return false when the map is full and does not hold the key: nothing was noted
     */
    public boolean put(ByteBuffer key, long offset) {
        hash(key);
        int slot = find();
        if (table[slot + 2] != 0) {
            table[slot + 2] = Math.max(table[slot + 2], offset + 1);
            return true;
        }
        if (size >= limit) {
            if (slots >= maxSlots) {
                return false;
            }
            grow();
            slot = find();
        }
        table[slot] = first;
        table[slot + 1] = second;
        table[slot + 2] = offset + 1;
        size++;
        return true;
    }

    /** The greatest offset noted of a key, {@link #NONE} when there is none. */
    public long get(ByteBuffer key) {
        hash(key);
        return table[find() + 2] - 1;
    }

    private void hash(ByteBuffer key) {
        digest.update(salt);
        digest.update(key.duplicate());
        try {
            digest.digest(hash, 0, hash.length);
        } catch (java.security.DigestException e) {
            throw new IllegalStateException("16 bytes hold a MD5", e);
        }
        ByteBuffer halves = ByteBuffer.wrap(hash);
        first = halves.getLong();
        second = halves.getLong();
    }

    /** Index of the slot that holds the current hash, or of the free one where it belongs. */
    private int find() {
        int slot = (int) (((first >>> 33) * slots) >>> 31);
        while (true) {
            int at = slot * LONGS;
            if (table[at + 2] == 0 || (table[at] == first && table[at + 1] == second)) {
                return at;
            }
            slot = slot + 1 < slots ? slot + 1 : 0;
        }
    }

    private void grow() {
        long wantedFirst = first;
        long wantedSecond = second;
        long[] old = table;
        allocate((int) Math.min(maxSlots, 2L * slots));
        for (int at = 0; at < old.length; at += LONGS) {
            if (old[at + 2] != 0) {
                first = old[at];
                second = old[at + 1];
                System.arraycopy(old, at, table, find(), LONGS);
            }
        }
        first = wantedFirst;
        second = wantedSecond;
    }

    /** Number of keys. */
    public int size() {
        return size;
    }

    /** Bytes of the table now. */
    public long bytes() {
        return (long) table.length * Long.BYTES;
    }

    /** Forgets all keys; gives a large table back. */
    public void clear() {
        if (slots > KEPT_SLOTS) {
            allocate(Math.min(MIN_SLOTS, maxSlots));
        } else {
            Arrays.fill(table, 0);
        }
        size = 0;
    }
}
