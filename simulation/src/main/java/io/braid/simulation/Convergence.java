package io.braid.simulation;

import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import java.util.ArrayList;
import java.util.List;

/** What must become true once nothing breaks any more; {@link #missing} names what is not yet. */
final class Convergence {
    private final Cluster cluster;

    Convergence(Cluster cluster) {
        this.cluster = cluster;
    }

    /** Whether every replica that is sure to have what was acknowledged is gone: only an operator can help the shard. */
    static boolean offline(ShardImage shard) {
        return shard.isr().isEmpty();
    }

    /** Empty when the cluster is whole, all that was written is acknowledged, copied and read. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        if (!cluster.ready()) {
            missing.add("a leading controller that knows every broker, unfenced");
            return missing;
        }
        ClusterImage image = cluster.quorum.leader().image();
        for (int id : cluster.brokerIds()) {
            SimBroker broker = cluster.broker(id);
            if (broker == null || broker.session().image().version() != image.version()) {
                missing.add("broker " + id + " with the newest image");
            }
        }
        if (missing.isEmpty()) {
            image.shards().forEach(shard -> missing(shard, missing));
            clients(missing);
        }
        return missing;
    }

    private void missing(ShardImage shard, List<String> missing) {
        if (shard.leader() == ShardImage.NO_LEADER) {
            missing.add("a leader of " + shard);
            return;
        }
        if (shard.moving()) {
            missing.add("an end of the move of " + shard);
        }
        if (shard.isr().size() < shard.replicas().size()) {
            missing.add("every replica in sync in " + shard);
        }
        List<LogEntry> committed = cluster.oracle.shard(shard.id()).lost()
                ? cluster.machine(shard.leader()).disk(shard.id()).live()
                : cluster.oracle.shard(shard.id()).committed();
        for (int replica : shard.replicas()) {
            SimShard holder = cluster.broker(replica).shard(shard.id());
            List<LogEntry> log = cluster.machine(replica).disk(shard.id()).live();
            boolean same = log.size() == committed.size()
                    && (log.isEmpty() || log.get(log.size() - 1).sameAs(committed.get(committed.size() - 1)));
            if (!same || holder == null || holder.replica().commitLsn() != committed.size()) {
                missing.add("at broker " + replica + " all " + committed.size() + " committed entries of shard "
                        + shard.id() + ", not " + log.size() + " of which "
                        + (holder == null ? "none" : holder.replica().commitLsn()) + " known to be committed");
            }
        }
    }

    private void clients(List<String> missing) {
        for (SimClient client : cluster.clients()) {
            for (ModelProducer producer : client.producers()) {
                if (!cluster.oracle.shardOf(producer.partition()).lost() && !producer.idle()) {
                    missing.add(producer.toString());
                }
            }
            for (ModelConsumer consumer : client.consumers()) {
                long end = cluster.oracle.shardOf(consumer.partition()).nextOffset(consumer.partition());
                if (!cluster.oracle.shardOf(consumer.partition()).lost() && consumer.position() < end) {
                    missing.add(
                            "a consumer of p" + consumer.partition() + " at " + end + ", not " + consumer.position());
                }
            }
        }
    }
}
