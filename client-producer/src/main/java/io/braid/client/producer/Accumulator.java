package io.braid.client.producer;

import io.braid.client.routing.RoutingTable;
import io.braid.client.routing.ShardTable;
import io.braid.client.routing.TopicRoute;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.protocol.Errors;

/**
 * What is sent next, to whom, in which order, and what becomes of it. Pure: it knows no clock, thread or socket; time comes
 * in, batches and outcomes go out. Guarded by the producer's lock.
 *
 * <p><b>Memory.</b> Records are written, in their final form, into chunks that all partitions of a broker share. A partition
 * with one record takes that record's bytes and a header; one with many gets longer and longer runs.
 *
 * <p><b>Order.</b> Batches of a partition carry consecutive sequence numbers, given out when they are first sent, and are never
 * sent past one another (see {@link PartitionState}). A batch keeps its number through all attempts, so that a broker
 * recognises what it has. When a broker says that a batch is not next, and none before it is on its way, the batch cannot have
 * been appended: the producer then goes to the next epoch, where the partition begins at 0 (KIP-360).
 */
final class Accumulator {

    private final AccumulatorSettings settings;
    private final RecordSpace space;
    private final Lanes lanes;
    private final BatchList batches;
    private final Pending pending;
    private final Appender appender;
    private final Pauses pauses;
    private final List<TopicState> topics = new ArrayList<>();
    private final List<Finished> finished = new ArrayList<>();
    private RoutingTable table = RoutingTable.EMPTY;
    private ProducerIdentity identity = ProducerIdentity.NONE;
    private long flushTarget = -1;
    private int waiters;
    private long drains;

    /** @param jitter a random number from 0 to below its argument */
    Accumulator(AccumulatorSettings settings, BufferPool pool, IntUnaryOperator jitter) {
        this.settings = settings;
        this.space = new RecordSpace(pool, settings.batchBytes());
        this.pending = new Pending(new Lanes(settings), space);
        this.lanes = pending.lanes;
        this.batches = pending.batches;
        this.appender = new Appender(settings, this::leader, pending);
        this.pauses = new Pauses(settings, jitter);
    }

    // ---- records in

    /** What became of an append. */
    enum Appended {
        /** Nothing needs to be done. */
        DONE,
        /** There is something to send that nobody knows of. */
        SEND,
        /** There is no memory: nothing was written. */
        NO_MEMORY
    }

    TopicState newTopic(TopicRoute route) {
        TopicState topic = new TopicState(topics.size(), route);
        topics.add(topic);
        return topic;
    }

    /**
     * Writes a record.
     *
     * @param listener told how it ends, or null
     */
    Appended append(
            TopicState topic,
            int partition,
            long timestamp,
            byte[] key,
            byte[] value,
            List<RecordHeader> headers,
            Object listener,
            long nowNs) {
        return appender.append(topic, partition, timestamp, key, value, headers, listener, nowNs);
    }

    // ---- batches out

    /** A copy. */
    List<Lane> lanes() {
        return lanes.all();
    }

    /** Whether there are batches whose leader is not known. */
    boolean hasHomeless() {
        return lanes.hasHomeless();
    }

    /** Whether there is anything that is not acknowledged. */
    boolean hasUnfinished() {
        return !batches.isEmpty();
    }

    /**
     * The batches of the next request to a broker, one for each of some partitions; they are in flight from then on. None when
     * nothing is to be sent now.
     */
    List<Batch> drain(Lane lane, long nowNs) {
        if (identity.equals(ProducerIdentity.NONE)
                || lane.broker == Lane.NO_BROKER
                || lane.requestsInFlight >= settings.maxRequestsInFlight()
                || (lane.muted && lane.mutedUntilNs - nowNs > 0)) {
            return List.of();
        }
        lane.muted = false;
        closeDue(lane, nowNs);
        List<Batch> taken = new ArrayList<>(Math.min(lane.ready.size(), 1024));
        long drain = ++drains;
        int bytes = 0;
        for (int left = lane.ready.size(); left > 0; left--) {
            PartitionState state = lane.ready.pollFirst();
            if (state.lane != lane) {
                continue; // moved on, and listed there
            }
            state.listed = false;
            if (!state.hasQueued() || state.blocked() || state.delayed || state.drainedBy == drain) {
                continue;
            }
            if (bytes > 0 && bytes + state.head().bytes > settings.requestBytes()) {
                state.listed = true;
                lane.ready.addFirst(state);
                break;
            }
            Batch batch = state.dequeue();
            bytes += batch.bytes;
            send(state, batch);
            state.drainedBy = drain;
            taken.add(batch);
            pending.list(state);
        }
        if (!taken.isEmpty()) {
            lane.requestsInFlight++;
        }
        return taken;
    }

