package io.braid.broker.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FetchBudgetTest {
    private static final int SMALL = FetchBudget.SMALL_ANSWER_BYTES;

    @Test
    void grantsWhatIsLeftAndSmallAnswersBeyond() {
        FetchBudget budget = new FetchBudget(10 * SMALL);
        assertThat(budget.take(7 * SMALL)).isEqualTo(7 * SMALL);
        assertThat(budget.take(7 * SMALL)).as("what is left").isEqualTo(3 * SMALL);
        assertThat(budget.take(7 * SMALL)).as("used up").isEqualTo(SMALL);
        assertThat(budget.take(100)).as("less than a small answer").isEqualTo(100);
        assertThat(budget.heldBytes()).isEqualTo(11 * SMALL + 100);
    }

    @Test
    void whatIsGivenBackCanBeTakenAgain() {
        FetchBudget budget = new FetchBudget(10 * SMALL);
        int granted = budget.take(10 * SMALL);
        budget.add(2L * SMALL - granted); // only so much was found
        assertThat(budget.take(100 * SMALL)).isEqualTo(8 * SMALL);
        budget.give(10 * SMALL);
        assertThat(budget.heldBytes()).isZero();
    }
}
