package io.braid.perf.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SequenceCheckTest {
    private final SequenceCheck check = new SequenceCheck();

    @Test
    void anyOrderBetweenPartitionsIsGood() {
        for (int partition = 99; partition >= 0; partition--) {
            for (long sequence = partition; sequence < 1_000; sequence += 100) {
                check.onRecord(partition % 2 == 0 ? "a" : "b", partition, sequence);
            }
        }

        assertThat(check.problem(1_000)).isEmpty();
        assertThat(check.received()).isEqualTo(1_000);
    }

    @ParameterizedTest
    @CsvSource({
        "one is missing, 0 1 3, 4, 3 records read of 4",
        "one came twice, 0 1 1 2, 3, 1 records repeated",
        "one came back later, 0 1 2 0, 3, 1 records repeated",
        "two changed places, 0 2 1, 3, 1 records repeated",
        "one is another, 0 1 5, 3, other records",
        "one too many, 0 1 2 3, 3, 4 records read of 3"
    })
    void oneWrongRecordIsNoticed(String what, String sequences, long sent, String problem) {
        for (String sequence : sequences.split(" ", -1)) {
            check.onRecord("t", 3, Long.parseLong(sequence));
        }

        assertThat(check.problem(sent)).as(what).startsWith(problem);
    }

    @Test
    void nothingOfNothingIsGood() {
        assertThat(check.problem(0)).isEmpty();
    }
}
