package io.braid.client.routing;

import java.util.Arrays;
import java.util.Collection;

/**
 * Who leads each shard, of those that matter to the topics in use: 8 bytes a shard. Immutable.
 *
 * <p>A leader epoch never goes back: older news of a shard changes nothing.
 */
public final class ShardTable {
    /** No broker, or a shard that is not known. */
    public static final int NONE = -1;

    static final ShardTable EMPTY = new ShardTable(new int[0], new int[0][], new int[0][]);

    private static final int POOL_SHIFT = 16;
    private static final int INDEX_MASK = 0xffff;

    private final int[] pools; // ids, ascending
    private final int[][] leaders; // by place in `pools`, then by index in the pool
    private final int[][] epochs;

    private ShardTable(int[] pools, int[][] leaders, int[][] epochs) {
        this.pools = pools;
        this.leaders = leaders;
        this.epochs = epochs;
    }

    /**
     * The leader of one shard.
     *
     * @param shard pool id x 65,536 + index in the pool
     * @param leader broker id, or {@link #NONE}
     */
    public record Entry(int shard, int leader, int leaderEpoch) {}

    /** Broker id, or {@link #NONE}. */
    public int leader(int shard) {
        return value(leaders, shard);
    }

    /** {@link #NONE} for a shard that is not known. */
    public int leaderEpoch(int shard) {
        return value(epochs, shard);
    }

    private int value(int[][] values, int shard) {
        int pool = Arrays.binarySearch(pools, shard >>> POOL_SHIFT);
        int index = shard & INDEX_MASK;
        return pool < 0 || index >= values[pool].length ? NONE : values[pool][index];
    }

    /** This table with news; the table itself when there is nothing new in it. */
    public ShardTable with(Collection<Entry> news) {
        ShardTable changed = this;
        boolean copied = false;
        for (Entry entry : news) {
            int known = changed.leaderEpoch(entry.shard());
            if (entry.leaderEpoch() < known
                    || (entry.leaderEpoch() == known && entry.leader() == changed.leader(entry.shard()))) {
                continue;
            }
            if (!copied) {
                changed = changed.copy();
                copied = true;
            }
            changed = changed.withRoomFor(entry.shard());
            changed.set(entry);
        }
        return changed;
    }

    private ShardTable copy() {
        int[][] leaderCopies = new int[leaders.length][];
        int[][] epochCopies = new int[epochs.length][];
        for (int i = 0; i < pools.length; i++) {
            leaderCopies[i] = leaders[i].clone();
            epochCopies[i] = epochs[i].clone();
        }
        return new ShardTable(pools, leaderCopies, epochCopies);
    }

    /** Only on a copy that nobody else has seen. */
    private ShardTable withRoomFor(int shard) {
        int id = shard >>> POOL_SHIFT;
        int length = (shard & INDEX_MASK) + 1;
        int at = Arrays.binarySearch(pools, id);
        if (at >= 0) {
            leaders[at] = grown(leaders[at], length);
            epochs[at] = grown(epochs[at], length);
            return this;
        }
        int place = -at - 1;
        return new ShardTable(
                inserted(pools, place, id),
                inserted(leaders, place, grown(new int[0], length)),
                inserted(epochs, place, grown(new int[0], length)));
    }

    private void set(Entry entry) {
        int pool = Arrays.binarySearch(pools, entry.shard() >>> POOL_SHIFT);
        leaders[pool][entry.shard() & INDEX_MASK] = entry.leader();
        epochs[pool][entry.shard() & INDEX_MASK] = entry.leaderEpoch();
    }

    private static int[] grown(int[] values, int length) {
        if (values.length >= length) {
            return values;
        }
        int[] more = Arrays.copyOf(values, length);
        Arrays.fill(more, values.length, length, NONE);
        return more;
    }

    private static int[] inserted(int[] values, int place, int value) {
        int[] more = new int[values.length + 1];
        System.arraycopy(values, 0, more, 0, place);
        more[place] = value;
        System.arraycopy(values, place, more, place + 1, values.length - place);
        return more;
    }

    private static int[][] inserted(int[][] values, int place, int[] value) {
        int[][] more = new int[values.length + 1][];
        System.arraycopy(values, 0, more, 0, place);
        more[place] = value;
        System.arraycopy(values, place, more, place + 1, values.length - place);
        return more;
    }
}
