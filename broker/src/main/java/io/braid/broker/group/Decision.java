package io.braid.broker.group;

import java.util.List;

/**
 * What a turn came to. Immutable.
 *
 * @param records already applied to the state; to be appended in this order
 * @param answers to be sent once these records and all earlier ones are committed
 * @param computations to be run on other threads
 * @param rebalances how many rebalances ended in it
 */
public record Decision(
        List<GroupRecord> records, List<Answer<?>> answers, List<Computation> computations, int rebalances) {
    public Decision {
        records = List.copyOf(records);
        answers = List.copyOf(answers);
        computations = List.copyOf(computations);
    }
}
