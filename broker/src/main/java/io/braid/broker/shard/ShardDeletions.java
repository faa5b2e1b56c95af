package io.braid.broker.shard;

import io.braid.image.ClusterImage;
import io.braid.log.LogFullException;
import io.braid.log.LogStartAdvance;
import io.braid.log.RetentionPolicy;
import io.braid.log.RetentionScan;
import io.braid.log.SharedLog;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What ends data of a shard: log starts that are moved, topics that are deleted, retention. The leader writes each as an entry of the
 * log, behind the batches that were staged before it; it takes effect on every replica once it is committed.
 *
 * <p>Owned by the shard thread; what retention finds is looked for in the background.
 */
final class ShardDeletions {
    private static final Logger LOG = LoggerFactory.getLogger(ShardDeletions.class);

    private final ShardHost host;
    private final SharedLog log;
    private final ShardReplica replica;
    private final Acknowledgements acks;
    private final Executor background;

    private boolean retaining;

    ShardDeletions(ShardHost host, SharedLog log, ShardReplica replica, Acknowledgements acks, Executor background) {
        this.host = host;
        this.log = log;
        this.replica = replica;
        this.acks = acks;
        this.background = background;
    }

    /**
     * Moves a partition's log start; {@code answer} hears NONE once it has taken effect.
     *
     * @param newLogStart an offset, or a negative number for the high watermark
     */
    void moveLogStart(Uuid topicId, int partition, long newLogStart, long nowMs, Shards.LogStartAnswer answer) {
        host.appendStagedFirst(nowMs);
        int row = replica.find(topicId, partition);
        long target = newLogStart < 0 && row >= 0 ? replica.highWatermark(row) : newLogStart;
        if (host.leaderEpoch() < 0) {
            answer.answer(Errors.NOT_LEADER_OR_FOLLOWER, -1);
        } else if (row < 0) {
            answer.answer(target <= 0 ? Errors.NONE : Errors.OFFSET_OUT_OF_RANGE, target <= 0 ? 0 : -1);
        } else if (!replica.settled()) {
            answer.answer(Errors.OFFSET_NOT_AVAILABLE, -1);
        } else if (target > replica.highWatermark(row)) {
            answer.answer(Errors.OFFSET_OUT_OF_RANGE, -1);
        } else if (target <= replica.logStartOffset(row)) {
            answer.answer(Errors.NONE, replica.logStartOffset(row));
        } else {
            try {
                replica.appendLogStart(topicId, partition, target, nowMs);
                acks.whenCommitted(log.nextLsn(), new LogStartAck(target, answer));
                host.onControlEntry();
            } catch (LogFullException e) {
                answer.answer(Errors.KAFKA_STORAGE_ERROR, -1);
            } catch (IOException | RuntimeException e) {
                host.goOffline(e);
                answer.answer(Errors.KAFKA_STORAGE_ERROR, -1);
            }
        }
    }

    private record LogStartAck(long logStart, Shards.LogStartAnswer answer) implements WaitingAcks.Ack {
        @Override
        public void reached() {
            answer.answer(Errors.NONE, logStart);
        }

        @Override
        public void failed(Errors error) {
            answer.answer(error, -1);
        }
    }

    /** Ends a deleted topic's data in this shard, if it has any and this broker leads. */
    void deleteTopic(Uuid topicId, long nowMs) {
        host.appendStagedFirst(nowMs);
        if (host.leaderEpoch() < 0 || replica.isDying(topicId) || !hasData(topicId)) {
            return;
        }
        try {
            replica.appendTopicDeleted(topicId, nowMs);
            host.onControlEntry();
        } catch (LogFullException e) {
            LOG.warn(
                    "event=topic_deletion_deferred shard={} topic={} reason=\"{}\"",
                    host.shardId(),
                    topicId,
                    e.getMessage());
        } catch (IOException | RuntimeException e) {
            host.goOffline(e);
        }
    }

    /** Ends the data of every topic that has some here and is not in the image; the image must know of our leadership. */
    void deleteTopicsMissingIn(ClusterImage image, long nowMs) {
        if (host.leaderEpoch() >= 0) {
            for (Uuid topic : topics()) {
                if (image.topic(topic).isEmpty()) {
                    deleteTopic(topic, nowMs);
                }
            }
        }
    }

    /** Looks for data past its retention in the background, then moves the log starts found. */
    void retain(RetentionPolicy policy, long nowMs) {
        if (retaining || host.offline()) {
            return;
        }
        RetentionScan scan = log.retentionScan();
        if (host.leaderEpoch() < 0) {
            background.execute(() -> scan.capRoll(policy));
            return;
        }
        retaining = true;
        background.execute(() -> {
            List<LogStartAdvance> found = found(scan, policy, nowMs);
            host.thread().submitSurely(later -> {
                retaining = false;
                for (LogStartAdvance a : found) {
                    Uuid id = new Uuid(a.topicIdMsb(), a.topicIdLsb());
                    moveLogStart(id, a.partition(), a.newLogStart(), later, (error, logStart) -> {});
                }
            });
        });
    }

    /** Background thread. */
    private List<LogStartAdvance> found(RetentionScan scan, RetentionPolicy policy, long nowMs) {
        try {
            return scan.run(policy, nowMs);
        } catch (ClosedChannelException e) {
            return List.of(); // the log was closed meanwhile
        } catch (IOException | RuntimeException e) {
            LOG.warn("event=retention_scan_failed shard={}", host.shardId(), e);
            return List.of();
        }
    }

    private List<Uuid> topics() {
        Set<Uuid> ids = new LinkedHashSet<>();
        log.partitions()
                .forEach(row -> ids.add(new Uuid(
                        log.partitions().topicIdMsb(row), log.partitions().topicIdLsb(row))));
        return List.copyOf(ids);
    }

    private boolean hasData(Uuid topicId) {
        boolean[] found = new boolean[1];
        log.partitions()
                .forEachOfTopic(
                        topicId.getMostSignificantBits(), topicId.getLeastSignificantBits(), row -> found[0] = true);
        return found[0];
    }
}
