package io.braid.broker.cli;

import io.braid.client.consumer.ConsumerRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;

/** Reads partitions of a topic and prints their records. Confined to one thread. */
final class TopicReader {

    private static final Duration POLL = Duration.ofMillis(250);

    private final RecordSource source;
    private final RecordPrinter printer;
    private Map<TopicPartition, Long> ends = Map.of();

    TopicReader(RecordSource source, RecordPrinter printer) {
        this.source = source;
        this.printer = printer;
    }

    /**
     * Says what to read.
     *
     * @param partitions empty for all
     * @throws CliException when the topic, a partition or the offset does not exist
     */
    void assign(String topic, List<Integer> partitions, StartOffset start) {
        int count = source.partitionCount(topic)
                .orElseThrow(() -> CliException.failed("topic " + topic + " does not exist"));
        for (int partition : partitions) {
            if (partition < 0 || partition >= count) {
                throw CliException.failed(
                        "topic " + topic + " has no partition " + partition + ": it has 0 to " + (count - 1));
            }
        }
        IntStream wanted = partitions.isEmpty()
                ? IntStream.range(0, count)
                : partitions.stream().mapToInt(p -> p).sorted().distinct();
        List<TopicPartition> assigned =
                wanted.mapToObj(p -> new TopicPartition(topic, p)).toList();
        source.assign(assigned);
        Map<TopicPartition, Long> beginnings = source.beginningOffsets(assigned);
        ends = new HashMap<>(source.endOffsets(assigned));
        for (TopicPartition partition : assigned) {
            seek(partition, start, beginnings.get(partition));
        }
    }

    private void seek(TopicPartition partition, StartOffset start, long beginning) {
        try {
            source.seek(partition, start.in(beginning, ends.get(partition)));
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
            for (ConsumerRecord<byte[], byte[]> record : source.poll(POLL)) {
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
        return ends.get(record.topicPartition());
    }

    private boolean isAtEnd() {
        return ends.entrySet().stream().allMatch(e -> source.position(e.getKey()) >= e.getValue());
    }
}