    private void send(PartitionState state, Batch batch) {
        if (!batch.sequenced()) {
            if (state.inFlight == 0 && !state.identity.equals(identity)) {
                // Nothing of an earlier epoch is left: the partition goes on in the present one.
                state.identity = identity;
                state.nextSequence = state.topic.sequences.get(state.partition);
                state.lastAcknowledged = -1;
            }
            batch.identity = state.identity;
            batch.sequence = state.nextSequence;
            state.nextSequence = Sequences.next(state.nextSequence, batch.count);
        }
        batch.attempts++;
        batch.inFlight = true;
        state.inFlight++;
        state.sentTo = state.lane;
    }

    /** Closes the open batches whose time has come, at most a request full of them at once. */
    private void closeDue(Lane lane, long nowNs) {
        boolean idle = settings.adaptive() && lane.requestsInFlight == 0;
        boolean full = lane.openBytes >= settings.requestBytes();
        int closed = 0;
        Batch batch = lane.oldestOpen;
        while (batch != null && closed < settings.requestBytes()) {
            Batch next = batch.nextOpen;
            boolean due = idle
                    || full
                    || waiters > 0
                    || batch.id <= flushTarget
                    || nowNs - batch.createdNs >= settings.lingerNs();
            if (!due) {
                break; // the others are younger
            }
            if (!batch.partition.blocked() && !batch.partition.hasQueued() && !batch.partition.delayed) {
                closed += batch.bytes;
                pending.closeOpen(batch.partition);
            }
            batch = next;
        }
    }

    /** A request to the broker was answered, or is lost. */
    void requestDone(Lane lane) {
        lane.requestsInFlight--;
    }

    /** When something becomes due by itself, in nanoseconds from now; Long.MAX_VALUE for never. */
    long nextInNs(long nowNs) {
        Batch untold = batches.oldestUntold();
        long next = untold == null ? Long.MAX_VALUE : untold.createdNs + settings.deliveryNs() - nowNs;
        next = Math.min(next, pauses.nextInNs(nowNs));
        next = Math.min(next, lanes.nextInNs(nowNs));
        return Math.max(0, next);
    }

    /** Lets partitions go on whose pause is over. */
    void wakeDelayed(long nowNs) {
        PartitionState state;
        while ((state = pauses.takeOver(nowNs)) != null) {
            pending.list(state);
        }
    }

    // ---- outcomes

    void succeeded(Batch batch, long baseOffset, long logAppendTimeMs, long nowNs) {
        PartitionState state = returned(batch);
        state.failures = 0;
        int lastSequence = Sequences.next(batch.sequence, batch.count - 1);
        if (state.lastAcknowledged < 0 || Sequences.before(state.lastAcknowledged, lastSequence)) {
            state.lastAcknowledged = lastSequence;
        }
        tell(batch, baseOffset, logAppendTimeMs, null);
        pending.release(batch);
        settle(state, nowNs);
    }

