package io.braid.perf.chaos.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.perf.chaos.history.Value;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadTest {
    private static final long VALUE = Value.of(12, 345);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 100, 3000})
    void valueComesBackFromEverySize(int size) {
        byte[] payload = Payload.of(VALUE, size);

        assertThat(payload.length).isEqualTo(Math.max(size, "12.345|".length()));
        assertThat(Payload.read(payload)).hasValue(VALUE);
    }

    @Test
    void anyChangedByteIsNoticed() {
        byte[] payload = Payload.of(VALUE, 40);
        for (int i = 0; i < payload.length; i++) {
            byte[] changed = payload.clone();
            changed[i] ^= 1;
            assertThat(Payload.read(changed).orElse(-1)).as("byte %d", i).isNotEqualTo(VALUE);
        }
        assertThat(Payload.read(Arrays.copyOf(payload, 41))).isEmpty();
        assertThat(Payload.read(null)).isEmpty();
        assertThat(Payload.read(new byte[0])).isEmpty();
    }
}
