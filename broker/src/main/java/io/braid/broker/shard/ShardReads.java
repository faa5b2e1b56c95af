package io.braid.broker.shard;

import io.braid.log.SharedLog;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/**
 * What clients may read of one shard: snapshots of its partitions, which other threads read from later, and the interests that
 * fetchers leave with them. A shard that is offline has resigned its roles, and so refuses all reads.
 *
 * <p>Owned by the shard thread; offsets are those of partitions.
 */
final class ShardReads implements Shards.Snapshots, Shards.InterestRemoval {
    private final SharedLog log;
    private final ShardReplica replica;
    private final ReaderNews news;

    ShardReads(SharedLog log, ShardReplica replica, ReaderNews news) {
        this.log = log;
        this.replica = replica;
        this.news = news;
    }

    @Override
    public PartitionSnapshot of(Uuid topicId, int partition, int clientLeaderEpoch, FetchInterest interest) {
        return snapshot(topicId, partition, clientLeaderEpoch, false, interest);
    }

    @Override
    public PartitionSnapshot readable(Uuid topicId, int partition, int clientLeaderEpoch, FetchInterest interest) {
        return snapshot(topicId, partition, clientLeaderEpoch, true, interest);
    }

    @Override
    public void remove(Uuid topicId, int partition, FetchInterest interest) {
        news.remove(topicId, partition, replica.find(topicId, partition), interest);
    }

    /**
     * The state of one partition for a reader; with {@code interest} the fetcher stays registered for news of it, unless the answer
     * is an error.
     *
     * @param clientLeaderEpoch -1 when the client names none
     * @param fromFollower whether a follower may answer, with what it knows to be committed (KIP-392)
     * @param interest null for a reader that does not wait
     */
    private PartitionSnapshot snapshot(
            Uuid topicId, int partition, int clientLeaderEpoch, boolean fromFollower, FetchInterest interest) {
        boolean leads = replica.leads();
        if (!leads && !(fromFollower && replica.isFollower())) {
            return PartitionSnapshot.failed(Errors.NOT_LEADER_OR_FOLLOWER, -1);
        }
        int epoch = replica.leaderEpoch();
        if (clientLeaderEpoch >= 0 && clientLeaderEpoch < epoch) {
            return PartitionSnapshot.failed(Errors.FENCED_LEADER_EPOCH, epoch);
        }
        if (clientLeaderEpoch > epoch) {
            return PartitionSnapshot.failed(Errors.UNKNOWN_LEADER_EPOCH, epoch);
        }
        int row = replica.find(topicId, partition);
        if (interest != null) {
            news.add(topicId, partition, row, interest);
        }
        boolean settled = replica.settled();
        if (row < 0) {
            return PartitionSnapshot.empty(epoch, settled, leads);
        }
        return new PartitionSnapshot(
                Errors.NONE,
                epoch,
                replica.logStartOffset(row),
                replica.highWatermark(row),
                settled,
                leads,
                Optional.of(log.view(row)));
    }
}
