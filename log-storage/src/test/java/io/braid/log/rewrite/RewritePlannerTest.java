package io.braid.log.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.log.rewrite.RewritePlanner.Candidate;
import io.braid.log.rewrite.RewritePlanner.Plan;
import io.braid.log.rewrite.RewritePlanner.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Sizes are in units of 1,000 bytes; a full segment has 100. */
class RewritePlannerTest {
    private static final long NOW = 1_000_000;
    private static final long MUCH = 1_000_000_000;
    private static final RewritePlanner PLANNER =
            new RewritePlanner(new RewritePlanner.Limits(0.5, 2_000, 500_000, 800_000, 4, 100_000, 1_000));

    private final List<Candidate> log = new ArrayList<>();

    private RewritePlannerTest segment(int file, int kept) {
        return segment(true, file, kept, file == kept ? -1 : NOW, false);
    }

    private RewritePlannerTest segment(boolean eligible, int file, int kept, long deadSinceMs, boolean scattered) {
        log.add(new Candidate(eligible, file * 1000L, kept * 1000L, kept, deadSinceMs, 0, scattered));
        return this;
    }

    private void plans(int from, int to, Reason reason) {
        assertThat(PLANNER.plan(log, NOW, MUCH)).contains(new Plan(from, to, reason));
    }

    private void plansNothing() {
        assertThat(PLANNER.plan(log, NOW, MUCH)).isEmpty();
    }

    @Test
    void nothingIsDoneToLiveSegments() {
        segment(100, 100).segment(100, 60);
        plansNothing();
    }

    @Test
    void whatFreesMostForWhatItCostsComesFirst() {
        segment(100, 45).segment(100, 100).segment(100, 20).segment(100, 100).segment(100, 30);
        plans(2, 2, Reason.RECLAIM);
    }

    @Test
    void neighboursThatAreWorthItAreTakenInAsLongAsAllFitsIntoASegment() {
        segment(100, 45).segment(100, 30).segment(100, 20).segment(100, 40);
        plans(1, 3, Reason.RECLAIM);
    }

    @Test
    void whatMayNotBeRewrittenIsLeftAndNotPassedOver() {
        segment(100, 10).segment(false, 100, 10, NOW, false).segment(100, 5);
        plans(2, 2, Reason.RECLAIM);
        log.remove(2);
        plans(0, 0, Reason.RECLAIM);
        log.remove(0);
        plansNothing();
    }

    @Test
    void littleIsNotWorthAFile() {
        segment(3, 2);
        plansNothing();
    }

    @Test
    void whatHasBeenDeadForLongIsRewrittenThoughItIsLittle() {
        segment(100, 99).segment(true, 100, 99, NOW - 500_000, false);
        plans(1, 1, Reason.AGE);
    }

    @Test
    void smallNeighboursAreMerged() {
        segment(100, 100)
                .segment(10, 10)
                .segment(12, 12)
                .segment(11, 11)
                .segment(9, 9)
                .segment(100, 100);
        plans(1, 4, Reason.MERGE);
    }

    @Test
    void fewSmallOnesWait() {
        segment(10, 10).segment(10, 10).segment(10, 10);
        plansNothing();
    }

    @Test
    void aLargeOneIsNotCopiedForTheSakeOfAFewSmallOnes() {
        segment(24, 24).segment(4, 4).segment(4, 4).segment(4, 4);
        plansNothing();
        segment(4, 4);
        plans(1, 4, Reason.MERGE);
    }

    @Test
    void scatteredOnesAreSortedOnceTheyAreOld() {
        segment(100, 100).segment(true, 80, 80, -1, true);
        plans(1, 1, Reason.SORT);
        assertThat(PLANNER.plan(log, 700_000, MUCH)).isEmpty();
    }

    @Test
    void nothingLargerThanTheSpaceLeftIsBegun() {
        segment(100, 20).segment(100, 40);
        assertThat(PLANNER.plan(log, NOW, 19_000)).isEmpty();
        assertThat(PLANNER.plan(log, NOW, 30_000)).isEqualTo(Optional.of(new Plan(0, 0, Reason.RECLAIM)));
    }

    @Test
    void aSegmentHasOnlySoManyBatches() {
        for (int i = 0; i < 4; i++) {
            log.add(new Candidate(true, 10_000, 9_000, 400, -1, 0, false));
        }
        plansNothing();
    }
}
