package io.braid.perf.measure;

import java.time.Duration;
import java.util.Collection;
import org.apache.kafka.common.TopicPartition;

/** A consumer of either library, reduced to what loads need; see {@link ClientKind#consumer}. Owned by one thread. */
public interface LoadConsumer extends AutoCloseable {

    /** Reads these from their beginnings on, and no others. */
    void assign(Collection<TopicPartition> partitions);

    /**
     * Waits for records and passes them on, in the order of each partition.
     *
     * @param timeout how long it waits when there are none
     * @return how many came
     */
    int poll(Duration timeout, RecordVisitor visitor);

    @Override
    void close();

    /** Gets records, on the thread that polls. */
    @FunctionalInterface
    interface RecordVisitor {
        void onRecord(String topic, int partition, long offset, byte[] value);
    }
}
