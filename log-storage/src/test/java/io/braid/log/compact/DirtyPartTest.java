package io.braid.log.compact;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DirtyPartTest {
    private static final long OLDEST = 1000;

    @ParameterizedTest
    @CsvSource({
        // clean, dirty, ratio wanted, max lag,             now,  due
        "100,     100,   0.5,          9223372036854775807, 9999, false",
        "100,     101,   0.5,          9223372036854775807, 9999, true",
        "0,       1,     0.99,         9223372036854775807, 9999, true",
        "0,       0,     0.0,          1,                   9999, false",
        "1000,    1,     0.5,          500,                 1499, false",
        "1000,    1,     0.5,          500,                 1500, true",
        "0,       1,     1.0,          500,                 1499, false",
        "0,       1,     1.0,          500,                 1500, true",
    })
    void isDueByItsShareOrItsAge(long clean, long dirty, double ratio, long maxLag, long now, boolean due) {
        DirtyPart part = new DirtyPart(clean, dirty, OLDEST);
        assertThat(part.isDue(new TopicCompaction(ratio, 0, maxLag, 0, Long.MAX_VALUE), now))
                .isEqualTo(due);
    }
}
