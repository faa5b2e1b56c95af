package io.braid.perf.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class LoadTopicsTest {

    @Test
    void lastTopicHasWhatIsLeft() {
        LoadTopics topics = new LoadTopics("t", 2_500, 1_000, 1);

        assertThat(topics.topics()).isEqualTo(3);
        assertThat(IntStream.range(0, 3).map(topics::partitionsOf)).containsExactly(1_000, 1_000, 500);
        assertThat(topics.at(0)).isEqualTo(new TopicPartition("t-0", 0));
        assertThat(topics.at(2_499)).isEqualTo(new TopicPartition("t-2", 499));
        assertThat(new HashSet<>(topics.all())).hasSize(2_500);
    }

    @Test
    void oneTopicMayHaveAllAndEachMayHaveOne() {
        assertThat(new LoadTopics("t", 7, 7, 1).topics()).isOne();
        assertThat(new LoadTopics("t", 7, 1, 1).topics()).isEqualTo(7);
        assertThat(new LoadTopics("t", 7, 1, 1).partitionsOf(6)).isOne();
    }
}
