package io.braid.broker.cli;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Reads partitions of a topic and prints their records. Confined to one thread. */
final class TopicReader {

    private static final Duration POLL = Duration.ofMillis(250);

    private final Consumer<byte[], byte[]> consumer;
    private final RecordPrinter printer;
    private Map<TopicPartition, Long> ends = Map.of();

    TopicReader(Consumer<byte[], byte[]> consumer, RecordPrinter printer) {
        this.consumer = consumer;
        this.printer = printer;
    }

    /**
     * Says what to read.
     *
     * @param partitions empty for all
     * @throws CliException when the topic, a partition or the offset does not exist
     */
    void assign(String topic, List<Integer> partitions, StartOffset start) {
        TreeSet<Integer> known = new TreeSet<>();
        partitionsOf(topic).forEach(p -> known.add(p.partition()));
        if (known.isEmpty()) {
            throw CliException.failed("topic " + topic + " does not exist");
        }
        for (int partition : partitions) {
            if (!known.contains(partition)) {
                throw CliException.failed(
                        "topic " + topic + " has no partition " + partition + ": it has 0 to " + known.last());
            }
        }
        List<TopicPartition> assigned = (partitions.isEmpty() ? known : new TreeSet<>(partitions))
                .stream().map(p -> new TopicPartition(topic, p)).toList();
        consumer.assign(assigned);
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(assigned);
        ends = new HashMap<>(consumer.endOffsets(assigned));
        for (TopicPartition partition : assigned) {
            seek(partition, start, beginnings.get(partition));
        }
    }

    private List<PartitionInfo> partitionsOf(String topic) {
        try {
            List<PartitionInfo> partitions = consumer.partitionsFor(topic);
            return partitions == null ? List.of() : partitions;
        } catch (UnknownTopicOrPartitionException e) {
            return List.of();
        }
    }

    private void seek(TopicPartition partition, StartOffset start, long beginning) {
        try {
            consumer.seek(partition, start.in(beginning, ends.get(partition)));
        } catch (IllegalArgumentException e) {
            throw CliException.failed("partition " + partition.partition() + ": " + e.getMessage(), e);
        }
    }

    /**
     * Prints until told otherwise.
     *
     * @param max records to print; empty for no limit
     * @param exitAtEnd whether to end at what was the end of all partitions when they were assigned
     */
    void read(OptionalLong max, boolean exitAtEnd) {
        long left = max.orElse(Long.MAX_VALUE);
        while (left > 0 && !(exitAtEnd && isAtEnd())) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            for (ConsumerRecord<byte[], byte[]> record : records) {
                if (left == 0) {
                    break;
                }
                if (!exitAtEnd || record.offset() < end(record)) {
                    printer.print(record);
                    left--;
                }
            }
            printer.flush();
        }
    }

    private long end(ConsumerRecord<byte[], byte[]> record) {
        return ends.get(new TopicPartition(record.topic(), record.partition()));
    }

    private boolean isAtEnd() {
        return ends.entrySet().stream().allMatch(e -> consumer.position(e.getKey()) >= e.getValue());
    }
}
