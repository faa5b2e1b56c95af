package io.braid.broker.group.consumer;

import java.util.Arrays;

/** Pours partitions onto loads as water: the lowest are raised first, and none above what evenness asks for. */
final class Level {

    private Level() {}

    /**
     * Pours all of an amount.
     *
     * @param base loads to pour onto
     * @param amount what is poured, all of it
     * @param current where it lies now: the odd ones that are left at the brim stay where they are, if they can
     * @return what each load is given
     */
    static int[] pour(int[] base, int amount, int[] current) {
        int n = base.length;
        int[] given = new int[n];
        if (amount == 0) {
            return given;
        }
        int[] sorted = base.clone();
        Arrays.sort(sorted);
        long below = 0;
        int wet = 0;
        // With the k lowest under water, the level is (amount + their sum) / k, as long as that reaches the next.
        while (wet < n && (wet == 0 || (amount + below) / wet >= sorted[wet])) {
            below += sorted[wet++];
        }
        int level = (int) ((amount + below) / wet);
        int odd = (int) ((amount + below) % wet);
        for (int i = 0; i < n; i++) {
            given[i] = Math.max(0, level - base[i]);
        }
        for (int i = 0; i < n && odd > 0; i++) {
            if (base[i] <= level && current[i] > given[i]) {
                given[i]++;
                odd--;
            }
        }
        for (int i = 0; i < n && odd > 0; i++) {
            if (base[i] + given[i] == level) {
                given[i]++;
                odd--;
            }
        }
        return given;
    }
}
