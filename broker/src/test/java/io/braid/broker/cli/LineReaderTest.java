package io.braid.broker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineReaderTest {

    /** Hands out a few bytes at a time. */
    private static final class Trickle extends InputStream {
        private final InputStream in;
        private final int atOnce;

        Trickle(byte[] bytes, int atOnce) {
            this.in = new ByteArrayInputStream(bytes);
            this.atOnce = atOnce;
        }

        @Override
        public int read() throws IOException {
            return in.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return in.read(target, offset, Math.min(length, atOnce));
        }
    }

    private static List<byte[]> lines(InputStream in) throws IOException {
        LineReader reader = new LineReader(in, 1 << 20);
        List<byte[]> lines = new ArrayList<>();
        for (Optional<byte[]> line = reader.next(); line.isPresent(); line = reader.next()) {
            lines.add(line.get());
        }
        return lines;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "''        | -",
                "'a'       | a",
                "'a~'      | a",
                "'a~b'     | a,b",
                "'a~~b~'   | a,,b",
                "'~'       | ''",
                "'~~'      | ','",
                "'a^~b'    | a^,b",
            })
    void newlineEndsALineAndNothingElseDoes(String text, String expected) throws IOException {
        byte[] bytes = text.replace('~', '\n').replace('^', '\r').getBytes(StandardCharsets.UTF_8);

        List<String> lines = lines(new ByteArrayInputStream(bytes)).stream()
                .map(line -> new String(line, StandardCharsets.UTF_8).replace('\r', '^'))
                .toList();

        assertThat(lines).isEqualTo(expected == null ? List.of() : List.of(expected.split(",", -1)));
    }

    @Property(tries = 300)
    void linesPutTogetherAreTheInput(
            @ForAll @Size(max = 400) List<@IntRange(min = -3, max = 12) Integer> values,
            @ForAll @IntRange(min = 1, max = 7) int atOnce)
            throws IOException {
        ByteArrayOutputStream input = new ByteArrayOutputStream();
        values.forEach(input::write);
        input.write('\n');

        ByteArrayOutputStream output = new ByteArrayOutputStream();
        for (byte[] line : lines(new Trickle(input.toByteArray(), atOnce))) {
            output.write(line);
            output.write('\n');
        }

        assertThat(output.toByteArray()).isEqualTo(input.toByteArray());
    }

    @ParameterizedTest
    @CsvSource({"100000, 99999", "3, 2"})
    void lineAboveTheLimitFails(int length, int limit) {
        LineReader reader = new LineReader(new ByteArrayInputStream(new byte[length]), limit);

        assertThatThrownBy(reader::next).isInstanceOf(IOException.class).hasMessageContaining("longer than " + limit);
    }
}
