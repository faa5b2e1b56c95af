package io.braid.client.routing;

import java.util.Arrays;
import java.util.Collection;

/**
 * Who leads each shard, of those that matter to the topics in use: 8 bytes a shard, in pages, of which there are those that
 * hold a known shard. Immutable; a table with news shares the pages in which nothing changed.
 *
 * <p>A leader epoch never goes back: older news of a shard changes nothing.
 */
public final class ShardTable {
    /** No broker, or a shard that is not known. */
    public static final int NONE = -1;

    static final ShardTable EMPTY = new ShardTable(new int[0], new long[0][][]);

    private static final int POOL_SHIFT = 16;
    private static final int INDEX_MASK = 0xffff;
    private static final int PAGE_BITS = 6;
    private static final int PAGE = 1 << PAGE_BITS;
    private static final long UNKNOWN = -1;

    private final int[] pools; // ids, ascending
    /** By place in `pools`, by page, by index in the page: leader above, epoch below. A page may be missing, or be short. */
    private final long[][][] pages;

    private ShardTable(int[] pools, long[][][] pages) {
        this.pools = pools;
        this.pages = pages;
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
        return (int) (value(shard) >> 32);
    }

    /** {@link #NONE} for a shard that is not known. */
    public int leaderEpoch(int shard) {
        return (int) value(shard);
    }

    private long value(int shard) {
        int pool = Arrays.binarySearch(pools, shard >>> POOL_SHIFT);
        int page = (shard & INDEX_MASK) >>> PAGE_BITS;
        if (pool < 0 || page >= pages[pool].length) {
            return UNKNOWN;
        }
        long[] values = pages[pool][page];
        int index = shard & (PAGE - 1);
        return values == null || index >= values.length ? UNKNOWN : values[index];
    }

    /** This table with news; the table itself when there is nothing new in it. */
    public ShardTable with(Collection<Entry> news) {
        Edit edit = new Edit(this);
        for (Entry entry : news) {
            int known = edit.table.leaderEpoch(entry.shard());
            boolean older = entry.leaderEpoch() < known;
            boolean same = entry.leaderEpoch() == known && entry.leader() == edit.table.leader(entry.shard());
            if (!older && !same) {
                edit.put(entry);
            }
        }
        return edit.table;
    }

    /** A table that is being made from another: what it copied is changed in place. */
    private static final class Edit {
        private final ShardTable from;
        private ShardTable table;

        Edit(ShardTable from) {
            this.from = from;
            this.table = from;
        }

        void put(Entry entry) {
            int pool = own(entry.shard() >>> POOL_SHIFT);
            int page = (entry.shard() & INDEX_MASK) >>> PAGE_BITS;
            int index = entry.shard() & (PAGE - 1);
            long[][] of = table.pages[pool];
            if (page >= of.length) {
                of = Arrays.copyOf(of, page + 1);
                table.pages[pool] = of;
            }
            of[page] = own(of[page], original(entry.shard() >>> POOL_SHIFT, page), index);
            of[page][index] = ((long) entry.leader() << 32) | (entry.leaderEpoch() & 0xffffffffL);
        }

        /** The place of a pool in the table, which is a copy from here on. */
        private int own(int id) {
            if (table == from) {
                table = new ShardTable(from.pools, from.pages.clone());
            }
            int at = Arrays.binarySearch(table.pools, id);
            if (at < 0) {
                at = -at - 1;
                table = table.withPool(at, id);
            }
            if (table.pages[at] == from.pagesOf(id)) {
                table.pages[at] = table.pages[at].clone();
            }
            return at;
        }

        private long[] original(int pool, int page) {
            long[][] of = from.pagesOf(pool);
            return of == null || page >= of.length ? null : of[page];
        }

        /** A page that may be written and has room for the index. */
        private static long[] own(long[] page, long[] original, int index) {
            int had = page == null ? 0 : page.length;
            if (index < had) {
                return page == original ? page.clone() : page;
            }
            long[] grown = new long[Math.min(PAGE, Math.max(index + 1, 2 * had))];
            if (page != null) {
                System.arraycopy(page, 0, grown, 0, had);
            }
            Arrays.fill(grown, had, grown.length, UNKNOWN);
            return grown;
        }
    }

    private long[][] pagesOf(int pool) {
        int at = Arrays.binarySearch(pools, pool);
        return at < 0 ? null : pages[at];
    }

    private ShardTable withPool(int place, int id) {
        int[] moreIds = new int[pools.length + 1];
        System.arraycopy(pools, 0, moreIds, 0, place);
        moreIds[place] = id;
        System.arraycopy(pools, place, moreIds, place + 1, pools.length - place);
        long[][][] morePages = new long[pages.length + 1][][];
        System.arraycopy(pages, 0, morePages, 0, place);
        morePages[place] = new long[0][];
        System.arraycopy(pages, place, morePages, place + 1, pages.length - place);
        return new ShardTable(moreIds, morePages);
    }
}
