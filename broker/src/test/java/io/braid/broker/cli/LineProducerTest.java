package io.braid.broker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineProducerTest {

    private static final byte[] NO_KEYS = {};

    private static MockProducer<byte[], byte[]> producer() {
        return new MockProducer<>(
                true, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static LineReader lines(byte[] bytes) {
        return new LineReader(new ByteArrayInputStream(bytes), 1000);
    }

    @Test
    void everyByteOfALineIsTheValue() throws IOException {
        byte[] odd = {0, (byte) 0xff, (byte) 0xc3, '\r', '\n', 'x'};
        try (MockProducer<byte[], byte[]> producer = producer()) {
            LineProducer sender = new LineProducer(new KafkaRecordSink(producer), "t", Optional.of(0), NO_KEYS);

            sender.sendAll(lines(odd));

            assertThat(producer.history())
                    .extracting(r -> r.value())
                    .containsExactly(new byte[] {0, (byte) 0xff, (byte) 0xc3, '\r'}, new byte[] {'x'});
            assertThat(producer.history()).allMatch(r -> r.key() == null && r.partition() == 0);
            assertThat(Json.of(sender.summary()))
                    .isEqualTo("{\"topic\":\"t\",\"records\":2,\"bytes\":5,"
                            + "\"partitions\":{\"0\":{\"first\":0,\"last\":1}}}");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a:b      | :  | a  | b",
                "a:b:c    | :  | a  | b:c",
                ":b       | :  | '' | b",
                "a:       | :  | a  | ''",
                "a=>b=>c  | => | a  | b=>c",
                "a\u00e4b | \u00e4 | a | b",
            })
    void firstSeparatorEndsTheKey(String line, String separator, String key, String value) {
        KeyedLine record =
                KeyedLine.cut(line.getBytes(StandardCharsets.UTF_8), separator.getBytes(StandardCharsets.UTF_8));

        assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo(key);
        assertThat(new String(record.value(), StandardCharsets.UTF_8)).isEqualTo(value);
    }

    @Test
    void lineWithoutItsSeparatorIsNamed() {
        try (MockProducer<byte[], byte[]> producer = producer()) {
            LineProducer sender =
                    new LineProducer(new KafkaRecordSink(producer), "t", Optional.of(0), new byte[] {':'});

            assertThatThrownBy(() -> sender.sendAll(lines("a:b\nno\n".getBytes(StandardCharsets.UTF_8))))
                    .isInstanceOf(CliException.class)
                    .hasMessage("line 2 has no key separator \":\"");
        }
    }

    @Test
    void refusedRecordIsNamedByItsLine() {
        try (MockProducer<byte[], byte[]> producer = new MockProducer<>(
                false, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer())) {
            LineProducer sender = new LineProducer(new KafkaRecordSink(producer), "t", Optional.of(0), NO_KEYS);
            LineReader lines = new LineReader(
                    new ByteArrayInputStream("a\nb\nc\n".getBytes(StandardCharsets.UTF_8)) {
                        @Override
                        public synchronized int read(byte[] target, int offset, int length) {
                            if (!producer.history().isEmpty()) {
                                producer.completeNext();
                                producer.errorNext(new RecordTooLargeException("the batch is too large"));
                            }
                            return super.read(target, offset, Math.min(length, 4));
                        }
                    },
                    1000);

            assertThatThrownBy(() -> sender.sendAll(lines))
                    .isInstanceOf(CliException.class)
                    .hasMessage("line 2: the batch is too large");
        }
    }

    @Test
    void emptyInputIsNoRecord() throws IOException {
        try (MockProducer<byte[], byte[]> producer = producer()) {
            new LineProducer(new KafkaRecordSink(producer), "t", Optional.empty(), NO_KEYS).sendAll(lines(NO_KEYS));

            assertThat(producer.history()).isEqualTo(List.of());
        }
    }
}
