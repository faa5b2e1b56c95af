package io.braid.simulation;

import java.util.List;
import java.util.SplittableRandom;
import org.apache.kafka.common.Uuid;

/** All randomness of a run, from its seed. */
public final class Chance {
    private final SplittableRandom random;

    public Chance(long seed) {
        this(new SplittableRandom(seed));
    }

    private Chance(SplittableRandom random) {
        this.random = random;
    }

    /** A source of its own, so that what one part draws does not shift what another gets. */
    public Chance split() {
        return new Chance(random.split());
    }

    /** From 0, below {@code bound}. */
    public int below(int bound) {
        return random.nextInt(bound);
    }

    /** From {@code from} to {@code to}, both included. */
    public long between(long from, long to) {
        return from >= to ? from : random.nextLong(from, to + 1);
    }

    boolean percent(int percent) {
        return percent > 0 && random.nextInt(100) < percent;
    }

    /** True once in {@code n} times. */
    public boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    public <T> T pick(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    public Uuid uuid() {
        return new Uuid(random.nextLong(), random.nextLong() & Long.MAX_VALUE);
    }
}
