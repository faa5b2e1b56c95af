package io.braid.perf.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.perf.measure.LoadConsumer;
import io.braid.perf.measure.RecordValues;
import io.braid.perf.measure.SequenceCheck;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ReadingTest {
    private final Scripted consumer = new Scripted();
    private final SequenceCheck check = new SequenceCheck();
    private final List<Long> offsets = new ArrayList<>();
    private final Reading reading =
            new Reading(consumer, check, (topic, partition, offset, value) -> offsets.add(offset));

    /** Gives what each poll is to give. */
    private static final class Scripted implements LoadConsumer {
        private final Deque<List<byte[]>> polls = new ArrayDeque<>();
        private long offset;

        @Override
        public void assign(Collection<TopicPartition> partitions) {}

        @Override
        public int poll(Duration timeout, RecordVisitor visitor) {
            List<byte[]> records = polls.isEmpty() ? List.of() : polls.remove();
            for (byte[] record : records) {
                visitor.onRecord("t", 0, offset++, record);
            }
            return records.size();
        }

        @Override
        public void close() {}
    }

    private static byte[] value(long sequence) {
        return new RecordValues(RecordValues.LEAST_BYTES).next(sequence, 0);
    }

    @Test
    void readsUntilAllAreThereAndPassesOverWhatSettlingWrote() {
        consumer.polls.add(List.of(new byte[1]));
        consumer.polls.add(List.of());
        consumer.polls.add(List.of(value(0), new byte[1], value(1)));
        consumer.polls.add(List.of(value(2)));

        reading.readOthers();
        long read = reading.readUntil(3);

        assertThat(read).isEqualTo(3);
        assertThat(reading.received()).isEqualTo(3);
        assertThat(offsets).containsExactly(1L, 3L, 4L);
        assertThat(check.problem(3)).isEmpty();
    }

    @Test
    void interruptEndsTheWaitForWhatDoesNotCome() throws InterruptedException {
        consumer.polls.add(List.of(value(0)));
        Thread thread = new Thread(() -> reading.readUntil(2));
        thread.start();
        thread.interrupt();
        thread.join(10_000);

        assertThat(thread.isAlive()).isFalse();
        assertThat(check.received()).isLessThanOrEqualTo(1);
    }
}
