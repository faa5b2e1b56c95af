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
 * @param settled        whether the high watermark is at or above all that clients have ever seen of it (KIP-207); false on a
 *                       follower, and on a new leader until the start of its epoch is committed
 * @param leads          whether this broker leads the shard; a follower may simply not have yet what it is asked for
 * @param view           the stored batches, empty while the partition has never had one
 */
public record PartitionSnapshot(
        Errors error,
        int leaderEpoch,
        long logStartOffset,
        long highWatermark,
        boolean settled,
        boolean leads,
        Optional<PartitionView> view) {
    static PartitionSnapshot failed(Errors error, int leaderEpoch) {
        return new PartitionSnapshot(error, leaderEpoch, -1, -1, false, false, Optional.empty());
    }

    /** A partition without data: nothing is stored of it. */
    static PartitionSnapshot empty(int leaderEpoch, boolean settled, boolean leads) {
        return new PartitionSnapshot(Errors.NONE, leaderEpoch, 0, 0, settled, leads, Optional.empty());
    }

    /** First offset that no batch here has; consumers may see less. */
    public long logEndOffset() {
        return view.map(PartitionView::nextOffset).orElse(highWatermark);
    }

    /** Why a consumer's fetch offset is refused, or NONE. */
    public Errors check(long fetchOffset) {
        if (error != Errors.NONE) {
            return error;
        }
        if (fetchOffset < logStartOffset) {
            // What moved the log start may be in the log of a new leader and not be committed: it may still be taken
            // back.
            return leads && !settled ? Errors.OFFSET_NOT_AVAILABLE : Errors.OFFSET_OUT_OF_RANGE;
        }
        if (fetchOffset > (leads ? logEndOffset() : highWatermark)) {
            return leads ? Errors.OFFSET_OUT_OF_RANGE : Errors.OFFSET_NOT_AVAILABLE;
        }
        return Errors.NONE;
    }
}
