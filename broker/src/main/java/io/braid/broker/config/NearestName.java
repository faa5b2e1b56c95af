package io.braid.broker.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what a mistyped name was meant to be. */
final class NearestName {

    private NearestName() {}

    /** The candidate with the fewest edits to {@code name}, if these are few enough to call it a mistype. */
    static Optional<String> of(String name, Collection<String> candidates) {
        int limit = Math.max(2, Math.min(name.length(), 100) / 3);
        if (name.length() > 100) {
            return Optional.empty();
        }
        return candidates.stream()
                .filter(c -> edits(name, c) <= limit)
                .min(Comparator.comparingInt((String c) -> edits(name, c)).thenComparing(Comparator.naturalOrder()));
    }

    /** Levenshtein distance. */
    static int edits(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
