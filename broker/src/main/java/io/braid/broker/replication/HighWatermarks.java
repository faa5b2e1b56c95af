package io.braid.broker.replication;

import io.braid.broker.replication.message.HighWatermarksRequest.Partition;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** High watermarks of partitions, here or at other brokers. Thread-safe; nothing blocks. */
@FunctionalInterface
public interface HighWatermarks {
    /**
     * Asks a broker for high watermarks of partitions that it leads.
     *
     * @return one for each partition, in order, or {@link io.braid.broker.replication.message.HighWatermarksResponse#UNKNOWN}; fails
     *     with an IOException or a TimeoutException when the broker is not reached
     */
    CompletableFuture<List<Long>> ask(int brokerId, List<Partition> partitions);
}
