package io.braid.broker.handler;

import io.braid.image.TopicImage;
import java.util.AbstractList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.RandomAccess;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.protocol.Errors;

/**
 * The partitions of a topic in a Metadata response, made from the placement and the shard table while they are
 * encoded: a topic of any size costs the encoder's output and nothing else.
 *
 * <p>Immutable. {@link #get} makes an object of its own; an iterator reuses one object for all elements, which is what
 * the generated encoders need, and no more.
 */
final class MetadataPartitions extends AbstractList<MetadataResponsePartition> implements RandomAccess {

    private final ListenerView view;
    private final TopicImage topic;
    private final short version;

    MetadataPartitions(ListenerView view, TopicImage topic, short version) {
        this.view = view;
        this.topic = topic;
        this.version = version;
    }

    @Override
    public int size() {
        return topic.partitionCount();
    }

    @Override
    public MetadataResponsePartition get(int index) {
        return fill(new MetadataResponsePartition(), index);
    }

    @Override
    public Iterator<MetadataResponsePartition> iterator() {
        MetadataResponsePartition reused = new MetadataResponsePartition();
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < size();
            }

            @Override
            public MetadataResponsePartition next() {
                if (next >= size()) {
                    throw new NoSuchElementException();
                }
                return fill(reused, next++);
            }
        };
    }

    private MetadataResponsePartition fill(MetadataResponsePartition partition, int index) {
        ListenerView.Shard shard = view.shard(topic.shardOf(index));
        boolean onlyAlive = version == 0;
        List<Integer> replicas = onlyAlive ? alive(shard.replicas()) : shard.replicas();
        List<Integer> isr = onlyAlive ? alive(shard.isr()) : shard.isr();
        boolean somethingLeftOut = replicas.size() < shard.replicas().size()
                || isr.size() < shard.isr().size();
        return partition
                .setErrorCode(errorOf(shard, somethingLeftOut).code())
                .setPartitionIndex(index)
                .setLeaderId(shard.leader())
                .setLeaderEpoch(shard.leaderEpoch())
                .setReplicaNodes(replicas)
                .setIsrNodes(isr)
                .setOfflineReplicas(shard.offline());
    }

    /** Versions before 6 do not know LISTENER_NOT_FOUND, and version 0 flags replicas that it leaves out. */
    private Errors errorOf(ListenerView.Shard shard, boolean somethingLeftOut) {
        if (shard.error() == Errors.LISTENER_NOT_FOUND && version < 6) {
            return Errors.LEADER_NOT_AVAILABLE;
        }
        return shard.error() == Errors.NONE && somethingLeftOut ? Errors.REPLICA_NOT_AVAILABLE : shard.error();
    }

    private List<Integer> alive(List<Integer> brokers) {
        for (int broker : brokers) {
            if (!view.isAlive(broker)) {
                return brokers.stream().filter(view::isAlive).toList();
            }
        }
        return brokers;
    }
}
