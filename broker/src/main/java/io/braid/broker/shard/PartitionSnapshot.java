package io.braid.broker.shard;

import io.braid.log.PartitionView;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/**
 * What a read needs to know of one partition, taken on the shard thread at one moment. Immutable.
 *
 * @param error          why the partition cannot be read here, or NONE
 * @param leaderEpoch    the shard's leader epoch as this broker knows it, -1 when unknown
 * @param logStartOffset first offset that exists
 * @param highWatermark  first offset that consumers may not see
 * @param view           the stored batches, empty while the partition has never had one
 */
public record PartitionSnapshot(
        Errors error, int leaderEpoch, long logStartOffset, long highWatermark, Optional<PartitionView> view) {
    static PartitionSnapshot failed(Errors error, int leaderEpoch) {
        return new PartitionSnapshot(error, leaderEpoch, -1, -1, Optional.empty());
    }

    /** A partition without data: nothing is stored of it. */
    static PartitionSnapshot empty(int leaderEpoch) {
        return new PartitionSnapshot(Errors.NONE, leaderEpoch, 0, 0, Optional.empty());
    }
}
