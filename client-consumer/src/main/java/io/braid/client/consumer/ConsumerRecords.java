package io.braid.client.consumer;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.TopicPartition;

/** What a poll returned: records of each partition in the order of their offsets. Immutable. */
public final class ConsumerRecords<K, V> implements Iterable<ConsumerRecord<K, V>> {
    private final List<List<ConsumerRecord<K, V>>>
            runs; // of one partition each, none empty; a partition may have several
    private final int count;

    private ConsumerRecords(List<List<ConsumerRecord<K, V>>> runs) {
        this.runs = runs;
        this.count = runs.stream().mapToInt(List::size).sum();
    }

    /** From records of one partition each, in their order; for interceptors and tests too. */
    public static <K, V> ConsumerRecords<K, V> of(List<List<ConsumerRecord<K, V>>> runs) {
        return new ConsumerRecords<>(runs.stream().filter(run -> !run.isEmpty()).toList());
    }

    public static <K, V> ConsumerRecords<K, V> empty() {
        return new ConsumerRecords<>(List.of());
    }

    public int count() {
        return count;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    public Set<TopicPartition> partitions() {
        return runs.stream().map(run -> run.get(0).topicPartition()).collect(Collectors.toSet());
    }

    /** The records of one partition. */
    public List<ConsumerRecord<K, V>> records(TopicPartition partition) {
        List<ConsumerRecord<K, V>> found = new ArrayList<>();
        for (List<ConsumerRecord<K, V>> run : runs) {
            if (run.get(0).topicPartition().equals(partition)) {
                found.addAll(run);
            }
        }
        return found;
    }

    /** Partition by partition. */
    @Override
    public Iterator<ConsumerRecord<K, V>> iterator() {
        return new Iterator<>() {
            private int run;
            private int index;

            @Override
            public boolean hasNext() {
                return run < runs.size();
            }

            @Override
            public ConsumerRecord<K, V> next() {
                if (run >= runs.size()) {
                    throw new java.util.NoSuchElementException();
                }
                List<ConsumerRecord<K, V>> records = runs.get(run);
                ConsumerRecord<K, V> next = records.get(index++);
                if (index == records.size()) {
                    run++;
                    index = 0;
                }
                return next;
            }
        };
    }

    public Stream<ConsumerRecord<K, V>> stream() {
        return StreamSupport.stream(spliterator(), false);
    }
}
