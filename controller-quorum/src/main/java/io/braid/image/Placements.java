package io.braid.image;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;

/** The placements of one topic in the order of their first partitions; the first begins at 0. Immutable, shared. */
public final class Placements extends AbstractList<Placement> {
    private final Placement[] placements;

    private Placements(Placement[] placements) {
        if (placements.length == 0 || placements[0].fromPartition() != 0) {
            throw new IllegalArgumentException("placements must begin at partition 0");
        }
        for (int i = 1; i < placements.length; i++) {
            if (placements[i].fromPartition() <= placements[i - 1].fromPartition()) {
                throw new IllegalArgumentException("placements out of order");
            }
        }
        this.placements = placements;
    }

    public static Placements of(Placement only) {
        return new Placements(new Placement[] {only});
    }

    public static Placements of(List<Placement> placements) {
        return placements instanceof Placements same ? same : new Placements(placements.toArray(new Placement[0]));
    }

    /** These and one more, for the partitions that a topic gains. */
    public Placements and(Placement next) {
        Placement[] more = Arrays.copyOf(placements, placements.length + 1);
        more[placements.length] = next;
        return new Placements(more);
    }

    /** The shard of a partition that exists; O(number of times the topic was extended). */
    public int shardOf(int partition) {
        int i = placements.length - 1;
        while (placements[i].fromPartition() > partition) {
            i--;
        }
        return placements[i].shardOf(partition);
    }

    /** The newest placement. */
    public Placement last() {
        return placements[placements.length - 1];
    }

    @Override
    public Placement get(int index) {
        return placements[index];
    }

    @Override
    public int size() {
        return placements.length;
    }
}
