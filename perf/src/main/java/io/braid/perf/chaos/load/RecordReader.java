package io.braid.perf.chaos.load;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * A consumer of either library, as readers and members of groups use it. Owned by one thread. Errors are KafkaExceptions, and those
 * that say that a position is not in the log are {@link PositionLostException}s.
 */
interface RecordReader extends AutoCloseable {

    /** Reads these; each needs a position. */
    void assign(Collection<TopicPartition> partitions);

    void seek(TopicPartition partition, long offset);

    /** Takes part in the group of the settings. */
    void subscribe(String topic, Assignments assignments);

    /**
     * Waits for records.
     *
     * @return records of each partition in the order in which they came; none is empty
     */
    Map<Integer, List<Read>> poll(Duration timeout);

    /**
     * Commits and waits for it, ten seconds at most.
     *
     * @param nextOffsets offsets that are read next
     */
    void commit(Map<TopicPartition, Long> nextOffsets);

    /** The offsets behind the last record that may be read; waits fifteen seconds at most. */
    Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions);

    /** Leaves its group, or says nothing, as it was made to. */
    @Override
    void close();

    /** A record that was read. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Read(long offset, byte[] value) {}

    /** Hears of assignments, within poll and close. */
    interface Assignments {
        void onAssigned(Collection<TopicPartition> partitions);

        /** Given up in order, or lost. */
        void onRevoked(Collection<TopicPartition> partitions);
    }

    /** A position, though read before, is not in the log: a log was cut off, or is shorter than it was. */
    final class PositionLostException extends KafkaException {
        private static final long serialVersionUID = 1L;

        PositionLostException(KafkaException cause) {
            super(cause);
        }
    }
}
