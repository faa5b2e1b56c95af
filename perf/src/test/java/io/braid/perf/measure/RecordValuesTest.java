package io.braid.perf.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordValuesTest {

    @ParameterizedTest
    @ValueSource(ints = {RecordValues.LEAST_BYTES, 17, 100, 1024})
    void valuesCarrySequenceAndTime(int size) {
        RecordValues values = new RecordValues(size);

        for (long sequence = 0; sequence < 1_500; sequence++) {
            byte[] value = values.next(sequence, -sequence);
            assertThat(value).hasSize(size);
            assertThat(RecordValues.is(value)).isTrue();
            assertThat(RecordValues.sequence(value)).isEqualTo(sequence);
            assertThat(RecordValues.timeNs(value)).isEqualTo(-sequence);
        }
        assertThat(RecordValues.is(new byte[1])).isFalse();
    }
}
