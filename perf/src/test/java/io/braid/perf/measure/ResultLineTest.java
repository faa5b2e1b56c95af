package io.braid.perf.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResultLineTest {

    @Test
    void whatIsPutIsReadBackInItsOrder() {
        String text = new ResultLine("produce")
                .put("client", "a \"b\" \\ \n")
                .put("records", 12L)
                .put("mbPerS", 1.5)
                .put("good", true)
                .put("series", List.of(1L, 2L))
                .put("none", List.of())
                .put("unknown", Double.NaN)
                .text();

        Map<String, Object> read = JsonLine.parse(text);

        assertThat(read.keySet())
                .containsExactly(
                        "workload", "at", "client", "records", "mbPerS", "good", "series", "none", "unknown");
        assertThat(read)
                .containsEntry("workload", "produce")
                .containsEntry("client", "a \"b\" \\ \n")
                .containsEntry("records", 12L)
                .containsEntry("mbPerS", 1.5)
                .containsEntry("good", true)
                .containsEntry("series", List.of(1L, 2L))
                .containsEntry("none", List.of())
                .containsEntry("unknown", null);
        assertThat(text).doesNotContain("\n");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0.000",
        "1234.56789, 1234.568",
        "0.00012345678, 0.0001235",
        "-0.5, -0.5000",
        "1e-15, 0.000000000000",
        "Infinity, null"
    })
    void numbersHaveFourDigitsAtLeast(double value, String text) {
        assertThat(new ResultLine("w").put("x", value).text()).endsWith("\"x\":" + text + "}");
    }

    @Test
    void memberThatIsThereKeepsItsPlace() {
        ResultLine line = new ResultLine("w").put("a", 1).put("b", 2).put("a", 3);

        assertThat(line.text()).endsWith("\"a\":3,\"b\":2}");
    }

    @Test
    void otherToolsLinesAreReadToo() {
        assertThat(JsonLine.parse(" {\"a\": [1, \"x\", null, true], \"b\" : -1.5e3 }"))
                .containsEntry("a", Arrays.asList(1L, "x", null, true))
                .containsEntry("b", -1500.0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[1]", "{'a':}", "{'a':1", "{'a':1}}", "{'a':tru}", "{'a':1-2}", "{'a':[1}", "{a:1}"})
    void damagedLinesAreRefused(String line) {
        assertThatThrownBy(() -> JsonLine.parse(line.replace('\'', '"'))).isInstanceOf(IllegalArgumentException.class);
    }
}
