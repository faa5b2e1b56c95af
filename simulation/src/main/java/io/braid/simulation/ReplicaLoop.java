package io.braid.simulation;

import io.braid.broker.shard.FollowerPosition;
import io.braid.broker.shard.ReplicaFetch;
import org.apache.kafka.common.protocol.Errors;

/**
 * A follower's fetching of one shard: one fetch after the other, each again when no answer comes. Answers that come late or
 * twice are applied too; the core must cope.
 */
final class ReplicaLoop {
    private static final long TIMEOUT_MS = 1_200;
    private static final long BACKOFF_MS = 100;
    private static final int MAX_BYTES = 1 << 20;

    private final Cluster cluster;
    private final SimBroker broker;
    private final SimShard shard;
    private long round;
    private int leader = -1;
    private int leaderEpoch = -1;
    /** Stands for the snapshot copy that is under way; null when there is none. */
    private Object copying;

    ReplicaLoop(Cluster cluster, SimBroker broker, SimShard shard) {
        this.cluster = cluster;
        this.broker = broker;
        this.shard = shard;
    }

    /** The shard's assignment may have changed. */
    void onAssigned() {
        FollowerPosition position = shard.position();
        boolean follows = position.leaderId() >= 0
                && (position.error() == Errors.NONE || position.error() == Errors.OFFSET_OUT_OF_RANGE);
        if (!follows) {
            leader = -1;
            leaderEpoch = -1;
            copying = null;
            round++;
        } else if (position.leaderId() != leader || position.leaderEpoch() != leaderEpoch) {
            leader = position.leaderId();
            leaderEpoch = position.leaderEpoch();
            copying = null;
            round++;
            // Now and then it takes a while until there is a connection.
            long connectMs = cluster.chance.percent(20) ? cluster.chance.between(50, 700) : 0;
            broker.after(connectMs, this::fetch);
        }
    }

    /** The shard is no longer here. */
    void stop() {
        leader = -1;
        leaderEpoch = -1;
        copying = null;
        round++;
    }

    /** Asks anew, whatever is on its way. */
    void fetch() {
        if (copying != null) {
            return;
        }
        long mine = ++round;
        FollowerPosition position = shard.position();
        if (position.error() == Errors.OFFSET_OUT_OF_RANGE && position.leaderId() >= 0) {
            copy(position.leaderId());
        }
        if (!position.follows()) {
            return;
        }
        int to = position.leaderId();
        ReplicaFetch fetch = position.fetch(broker.id(), broker.session().brokerEpoch(), MAX_BYTES);
        cluster.network.send(broker.machine(), to, () -> {
            SimBroker target = cluster.broker(to);
            if (target != null) {
                target.run(() -> target.serve(
                        fetch,
                        answer -> cluster.network.send(
                                to, broker.machine(), () -> broker.run(() -> onAnswer(mine, answer)))));
            }
        });
        broker.afterUnless(TIMEOUT_MS, () -> mine != round, this::fetch);
    }

    private void onAnswer(long mine, SimShard.Answer answer) {
        shard.apply(answer);
        if (mine != round) {
            return;
        }
        if (answer.answer().error() == Errors.NONE) {
            fetch();
            return;
        }
        long now = ++round;
        if (answer.answer().error() == Errors.OFFSET_OUT_OF_RANGE) {
            copy(leader);
        } else {
            again(now);
        }
    }

    /** Has the log replaced; fetches nothing meanwhile. */
    private void copy(int from) {
        cluster.trace.log("shard %d: broker %d needs a snapshot", shard.shardId(), broker.id());
        Object mine = new Object();
        copying = mine;
        round++;
        new SnapshotCopy(
                        cluster,
                        broker,
                        shard.shardId(),
                        from,
                        disk -> {
                            if (copying == mine) {
                                copying = null;
                                broker.install(shard.shardId(), disk);
                            }
                        },
                        () -> {
                            if (copying == mine) {
                                copying = null;
                                again(round);
                            }
                        })
                .start();
    }

    private void again(long since) {
        broker.afterUnless(BACKOFF_MS, () -> since != round, this::fetch);
    }
}
