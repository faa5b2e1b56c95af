package io.braid.broker.shard;

import io.braid.log.CorruptRunException;
import io.braid.log.LogFullException;
import io.braid.log.SharedLog;
import java.io.IOException;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shard's replica as it follows: where it goes on, and what it takes of its leader's answers. Entries that are damaged, or that the
 * disk has no room for, are asked for again; any other fault takes the shard offline. Owned by the shard thread.
 */
final class ReplicaFollowing {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaFollowing.class);

    private final ShardHost host;
    private final SharedLog log;
    private final ShardReplica replica;
    private final ReaderNews news;

    ReplicaFollowing(ShardHost host, SharedLog log, ShardReplica replica, ReaderNews news) {
        this.host = host;
        this.log = log;
        this.replica = replica;
        this.news = news;
    }

    /** Where to go on. */
    FollowerPosition position() {
        if (host.offline()) {
            return FollowerPosition.failed(host.shardId(), Errors.KAFKA_STORAGE_ERROR);
        }
        FollowerPosition position = replica.position();
        // A hole that is not at the end is not filled by what comes behind it.
        boolean hole = log.lostEntries()
                .filter(lost -> lost.toLsn() > lost.fromLsn() && lost.fromLsn() < replica.nextLsn())
                .isPresent();
        return hole && position.error() == Errors.NONE ? position.failed(Errors.OFFSET_OUT_OF_RANGE) : position;
    }

    /** Takes a leader's answer and owns its entries; returns where to go on, also when the answer did not fit. */
    FollowerPosition apply(ReplicaAnswer answer, long nowMs) {
        if (host.offline()) {
            answer.entries().release();
            return position();
        }
        boolean fitted = replica.position().error() == Errors.NONE;
        try {
            if (replica.apply(answer, nowMs)) {
                LOG.info(
                        "event=truncated shard={} to={} epoch={}",
                        host.shardId(),
                        replica.nextLsn(),
                        answer.leaderEpoch());
                news.onTruncated();
            }
        } catch (CorruptRunException | LogFullException e) {
            LOG.warn("event=replica_append_refused shard={} reason=\"{}\"", host.shardId(), e.getMessage());
            return position().failed(Errors.UNKNOWN_SERVER_ERROR);
        } catch (IOException | RuntimeException e) {
            host.goOffline(e);
            return position();
        }
        if (fitted && replica.position().error() == Errors.OFFSET_OUT_OF_RANGE) {
            LOG.error(
                    "event=committed_entries_missing_at_leader shard={} leader={} epoch={} committed={} end={}",
                    host.shardId(),
                    answer.leaderId(),
                    answer.leaderEpoch(),
                    replica.commitLsn(),
                    replica.nextLsn());
        }
        host.onReplicated();
        return position();
    }
}
