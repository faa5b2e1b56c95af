package io.braid.image;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The shards of one pool, by index. Immutable, in pieces, so that a list derived from another by an {@link Edit} shares all
 * pieces in which nothing changed: a change costs two arrays of some hundred references, however many shards there are.
 */
final class ShardList {
    private static final int BITS = 8;
    private static final int PIECE = 1 << BITS;

    static final ShardList EMPTY = new ShardList(new ShardImage[0][], 0);

    /** All of {@link #PIECE} shards but the last, which is as long as is needed. */
    private final ShardImage[][] pieces;

    private final int size;

    private ShardList(ShardImage[][] pieces, int size) {
        this.pieces = pieces;
        this.size = size;
    }

    int size() {
        return size;
    }

    ShardImage get(int index) {
        Objects.checkIndex(index, size);
        return pieces[index >>> BITS][index & (PIECE - 1)];
    }

    Edit edit() {
        return new Edit(this);
    }

    /** The shards that are not as in an earlier list, new ones included. Costs what changed, if this was derived from it. */
    @SuppressWarnings("ReferenceEquality") // what is shared need not be compared
    void changesSince(ShardList before, Consumer<ShardImage> action) {
        for (int at = 0; at < pieces.length; at++) {
            ShardImage[] now = pieces[at];
            ShardImage[] old = at < before.pieces.length ? before.pieces[at] : new ShardImage[0];
            for (int i = 0; now != old && i < now.length; i++) {
                if (i >= old.length || (now[i] != old[i] && !now[i].equals(old[i]))) {
                    action.accept(now[i]);
                }
            }
        }
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof ShardList that && size == that.size && Arrays.deepEquals(pieces, that.pieces));
    }

    @Override
    public int hashCode() {
        return size;
    }

    /** Changes to a list: pieces that it copied are changed in place. Owned by one thread; dead after {@link #done}. */
    static final class Edit {
        private final ShardList from;
        private ShardImage[][] pieces;
        private boolean[] mine = {};
        private int size;

        private Edit(ShardList from) {
            this.from = from;
            this.pieces = from.pieces;
            this.size = from.size;
        }

        int size() {
            return size;
        }

        /** Puts a shard in place of the one with this index, or behind the last. */
        void put(int index, ShardImage shard) {
            Objects.checkIndex(index, size + 1);
            int at = index >>> BITS;
            own(at);
            int place = index & (PIECE - 1);
            if (place == pieces[at].length) {
                pieces[at] = Arrays.copyOf(pieces[at], Math.min(PIECE, Math.max(4, 2 * place)));
            }
            pieces[at][place] = shard;
            size = Math.max(size, index + 1);
        }

        private void own(int at) {
            if (mine.length == 0) {
                pieces = pieces.clone();
            }
            if (at == pieces.length) {
                pieces = Arrays.copyOf(pieces, at + 1);
                pieces[at] = new ShardImage[0];
            }
            if (at >= mine.length) {
                mine = Arrays.copyOf(mine, Math.max(pieces.length, at + 1));
            }
            if (!mine[at]) {
                pieces[at] = pieces[at].clone();
                mine[at] = true;
            }
        }

        ShardList done() {
            if (mine.length == 0) {
                return from;
            }
            int last = pieces.length - 1;
            pieces[last] = Arrays.copyOf(pieces[last], size - last * PIECE);
            return new ShardList(pieces, size);
        }
    }
}
