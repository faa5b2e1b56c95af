package io.braid.client.producer;

import java.util.Collection;
import org.agrona.collections.Long2ObjectHashMap;

/** What is not acknowledged yet: partitions that have batches, the batches, and the lanes that they wait in. Guarded by the producer's lock. */
final class Pending {
    final Lanes lanes;
    final BatchList batches = new BatchList();
    final RecordSpace space;
    private final Long2ObjectHashMap<PartitionState> partitions = new Long2ObjectHashMap<>();

    Pending(Lanes lanes, RecordSpace space) {
        this.lanes = lanes;
        this.space = space;
    }

    /** Null when the partition has nothing pending. */
    PartitionState get(TopicState topic, int partition) {
        return partitions.get(PartitionState.key(topic.index, partition));
    }

    void add(PartitionState state) {
        partitions.put(state.key(), state);
    }

    void remove(PartitionState state) {
        partitions.remove(state.key());
    }

    Collection<PartitionState> partitions() {
        return partitions.values();
    }

    /** Takes no more records into a partition's open batch, which waits for being sent from then on. */
    void closeOpen(PartitionState state) {
        Batch batch = state.open;
        state.open = null;
        state.lane.removeOpen(batch);
        state.enqueue(batch);
        list(state);
    }

    /** Puts a partition at the end of those that have something to send, if it has. */
    void list(PartitionState state) {
        if (!state.listed && !state.delayed && state.hasQueued() && !state.blocked()) {
            state.listed = true;
            state.lane.ready.addLast(state);
        }
    }

    /** Gives back all that a batch holds. */
    void release(Batch batch) {
        batches.remove(batch);
        space.release(batch);
    }
}
