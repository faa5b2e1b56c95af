package io.braid.perf.chaos.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.perf.chaos.history.HistoryFile;
import io.braid.perf.chaos.history.HistoryFormat;
import io.braid.perf.chaos.history.Op;
import io.braid.perf.chaos.history.Value;
import io.braid.perf.chaos.load.RecordReader.PositionLostException;
import io.braid.perf.chaos.load.RecordReader.Read;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.DisconnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReaderStepsTest {
    @TempDir
    private Path directory;

    private Supplier<Map<Integer, List<Read>>> answer = Map::of;

    /** Answers each poll as the test says. */
    private final class Scripted implements RecordReader {
        @Override
        public void assign(Collection<TopicPartition> partitions) {}

        @Override
        public void seek(TopicPartition partition, long offset) {}

        @Override
        public void subscribe(String topic, Assignments assignments) {}

        @Override
        public Map<Integer, List<Read>> poll(Duration timeout) {
            return answer.get();
        }

        @Override
        public void commit(Map<TopicPartition, Long> nextOffsets) {}

        @Override
        public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
            return Map.of();
        }

        @Override
        public void close() {}
    }

    private static Read read(long offset, int sequence) {
        return new Read(offset, Payload.of(Value.of(1, sequence), 30));
    }

    private List<Op> poll(boolean good) throws IOException {
        Path file = directory.resolve("history");
        try (HistoryFile history = new HistoryFile(file)) {
            ReaderSteps steps = new ReaderSteps(history, "r1", new Scripted());
            assertThat(steps.poll(Duration.ZERO)).isEqualTo(good);
            assertThat(steps.nextOffset(9)).isEqualTo(-1);
        }
        return Files.readAllLines(file).stream().map(HistoryFormat::parse).toList();
    }

    @Test
    void runsOfOffsetsWithoutGapsAreOneLineEach() throws IOException {
        answer = () -> Map.of(3, List.of(read(10, 0), read(11, 1), read(13, 2)));

        List<Op> ops = poll(true);

        assertThat(ops).hasSize(2).allMatch(Op.Poll.class::isInstance);
        assertThat(((Op.Poll) ops.get(0)).offset()).isEqualTo(10);
        assertThat(((Op.Poll) ops.get(0)).values()).containsExactly(Value.of(1, 0), Value.of(1, 1));
        assertThat(((Op.Poll) ops.get(1)).offset()).isEqualTo(13);
    }

    @Test
    void otherBytesAreNoted() throws IOException {
        byte[] damaged = Payload.of(Value.of(1, 1), 30);
        damaged[29]++;
        answer = () -> Map.of(0, List.of(new Read(5, damaged)));

        assertThat(poll(true)).singleElement().matches(op -> op instanceof Op.Note note
                && note.kind() == Op.Note.Kind.CORRUPT
                && note.text().contains("offset 5"));
    }

    @Test
    void lostPositionIsAnAnomalyAndAnyOtherErrorIsNot() throws IOException {
        answer = () -> {
            throw new PositionLostException(new KafkaException("out of range"));
        };
        assertThat(poll(false))
                .singleElement()
                .matches(op -> op instanceof Op.Note note && note.kind() == Op.Note.Kind.OUT_OF_RANGE);

        answer = () -> {
            throw new DisconnectException("gone");
        };
        assertThat(poll(false))
                .singleElement()
                .matches(op -> op instanceof Op.Note note && note.kind() == Op.Note.Kind.ERROR);
    }
}
