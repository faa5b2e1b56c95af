package io.braid.broker.cli;

import io.braid.client.consumer.ConsumerRecord;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.kafka.common.TopicPartition;

/** Gives records of a cluster; which client library reads them is its own matter. Used by one thread; every method may block. */
interface RecordSource extends AutoCloseable {
    /** How many partitions a topic has; empty when it does not exist. */
    OptionalInt partitionCount(String topic);

    void assign(Collection<TopicPartition> partitions);

    Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions);

    Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions);

    void seek(TopicPartition partition, long offset);

    /** What there is, or comes within the time. */
    Iterable<ConsumerRecord<byte[], byte[]>> poll(Duration timeout);

    /** The offset of the next record. */
    long position(TopicPartition partition);

    @Override
    void close();
}
