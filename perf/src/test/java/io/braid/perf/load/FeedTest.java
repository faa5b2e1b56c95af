package io.braid.perf.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.perf.measure.FixedSchedule;
import io.braid.perf.measure.JsonLine;
import io.braid.perf.measure.LoadProducer;
import io.braid.perf.measure.LoadTopics;
import io.braid.perf.measure.RecordValues;
import io.braid.perf.measure.ResultLine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class FeedTest {
    private final Failures failures = new Failures();
    private final Times times = new Times();
    private final Recording producer = new Recording();

    /** Keeps what is sent, and acknowledges it at once or fails it. */
    private static final class Recording implements LoadProducer {
        private final List<String> places = new ArrayList<>();
        private final List<Long> sequences = new ArrayList<>();
        private final List<Long> timesNs = new ArrayList<>();
        private Exception failure;

        @Override
        public void send(String topic, int partition, byte[] value, Completion completion) {
            places.add(topic + ":" + partition);
            sequences.add(RecordValues.sequence(value));
            timesNs.add(RecordValues.timeNs(value));
            completion.done(failure == null ? sequences.size() : -1, failure);
        }

        @Override
        public void flush() {}

        @Override
        public int partitionCount(String topic) {
            return 1;
        }

        @Override
        public long bufferedBytes() {
            return 0;
        }

        @Override
        public Map<String, Double> figures() {
            return Map.of();
        }

        @Override
        public void close(Duration limit) {}
    }

    @Test
    void sequencesRiseByOneOverAllThatIsSent() {
        Feed feed = Feed.even(producer, new LoadTopics("t", 4, 4, 1), 100, failures);

        feed.send(5);
        feed.onSchedule(new FixedSchedule(System.nanoTime(), 1_000_000), 0, 5, times);

        assertThat(producer.sequences)
                .containsExactlyElementsOf(LongStream.range(0, 10).boxed().toList());
        assertThat(producer.places).containsOnly("t-0:-1");
        assertThat(feed.sent()).isEqualTo(10);
    }

    @Test
    void partitionsOfSeveralTopicsHaveTheirTurns() {
        Feed feed = Feed.even(producer, new LoadTopics("t", 5, 2, 1), 100, failures);

        feed.send(10);

        assertThat(producer.places)
                .containsExactly(
                        "t-0:1", "t-1:0", "t-1:1", "t-2:0", "t-0:0", "t-0:1", "t-1:0", "t-1:1", "t-2:0", "t-0:0");
    }

    @Test
    void fullSpeedTimesOneRecordOfSixteen() {
        Feed feed = Feed.even(producer, new LoadTopics("t", 1, 1, 1), 100, failures);

        feed.fullSpeed(1_000_000, times);

        assertThat(feed.sent()).isPositive().isEqualTo(times.acknowledged().count() * Feed.SAMPLED);
        assertThat(times.late().count()).isZero();
    }

    @Test
    void timesCountFromWhenARecordWasDueThoughItWasSentLate() {
        Feed feed = Feed.even(producer, new LoadTopics("t", 1, 1, 1), 100, failures);
        FixedSchedule schedule = new FixedSchedule(System.nanoTime() - 2_000_000_000L, 100);

        feed.onSchedule(schedule, 0, 100, times);

        assertThat(times.acknowledged().count()).isEqualTo(100);
        assertThat(times.acknowledged().percentileMs(1)).isGreaterThan(999);
        assertThat(times.late().percentileMs(1)).isGreaterThan(999);
        assertThat(producer.timesNs.get(99)).isEqualTo(schedule.dueNs(99));
    }

    @Test
    void failuresAreCountedByClassAndNotTimed() {
        producer.failure = new TimeoutException("late");
        Feed feed = Feed.even(producer, new LoadTopics("t", 1, 1, 1), 100, failures);
        ResultLine line = new ResultLine("produce");

        feed.send(3);
        feed.onSchedule(new FixedSchedule(System.nanoTime(), 1_000_000), 0, 4, times);
        failures.putInto(line);

        assertThat(failures.count()).isEqualTo(7);
        assertThat(times.acknowledged().count()).isZero();
        assertThat(JsonLine.parse(line.text()))
                .containsEntry("failed", 7L)
                .containsEntry("failures", "{TimeoutException=7}");
    }
}