    /** What a broker answered that is no success. */
    void failed(Batch batch, Errors error, String message, long nowNs) {
        PartitionState state = returned(batch);
        RuntimeException failure = message == null ? error.exception() : error.exception(message);
        batch.lastError = failure;
        if (batch.told) { // it expired on its way
            pending.release(batch);
            settle(state, nowNs);
            return;
        }
        Verdict verdict = Verdict.of(error, batch);
        batch.inDoubt |= Verdict.mayBeAppended(error);
        switch (verdict) {
            case DONE -> {
                tell(batch, RecordMetadata.UNKNOWN_OFFSET, -1, null);
                pending.release(batch);
            }
            case RETRY -> state.retry(batch);
            case NOT_NEXT -> {
                if (state.lastAcknowledged >= 0 && Sequences.before(batch.sequence, state.lastAcknowledged)) {
                    // What comes after it is there, and there are no gaps: an earlier attempt was appended, too long
                    // ago for
                    // the broker to recognise this one.
                    tell(batch, RecordMetadata.UNKNOWN_OFFSET, -1, null);
                    pending.release(batch);
                } else {
                    batch.outOfOrder = true;
                    state.retry(batch);
                }
            }
            case SPLIT -> split(state, batch);
            case FAIL -> {
                boolean lastSent = Sequences.next(batch.sequence, batch.count) == state.nextSequence;
                if (batch.attempts == 1 && lastSent && state.inFlight == 0 && state.retries == null) {
                    state.nextSequence = batch.sequence; // it was never appended, and nothing came after it
                }
                tell(batch, -1, -1, failure);
                pending.release(batch);
            }
        }
        settle(state, nowNs);
    }

    /** The connection was lost, or the answer did not come: whether the broker has the batch is not known. */
    void lost(Batch batch, RuntimeException cause, long nowNs) {
        PartitionState state = returned(batch);
        batch.lastError = cause;
        batch.inDoubt = true;
        if (batch.told) {
            pending.release(batch);
        } else {
            state.retry(batch);
        }
        settle(state, nowNs);
    }

    /** The batch cannot be sent at all. */
    void refused(Batch batch, RuntimeException cause, long nowNs) {
        PartitionState state = returned(batch);
        tell(batch, -1, -1, cause);
        pending.release(batch);
        settle(state, nowNs);
    }

    private PartitionState returned(Batch batch) {
        batch.inFlight = false;
        batch.partition.inFlight--;
        return batch.partition;
    }

    private void split(PartitionState state, Batch batch) {
        BatchSplit.Halves halves = space.halve(batch, BatchWriter.HEADER_BYTES);
        batches.replace(batch, halves);
        state.retry(halves.first());
        state.retry(halves.second());
        space.release(batch);
    }

    /** What follows from a batch having come back. */
    private void settle(PartitionState state, long nowNs) {
        if (state.inFlight == 0) {
            Lane sentTo = state.sentTo;
            state.sentTo = null;
            if (state.retries != null) {
                settleRetries(state, sentTo, nowNs);
            }
        }
        if (state.idle()) {
            pending.remove(state);
            if (state.identity.equals(identity)) {
                state.topic.sequences.set(state.partition, state.nextSequence);
            }
        } else {
            pending.list(state);
        }
    }

    private void settleRetries(PartitionState state, Lane sentTo, long nowNs) {
        boolean onlyOrder = true;
        if (state.retries.outOfOrder) {
            beginAnew(state);
        } else {
            for (Batch b = state.retries; b != null; b = b.next) {
                onlyOrder &= b.outOfOrder;
                b.outOfOrder = false;
            }
            // What is refused for its order alone goes again with the batch before it; a new leader is asked at once.
            if (!onlyOrder && (sentTo == null || sentTo == state.lane)) {
                pauses.begin(state, nowNs);
            }
        }
        state.requeueRetries();
    }

    /** The partition's next batch begins a new epoch at 0: nothing that it has left to send was appended. */
    private void beginAnew(PartitionState state) {
        if (state.identity.equals(identity)) {
            identity = identity.isLast() ? ProducerIdentity.NONE : identity.next();
            topics.forEach(topic -> topic.sequences.clear());
        }
        state.identity = ProducerIdentity.NONE;
        state.nextSequence = 0;
        state.lastAcknowledged = -1;
        for (Batch b = state.retries; b != null; b = b.next) {
            b.unsequence();
        }
        for (Batch b = state.head(); b != null; b = b.next) {
            b.unsequence();
        }
    }

    // ---- time

