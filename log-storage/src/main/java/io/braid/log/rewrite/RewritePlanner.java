package io.braid.log.rewrite;

import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * Decides which neighbouring segments are rewritten next, if any: first what frees most for what it costs, then what has been dead for long, then
 * many small ones that fit into one, then old ones whose partitions lie scattered. Pure: knows no files, no clock.
 */
public final class RewritePlanner {
    /** A small segment for merging takes at most this share of the largest. */
    private static final int SMALL_SHARE = 4;

    private final Limits limits;

    /**
     * @param minDeadRatio share of a file that must be gone after its rewriting
     * @param minReclaimBytes and so many bytes
     * @param maxDeadAgeMs age of dead bytes at which that does not matter
     * @param sortAfterMs age at which a scattered segment is sorted
     * @param mergeSegments small neighbours that are merged
     * @param maxBytes of a rewritten segment that is made of several
     * @param maxBatches as many
     */
    public record Limits(
            double minDeadRatio,
            long minReclaimBytes,
            long maxDeadAgeMs,
            long sortAfterMs,
            int mergeSegments,
            long maxBytes,
            int maxBatches) {}

    /**
     * A sealed segment.
     *
     * @param eligible may be rewritten at all
     * @param fileBytes as it is
     * @param keptBytes of its file after rewriting
     * @param keptBatches after rewriting
     * @param deadSinceMs wall-clock time since when it has dead bytes; -1 when it has none
     * @param sealedMs wall-clock time of sealing
     * @param scattered it is not sorted, and would be read in longer runs if it were
     */
    public record Candidate(
            boolean eligible,
            long fileBytes,
            long keptBytes,
            int keptBatches,
            long deadSinceMs,
            long sealedMs,
            boolean scattered) {
        long reclaimable() {
            return fileBytes - keptBytes;
        }

        double deadRatio() {
            return fileBytes == 0 ? 0 : (double) reclaimable() / fileBytes;
        }
    }

    /** Why segments are rewritten. */
    public enum Reason {
        /** Much of them is dead. */
        RECLAIM,
        /** Something in them has been dead for long. */
        AGE,
        /** They are small. */
        MERGE,
        /** Their partitions are scattered. */
        SORT
    }

    /** The candidates {@code from ... to}, {@code to} inclusive, become one segment. */
    public record Plan(int from, int to, Reason reason) {}

    public RewritePlanner(Limits limits) {
        this.limits = limits;
    }

    /**
     * The next rewrite.
     *
     * @param candidates all sealed segments in log order; what lay between two that follow each other is gone
     * @param nowMs wall-clock time
     * @param spaceBytes that the new segment may take on disk
     */
    public Optional<Plan> plan(List<Candidate> candidates, long nowMs, long spaceBytes) {
        Optional<Plan> plan = reclaim(candidates, spaceBytes);
        if (plan.isEmpty()) {
            plan = first(candidates, spaceBytes, Reason.AGE, i -> isLongDead(candidates.get(i), nowMs));
        }
        if (plan.isEmpty()) {
            plan = merge(candidates, spaceBytes);
        }
        if (plan.isEmpty()) {
            plan = first(candidates, spaceBytes, Reason.SORT, i -> isToBeSorted(candidates.get(i), nowMs));
        }
        return plan;
    }

    private Optional<Plan> reclaim(List<Candidate> candidates, long spaceBytes) {
        int best = -1;
        for (int i = 0; i < candidates.size(); i++) {
            Candidate one = candidates.get(i);
            boolean fits = one.eligible() && isWorth(one) && one.keptBytes() <= spaceBytes;
            if (fits && (best < 0 || one.deadRatio() > candidates.get(best).deadRatio())) {
                best = i;
            }
        }
        return best < 0
                ? Optional.empty()
                : Optional.of(grow(candidates, best, spaceBytes, Reason.RECLAIM, i -> isWorth(candidates.get(i))));
    }

    private boolean isWorth(Candidate one) {
        return one.deadRatio() >= limits.minDeadRatio() && one.reclaimable() >= limits.minReclaimBytes();
    }

    private boolean isLongDead(Candidate one, long nowMs) {
        return one.deadSinceMs() >= 0 && nowMs - one.deadSinceMs() >= limits.maxDeadAgeMs();
    }

    private boolean isToBeSorted(Candidate one, long nowMs) {
        return one.scattered() && nowMs - one.sealedMs() >= limits.sortAfterMs();
    }

    private Optional<Plan> first(List<Candidate> candidates, long spaceBytes, Reason reason, IntPredicate wanted) {
        for (int i = 0; i < candidates.size(); i++) {
            Candidate one = candidates.get(i);
            if (one.eligible() && wanted.test(i) && one.keptBytes() <= spaceBytes) {
                return Optional.of(grow(candidates, i, spaceBytes, reason, wanted));
            }
        }
        return Optional.empty();
    }

    /** Takes in neighbours that are wanted for the same reason, as long as all fit into one segment. */
    private Plan grow(List<Candidate> candidates, int seed, long spaceBytes, Reason reason, IntPredicate wanted) {
        int from = seed;
        int to = seed;
        long bytes = candidates.get(seed).keptBytes();
        int batches = candidates.get(seed).keptBatches();
        while (true) {
            int next = to + 1;
            if (!joins(candidates, to, next)
                    || !wanted.test(next)
                    || !fits(candidates, next, bytes, batches, spaceBytes)) {
                next = from - 1;
                if (!joins(candidates, next, from)
                        || !wanted.test(next)
                        || !fits(candidates, next, bytes, batches, spaceBytes)) {
                    return new Plan(from, to, reason);
                }
            }
            from = Math.min(from, next);
            to = Math.max(to, next);
            bytes += candidates.get(next).keptBytes();
            batches += candidates.get(next).keptBatches();
        }
    }

    private boolean fits(List<Candidate> candidates, int next, long bytes, int batches, long spaceBytes) {
        Candidate one = candidates.get(next);
        return bytes + one.keptBytes() <= Math.min(limits.maxBytes(), spaceBytes)
                && batches + one.keptBatches() <= limits.maxBatches();
    }

    /** Whether both are there and may be rewritten. */
    private static boolean joins(List<Candidate> candidates, int older, int newer) {
        return older >= 0
                && newer < candidates.size()
                && candidates.get(older).eligible()
                && candidates.get(newer).eligible();
    }

    /** The longest run of small ones from the oldest place on where there is one, none of which makes up more than half of it. */
    private Optional<Plan> merge(List<Candidate> candidates, long spaceBytes) {
        for (int from = 0; from < candidates.size(); from++) {
            int to = from - 1;
            long bytes = 0;
            long largest = 0;
            int batches = 0;
            while (to + 1 < candidates.size()
                    && isSmall(candidates.get(to + 1))
                    && (to < from || joins(candidates, to, to + 1))
                    && fits(candidates, to + 1, bytes, batches, spaceBytes)) {
                to++;
                bytes += candidates.get(to).keptBytes();
                batches += candidates.get(to).keptBatches();
                largest = Math.max(largest, candidates.get(to).keptBytes());
            }
            if (to - from + 1 >= limits.mergeSegments() && largest <= bytes / 2) {
                return Optional.of(new Plan(from, to, Reason.MERGE));
            }
        }
        return Optional.empty();
    }

    private boolean isSmall(Candidate one) {
        return one.eligible() && one.keptBytes() <= limits.maxBytes() / SMALL_SHARE;
    }
}
