package io.braid.broker.shard;

import io.braid.log.SharedLog;
import org.apache.kafka.common.Uuid;

/**
 * The news of a shard's partitions, for the fetchers that wait for them: what has become committed, and that something else changed
 * for which they must look again. A partition's row names it only until it is removed or the log is truncated, so that no
 * interest is kept under its row for longer.
 *
 * <p>Owned by the shard thread. A batch that nobody wants to hear of costs one look into a map.
 */
final class ReaderNews implements CommitListener {
    private final SharedLog log;
    private final FetchInterests interests = new FetchInterests();

    ReaderNews(SharedLog log) {
        this.log = log;
    }

    /** The fetcher hears of the partition from now on; {@code row} is -1 while it has no data. */
    void add(Uuid topicId, int partition, int row, FetchInterest interest) {
        interests.add(topicId, partition, row, interest);
    }

    /** The fetcher hears of the partition no more. */
    void remove(Uuid topicId, int partition, int row, FetchInterest interest) {
        interests.remove(topicId, partition, row, interest);
    }

    /** The core commits an append of a shard without other members at once, and says nothing of it to its listener. */
    void onAppendCommitted(PartitionAppend append) {
        interests.data(
                append.topicId(),
                append.partition(),
                append.row(),
                append.batch().remaining());
    }

    /** Who leads the shard has changed, or its log is of no use: all look again. */
    void onRoleChanged() {
        interests.forEach(FetchInterest::onChange);
    }

    /** The log was truncated: all look again, and are forgotten, as rows may have other numbers. */
    void onTruncated() {
        interests.forEach(FetchInterest::onChange);
        interests.clear();
    }

    @Override
    public void onAdvance(int partitionRow, int bytes) {
        if (interests.has(partitionRow)) {
            Uuid topicId = new Uuid(
                    log.partitions().topicIdMsb(partitionRow), log.partitions().topicIdLsb(partitionRow));
            interests.data(topicId, log.partitions().partition(partitionRow), partitionRow, bytes);
        }
    }

    @Override
    public void onHighWatermarksKnown() {
        interests.forEach(FetchInterest::onChange);
    }

    @Override
    public void onRowRemoved(int partitionRow) {
        interests.rowRemoved(partitionRow);
    }
}
