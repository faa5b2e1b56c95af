package io.braid.client.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/** A set of partitions is what a plain set of them is. */
class PartitionSetPropertyTest {
    private static final List<String> NAMES = List.of("a", "aa", "b");
    private static final List<Uuid> IDS =
            List.of(Uuid.ZERO_UUID, new Uuid(1, 1), new Uuid(-1, 1), new Uuid(Long.MIN_VALUE, Long.MIN_VALUE));

    /** Neighbouring partitions. */
    record Run(PartitionSet.Topic topic, int from, int length) {}

    @Provide
    Arbitrary<List<Run>> runs() {
        Arbitrary<PartitionSet.Topic> topics =
                Combinators.combine(Arbitraries.of(NAMES), Arbitraries.of(IDS)).as(PartitionSet.Topic::new);
        return Combinators.combine(
                        topics, Arbitraries.integers().between(0, 40), Arbitraries.integers().between(0, 9))
                .as(Run::new)
                .list()
                .ofMaxSize(12);
    }

    /** The model's element. */
    record Element(PartitionSet.Topic topic, int partition) {}

    private static Set<Element> model(List<Run> runs) {
        Set<Element> model = new HashSet<>();
        for (Run run : runs) {
            for (int p = run.from(); p < run.from() + run.length(); p++) {
                model.add(new Element(run.topic(), p));
            }
        }
        return model;
    }

    private static PartitionSet set(List<Run> runs) {
        PartitionSet.Builder builder = PartitionSet.builder();
        for (Run run : runs) {
            builder.add(run.topic().name(), run.topic().id(), run.from(), run.from() + run.length());
        }
        return builder.build();
    }

    private static Set<Element> elements(PartitionSet set) {
        Set<Element> elements = new HashSet<>();
        for (PartitionSet.Topic topic : set.topics()) {
            set.partitions(topic).forEach(p -> elements.add(new Element(topic, p)));
        }
        return elements;
    }

    @Property(tries = 300)
    void isWhatWasPutIn(@ForAll("runs") List<Run> runs) {
        PartitionSet set = set(runs);
        Set<Element> model = model(runs);

        assertThat(elements(set)).isEqualTo(model);
        assertThat(set.size()).isEqualTo(model.size());
        for (String name : NAMES) {
            for (int p = 0; p < 50; p++) {
                int partition = p;
                assertThat(set.contains(name, p))
                        .isEqualTo(model.stream()
                                .anyMatch(e -> e.topic().name().equals(name) && e.partition() == partition));
                for (Uuid id : IDS) {
                    PartitionSet.Topic topic = new PartitionSet.Topic(name, id);
                    assertThat(set.contains(topic, p)).isEqualTo(model.contains(new Element(topic, p)));
                }
            }
        }
    }

    @Property(tries = 300)
    void operationsAreThoseOfSets(@ForAll("runs") List<Run> first, @ForAll("runs") List<Run> second) {
        PartitionSet one = set(first);
        PartitionSet other = set(second);
        Set<Element> union = model(first);
        union.addAll(model(second));
        Set<Element> minus = model(first);
        minus.removeAll(model(second));
        Set<Element> common = model(first);
        common.retainAll(model(second));

        assertThat(elements(one.union(other))).isEqualTo(union);
        assertThat(elements(one.minus(other))).isEqualTo(minus);
        assertThat(elements(one.intersect(other))).isEqualTo(common);
        assertThat(one.minus(other).union(one.intersect(other))).isEqualTo(one).hasSameHashCodeAs(one);
        assertThat(one.equals(other)).isEqualTo(model(first).equals(model(second)));
    }

    @Example
    void aMillionNeighboursAreOneRange() {
        PartitionSet.Builder builder = PartitionSet.builder();
        for (int p = 0; p < 1_000_000; p++) {
            builder.add("t", Uuid.ZERO_UUID, p);
        }
        PartitionSet set = builder.build();
        int[] ranges = {0};
        set.forEachRange((topic, from, to) -> ranges[0]++);

        assertThat(set.size()).isEqualTo(1_000_000);
        assertThat(ranges[0]).isEqualTo(1);
        assertThat(set.toString()).isEqualTo("t[0-999999]");
    }

    @Example
    void readsAsItsRanges() {
        PartitionSet set =
                PartitionSet.of(new TopicPartition("b", 5), new TopicPartition("a", 0), new TopicPartition("a", 1));
        assertThat(set.toString()).isEqualTo("a[0-1] b[5]");
        assertThat(set.topicNames()).containsExactly("a", "b");
        assertThat(set.toTopicPartitions())
                .containsExactly(
                        new TopicPartition("a", 0), new TopicPartition("a", 1), new TopicPartition("b", 5));
    }
}
