package io.braid.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.broker.shard.SequenceCheck.Verdict;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SequenceCheckTest {
    @ParameterizedTest(name = "known epoch {0} last {1} of {2} records; batch epoch {3} first {4} of {5}: {6}")
    @CsvSource({
        // the next in order, and the wrap of the sequence
        "0,  9, 10, 0, 10, 5, IN_ORDER",
        "0, 2147483647, 1, 0, 0, 1, IN_ORDER",
        "0, 2147483646, 1, 0, 2147483647, 3, IN_ORDER",
        // the last batch once more
        "0,  9, 10, 0, 0, 10, DUPLICATE_OF_LAST",
        "0,  1, 4, 0, 2147483646, 4, DUPLICATE_OF_LAST",
        // the same end but another size is another batch
        "0,  9, 10, 0, 5, 5, MAYBE_EARLIER",
        "0,  9, 10, 0, 3, 2, MAYBE_EARLIER",
        "0,  9, 10, 0, 11, 5, MAYBE_EARLIER",
        // epochs
        "3,  9, 10, 2, 10, 1, FENCED",
        "3,  9, 10, 4, 0, 1, IN_ORDER",
        "3,  9, 10, 4, 10, 1, OUT_OF_ORDER",
    })
    void judgesABatchByEpochAndSequence(
            short knownEpoch,
            int lastSequence,
            int lastRecords,
            short epoch,
            int firstSequence,
            int records,
            Verdict verdict) {
        assertThat(SequenceCheck.check(knownEpoch, lastSequence, lastRecords, epoch, firstSequence, records))
                .isEqualTo(verdict);
    }

    @ParameterizedTest(name = "a batch up to sequence {0}, the newest is {1}: appended before {2}")
    @CsvSource({
        "8, 9, true",
        "9, 9, false",
        "10, 9, false",
        "2147483647, 3, true",
        "0, 1048575, true",
        "0, 1048576, false",
    })
    void knowsWhatMustHaveBeenAppended(int sequence, int newest, boolean before) {
        assertThat(SequenceCheck.wasJustBefore(sequence, newest)).isEqualTo(before);
    }
}
