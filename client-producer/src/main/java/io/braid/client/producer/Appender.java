package io.braid.client.producer;

import java.util.List;

/** Writes records into the open batches of their partitions. Guarded by the producer's lock. */
final class Appender {
    private static final int LISTENER_BYTES = 48; // a future and its place, about

    private final AccumulatorSettings settings;
    private final Leaders leaders;
    private final Pending pending;
    private long nextBatchId;

    /** Who leads a partition. */
    @FunctionalInterface
    interface Leaders {
        /** The broker's id, or {@link Lane#NO_BROKER}. */
        int of(TopicState topic, int partition);
    }

    Appender(AccumulatorSettings settings, Leaders leaders, Pending pending) {
        this.settings = settings;
        this.leaders = leaders;
        this.pending = pending;
    }

    /** Of the newest batch; batches have rising ids. */
    long lastBatchId() {
        return nextBatchId - 1;
    }

    /**
     * Writes a record.
     *
     * @param listener told how it ends, or null
     */
    Accumulator.Appended append(
            TopicState topic,
            int partition,
            long timestamp,
            byte[] key,
            byte[] value,
            List<RecordHeader> headers,
            Object listener,
            long nowNs) {
        PartitionState state = pending.get(topic, partition);
        if (listener != null && !pending.space.charge(LISTENER_BYTES)) {
            return Accumulator.Appended.NO_MEMORY;
        }
        Batch batch = state == null ? null : state.open;
        boolean closed = false;
        if (batch != null) {
            int body = RecordFormat.bodySize(batch.count, timestamp - batch.baseTimestamp, key, value, headers);
            int size = RecordFormat.sizeWithLength(body);
            if (batch.bytes + size <= settings.batchBytes()) {
                Run run = pending.space.next(state.lane, batch, size);
                if (run == null) {
                    return refused(listener);
                }
                RecordFormat.write(
                        run.chunk.writer().position(run.end),
                        body,
                        batch.count,
                        timestamp - batch.baseTimestamp,
                        key,
                        value,
                        headers);
                run.end += size;
                return added(state, batch, timestamp, size, listener, false);
            }
            pending.closeOpen(state);
            closed = true;
        }
        int body = RecordFormat.bodySize(0, 0, key, value, headers);
        int size = RecordFormat.sizeWithLength(body);
        Lane lane = state == null ? pending.lanes.to(leaders.of(topic, partition)) : state.lane;
        if (!pending.space.charge(Batch.HEAP_BYTES)) {
            return refused(listener);
        }
        Run run = pending.space.first(lane, BatchWriter.HEADER_BYTES + size);
        if (run == null) {
            pending.space.uncharge(Batch.HEAP_BYTES);
            return refused(listener);
        }
        if (state == null) {
            state = new PartitionState(topic, partition, lane);
            pending.add(state);
        }
        batch = new Batch(nextBatchId++, state, nowNs, timestamp);
        batch.first = run;
        batch.last = run;
        batch.bytes = BatchWriter.HEADER_BYTES;
        RecordFormat.write(
                run.chunk.writer().position(run.from + BatchWriter.HEADER_BYTES), body, 0, 0, key, value, headers);
        run.end += BatchWriter.HEADER_BYTES + size;
        pending.batches.add(batch);
        boolean first = lane.oldestOpen == null;
        lane.addOpen(batch);
        lane.openBytes += BatchWriter.HEADER_BYTES;
        state.open = batch;
        return added(state, batch, timestamp, size, listener, closed || first);
    }

    private Accumulator.Appended refused(Object listener) {
        if (listener != null) {
            pending.space.uncharge(LISTENER_BYTES);
        }
        return Accumulator.Appended.NO_MEMORY;
    }

    private Accumulator.Appended added(
            PartitionState state, Batch batch, long timestamp, int size, Object listener, boolean news) {
        Lane lane = state.lane;
        batch.added(timestamp, size, listener);
        batch.chargedBytes += listener == null ? 0 : LISTENER_BYTES;
        int openBefore = lane.openBytes;
        lane.openBytes += size;
        boolean filled = openBefore < settings.requestBytes() && lane.openBytes >= settings.requestBytes();
        return (news || filled) && lane.requestsInFlight < settings.maxRequestsInFlight()
                ? Accumulator.Appended.SEND
                : Accumulator.Appended.DONE;
    }
}
