package io.braid.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class ImageHeapTest {
    private static final int TOPICS = 200_000;

    @Test
    void aTopicOfOnePartitionTakesLessThan400Bytes() {
        LocalController controller = LocalController.withOneBroker(1, "PLAINTEXT", "localhost", 9092);
        SplittableRandom random = new SplittableRandom(1);
        long before = usedHeap();
        for (int from = 0; from < TOPICS; from += 1_000) {
            List<NewTopic> topics = new ArrayList<>();
            for (int i = from; i < from + 1_000; i++) {
                Uuid id = new Uuid(random.nextLong(), random.nextLong());
                topics.add(NewTopic.of(id, "topic-" + i, 1, -1, Map.of("retention.ms", Integer.toString(i % 7))));
            }
            controller.apply(new Command.CreateTopics(topics, PoolPolicy.DEFAULT, false));
        }
        double bytes = (usedHeap() - before) / (double) TOPICS;
        assertThat(controller.image().topicCount()).isEqualTo(TOPICS);
        assertThat(bytes).isLessThan(400);
    }

    @Test
    void aTopicOfAMillionPartitionsTakesNoMoreThanOneOfOne() {
        LocalController controller = LocalController.withOneBroker(1, "PLAINTEXT", "localhost", 9092);
        long before = usedHeap();
        for (int i = 0; i < 10_000; i++) {
            NewTopic topic = NewTopic.of(new Uuid(i, ~i * 77L), "topic-" + i, 1_000_000, -1, Map.of());
            controller.apply(new Command.CreateTopics(List.of(topic), PoolPolicy.DEFAULT, false));
        }
        double bytes = (usedHeap() - before) / 10_000.0;
        assertThat(controller.image().partitionCount()).isEqualTo(10_000_000_000L);
        assertThat(bytes).isLessThan(400);
    }

    private static long usedHeap() {
        System.gc();
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
