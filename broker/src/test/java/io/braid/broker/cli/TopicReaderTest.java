package io.braid.broker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.client.RecordHeader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicReaderTest {

    private static final Node NODE = new Node(1, "h", 1);

    /** A topic t of {@code partitions} partitions, each with records at offsets 10 to 19. */
    private static MockConsumer<byte[], byte[]> consumer(int partitions) {
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
        List<PartitionInfo> infos = new ArrayList<>();
        Map<TopicPartition, Long> beginnings = new HashMap<>();
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (int p = 0; p < partitions; p++) {
            infos.add(new PartitionInfo("t", p, NODE, new Node[] {NODE}, new Node[] {NODE}));
            beginnings.put(new TopicPartition("t", p), 10L);
            ends.put(new TopicPartition("t", p), 20L);
        }
        consumer.updatePartitions("t", infos);
        consumer.updateBeginningOffsets(beginnings);
        consumer.updateEndOffsets(ends);
        return consumer;
    }

    private static void fill(MockConsumer<byte[], byte[]> consumer, long toOffset) {
        consumer.schedulePollTask(() -> {
            for (TopicPartition partition : consumer.assignment()) {
                for (long o = consumer.position(partition); o < toOffset; o++) {
                    byte[] value = (partition.partition() + "-" + o).getBytes(StandardCharsets.UTF_8);
                    consumer.addRecord(new ConsumerRecord<>("t", partition.partition(), o, null, value));
                }
            }
        });
    }

    private static TopicReader reader(MockConsumer<byte[], byte[]> consumer, TestConsole console) {
        return new TopicReader(
                new KafkaRecordSource(consumer), new PlainRecordPrinter(console.console(), Optional.empty(), false));
    }

    @ParameterizedTest
    @CsvSource({
        "earliest, 10, 10",
        "15, 15, 5",
        "20, 20, 0",
        "-3, 17, 3",
        "-100, 10, 10",
    })
    void readsFromWhereItIsToldToTheEnd(String start, long first, int count) {
        TestConsole console = new TestConsole();
        try (MockConsumer<byte[], byte[]> consumer = consumer(1)) {
            TopicReader reader = reader(consumer, console);
            reader.assign("t", List.of(), new StartOffset.Converter().convert(start));
            fill(consumer, 25);

            reader.read(OptionalLong.empty(), true);
        }

        assertThat(console.out().lines())
                .containsExactlyElementsOf(IntStream.range(0, count)
                        .mapToObj(i -> "0-" + (first + i))
                        .toList());
    }

    @Test
    void endsAfterTheMostRecordsThatWereAskedFor() {
        TestConsole console = new TestConsole();
        try (MockConsumer<byte[], byte[]> consumer = consumer(2)) {
            TopicReader reader = reader(consumer, console);
            reader.assign("t", List.of(1), StartOffset.EARLIEST);
            fill(consumer, 20);

            reader.read(OptionalLong.of(3), false);
        }

        assertThat(console.out()).isEqualTo("1-10\n1-11\n1-12\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "missing | 0 | 10 | topic missing does not exist",
                "t       | 7 | 10 | topic t has no partition 7: it has 0 to 1",
                "t       | 1 | 9  | partition 1: offset 9 is outside of 10 to 20",
                "t       | 1 | 21 | partition 1: offset 21 is outside of 10 to 20",
            })
    void whatDoesNotExistIsNamed(String topic, int partition, String offset, String message) {
        try (MockConsumer<byte[], byte[]> consumer = consumer(2)) {
            TopicReader reader = reader(consumer, new TestConsole());

            assertThatThrownBy(
                            () -> reader.assign(topic, List.of(partition), new StartOffset.Converter().convert(offset)))
                    .isInstanceOf(CliException.class)
                    .hasMessage(message);
        }
    }

    private static io.braid.client.consumer.ConsumerRecord<byte[], byte[]> record(
            int partition, long offset, byte[] key, byte[] value, List<RecordHeader> headers) {
        return new io.braid.client.consumer.ConsumerRecord<>(
                new TopicPartition("t", partition), offset, -1, -1, TimestampType.CREATE_TIME, key, value, headers);
    }

    @Test
    void plainPrinterPutsNewlinesAfterOrBetween() {
        var keyed = record(0, 1, new byte[] {'k'}, new byte[] {'v'}, List.of());
        var tombstone = record(0, 2, new byte[] {'k'}, null, List.of());
        TestConsole after = new TestConsole();
        TestConsole between = new TestConsole();
        byte[] separator = {':'};
        for (var record : List.of(keyed, tombstone)) {
            new PlainRecordPrinter(after.console(), Optional.of(separator), false).print(record);
        }
        PlainRecordPrinter printer = new PlainRecordPrinter(between.console(), Optional.empty(), true);
        printer.print(keyed);
        printer.print(keyed);

        assertThat(after.out()).isEqualTo("k:v\nk:\n");
        assertThat(between.out()).isEqualTo("v\nv");
    }

    @Test
    void jsonPrinterKeepsBytesThatAreNotText() {
        TestConsole console = new TestConsole();
        RecordHeader header = new RecordHeader("h", "\"\u00e4\n".getBytes(StandardCharsets.UTF_8));
        var record = record(3, 9, null, new byte[] {(byte) 0xff}, List.of(header));

        new JsonRecordPrinter(console.console()).print(record);

        assertThat(console.out())
                .isEqualTo("{\"topic\":\"t\",\"partition\":3,\"offset\":9,\"timestamp\":-1,\"key\":null,"
                        + "\"valueBase64\":\"/w==\",\"headers\":[{\"name\":\"h\",\"value\":\"\\\"\u00e4\\n\"}]}\n");
    }
}