    /** Fails what was not acknowledged in time. A batch in flight keeps its memory and its place until it is back. */
    void expire(long nowNs) {
        Batch next;
        for (Batch batch = batches.oldest(); batch != null; batch = next) {
            next = batch.nextAll;
            if (nowNs - batch.createdNs < settings.deliveryNs()) {
                break;
            }
            if (!batch.told) {
                String cause = batch.lastError == null ? "" : "; the last attempt failed with " + batch.lastError;
                abandon(
                        batch,
                        new TimeoutException(
                                batch.count + " records for " + batch.partition.topic.name + "-"
                                        + batch.partition.partition + " not acknowledged within "
                                        + settings.deliveryNs() / 1_000_000 + " ms" + cause,
                                batch.lastError),
                        nowNs);
            }
        }
    }

    /** Fails everything that is left. */
    void abandonAll(RuntimeException reason, long nowNs) {
        Batch next;
        for (Batch batch = batches.oldest(); batch != null; batch = next) {
            next = batch.nextAll;
            if (!batch.told) {
                abandon(batch, reason, nowNs);
            }
        }
    }

    private void abandon(Batch batch, RuntimeException reason, long nowNs) {
        tell(batch, -1, -1, reason);
        if (batch.inFlight) {
            return;
        }
        PartitionState state = batch.partition;
        if (state.open == batch) {
            state.open = null;
            state.lane.removeOpen(batch);
        } else {
            state.remove(batch);
        }
        pending.release(batch);
        settle(state, nowNs);
    }

    // ---- who leads

    /** Moves partitions whose leader changed. */
    void reroute(RoutingTable newer) {
        table = newer;
        for (TopicState topic : topics) {
            table.topic(topic.name).ifPresent(topic::route);
        }
        for (PartitionState state : pending.partitions()) {
            Lane lane = lanes.to(leader(state.topic, state.partition));
            if (lane != state.lane) {
                move(state, lane);
            }
        }
        lanes.keepOnly(table.brokers().keySet(), space);
    }

    private int leader(TopicState topic, int partition) {
        Optional<TopicRoute> route = table.topic(topic.name);
        return route.isPresent() && partition < route.get().partitionCount()
                ? table.leader(route.get(), partition)
                : ShardTable.NONE;
    }

    private void move(PartitionState state, Lane to) {
        if (state.open != null) {
            Batch open = state.open;
            state.lane.removeOpen(open);
            to.addOpen(open);
            to.openBytes += open.bytes;
        }
        state.lane = to;
        pauses.end(state); // it was for the broker that it leaves
        if (state.listed) {
            to.ready.addLast(state);
        } else {
            pending.list(state);
        }
    }

    // ---- identity, waiting, flushing

    ProducerIdentity identity() {
        return identity;
    }

    /** A new producer id: every partition begins at 0. */
    void identity(ProducerIdentity newer) {
        identity = newer;
        topics.forEach(topic -> topic.sequences.clear());
    }

    /** Threads that wait for memory: while there are any, nothing lingers. */
    void waiting(int change) {
        waiters += change;
    }

    /** Sends everything appended so far without waiting for more. Returns the id up to which batches are concerned. */
    long flush() {
        flushTarget = appender.lastBatchId();
        return flushTarget;
    }

    /** Whether the outcome of all batches up to this id is known. */
    boolean flushed(long id) {
        for (Batch batch = batches.oldest(); batch != null && batch.id <= id; batch = batch.nextAll) {
            if (!batch.told) {
                return false;
            }
        }
        return true;
    }

    /** What ended since the last call. */
    List<Finished> takeFinished() {
        if (finished.isEmpty()) {
            return List.of();
        }
        List<Finished> taken = new ArrayList<>(finished);
        finished.clear();
        return taken;
    }

    long usedBytes() {
        return space.usedBytes();
    }

    /** Partitions with records that are not acknowledged. */
    int activePartitions() {
        return pending.partitions().size();
    }

    /** Gives back the memory that no batch holds. */
    void close() {
        lanes.all().forEach(space::leave);
        space.close();
    }

    private void tell(Batch batch, long baseOffset, long logAppendTimeMs, RuntimeException failure) {
        if (!batch.told) {
            batch.told = true;
            finished.add(new Finished(batch, baseOffset, logAppendTimeMs, failure));
        }
    }
}
