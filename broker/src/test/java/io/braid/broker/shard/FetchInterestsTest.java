package io.braid.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class FetchInterestsTest {
    private static final Uuid TOPIC = new Uuid(1, 2);

    private final FetchInterests interests = new FetchInterests();
    private final Recorder recorder = new Recorder();

    private static final class Recorder implements FetchInterest {
        final List<String> events = new ArrayList<>();

        @Override
        public void onData(int bytes) {
            events.add("data " + bytes);
        }

        @Override
        public void onChange() {
            events.add("change");
        }
    }

    @Test
    void interestInAPartitionWithoutDataHearsOfItsFirstBatch() {
        interests.add(TOPIC, 3, -1, recorder);

        interests.data(TOPIC, 3, 17, 100);
        interests.data(TOPIC, 3, 17, 50);

        assertThat(recorder.events).containsExactly("data 100", "data 50");
    }

    @Test
    void addingTwiceCountsOnce() {
        interests.add(TOPIC, 3, 17, recorder);
        interests.add(TOPIC, 3, 17, recorder);

        interests.data(TOPIC, 3, 17, 100);

        assertThat(recorder.events).containsExactly("data 100");
    }

    @Test
    void removedInterestHearsNothingWhetherOrNotThePartitionGotDataMeanwhile() {
        interests.add(TOPIC, 3, -1, recorder);
        interests.add(TOPIC, 4, 18, recorder);

        interests.remove(TOPIC, 3, 17, recorder);
        interests.remove(TOPIC, 4, 18, recorder);
        interests.data(TOPIC, 3, 17, 1);
        interests.data(TOPIC, 4, 18, 1);

        assertThat(recorder.events).isEmpty();
        assertThat(interests.size()).isZero();
    }

    @Test
    void rowOfADeletedTopicTellsItsFetchersAndForgetsThem() {
        interests.add(TOPIC, 3, 17, recorder);

        interests.rowRemoved(17);
        interests.data(new Uuid(9, 9), 0, 17, 100);

        assertThat(recorder.events).containsExactly("change");
    }
}
