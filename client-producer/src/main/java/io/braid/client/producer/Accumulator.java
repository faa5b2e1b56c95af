package io.braid.client.producer;

import io.braid.client.RecordHeader;
import io.braid.client.routing.RoutingTable;
import io.braid.client.routing.ShardTable;
import io.braid.client.routing.TopicRoute;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.IntUnaryOperator;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.collections.Long2ObjectHashMap;
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
    private static final int HEADER_BYTES = 61;
    private static final int MAX_RUN_BYTES = 16 << 10;
    private static final long OVERDUE_LOOK_NS = 5_000_000;
    private static final int LISTENER_BYTES = 48; // a future and its place, about

    private final AccumulatorSettings settings;
    private final BufferPool pool;
    private final Long2ObjectHashMap<PartitionState> partitions = new Long2ObjectHashMap<>();
    private final Int2ObjectHashMap<Lane> lanes = new Int2ObjectHashMap<>();
    private final List<TopicState> topics = new ArrayList<>();
    private final PriorityQueue<PartitionState> delayed =
            new PriorityQueue<>(Comparator.comparingLong(state -> state.notBeforeNs));
    private final List<Finished> finished = new ArrayList<>();
    private final IntUnaryOperator jitter;
    private RoutingTable table = RoutingTable.EMPTY;
    private ProducerIdentity identity = ProducerIdentity.NONE;
    private Batch oldest; // list of all batches that hold memory, by id
    private Batch newest;
    private long nextBatchId;
    private long flushTarget = -1;
    private int waiters;
    private long drains;

    /** @param jitter a random number from 0 to below its argument */
    Accumulator(AccumulatorSettings settings, BufferPool pool, IntUnaryOperator jitter) {
        this.settings = settings;
        this.pool = pool;
        this.jitter = jitter;
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
        long partitionKey = PartitionState.key(topic.index, partition);
        PartitionState state = partitions.get(partitionKey);
        if (listener != null && !pool.charge(LISTENER_BYTES)) {
            return Appended.NO_MEMORY;
        }
        Batch batch = state == null ? null : state.open;
        boolean closed = false;
        if (batch != null) {
            int body = RecordFormat.bodySize(batch.count, timestamp - batch.baseTimestamp, key, value, headers);
            int size = RecordFormat.sizeWithLength(body);
            if (batch.bytes + size <= settings.batchBytes()) {
                Run run = place(state.lane, batch, size);
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
            closeOpen(state);
            closed = true;
        }
        int body = RecordFormat.bodySize(0, 0, key, value, headers);
        int size = RecordFormat.sizeWithLength(body);
        Lane lane = state == null ? lane(leader(topic, partition)) : state.lane;
        if (!pool.charge(Batch.HEAP_BYTES)) {
            return refused(listener);
        }
        Run run = newRun(lane, HEADER_BYTES + size, HEADER_BYTES + size);
        if (run == null) {
            pool.uncharge(Batch.HEAP_BYTES);
            return refused(listener);
        }
        if (state == null) {
            state = new PartitionState(topic, partition, lane);
            partitions.put(partitionKey, state);
        }
        batch = new Batch(nextBatchId++, state, nowNs, timestamp);
        batch.first = run;
        batch.last = run;
        batch.bytes = HEADER_BYTES;
        RecordFormat.write(run.chunk.writer().position(run.from + HEADER_BYTES), body, 0, 0, key, value, headers);
        run.end += HEADER_BYTES + size;
        link(batch);
        boolean first = lane.oldestOpen == null;
        lane.addOpen(batch);
        lane.openBytes += HEADER_BYTES;
        state.open = batch;
        return added(state, batch, timestamp, size, listener, closed || first);
    }

    private Appended refused(Object listener) {
        if (listener != null) {
            pool.uncharge(LISTENER_BYTES);
        }
        return Appended.NO_MEMORY;
    }

    private Appended added(PartitionState state, Batch batch, long timestamp, int size, Object listener, boolean news) {
        Lane lane = state.lane;
        batch.added(timestamp, size, listener);
        batch.chargedBytes += listener == null ? 0 : LISTENER_BYTES;
        int openBefore = lane.openBytes;
        lane.openBytes += size;
        boolean filled = openBefore < settings.requestBytes() && lane.openBytes >= settings.requestBytes();
        return (news || filled) && lane.requestsInFlight < settings.maxRequestsInFlight()
                ? Appended.SEND
                : Appended.DONE;
    }

    /** Room for one more record of a batch, or null. */
    private Run place(Lane lane, Batch batch, int size) {
        Run run = batch.last;
        if (run.limit - run.end >= size) {
            return run;
        }
        if (run.chunk == lane.chunk && run.limit == run.chunk.used()) {
            int missing = size - (run.limit - run.end);
            if (missing <= run.chunk.room()) {
                run.chunk.take(missing);
                run.limit += missing;
                return run;
            }
        }
        int wanted =
                Math.max(size, Math.min(Math.min(batch.bytes, MAX_RUN_BYTES), settings.batchBytes() - batch.bytes));
        Run more = newRun(lane, size, wanted);
        if (more != null) {
            run.next = more;
            batch.last = more;
        }
        return more;
    }

    private Run newRun(Lane lane, int needed, int wanted) {
        if (lane.chunk == null || lane.chunk.room() < needed) {
            Optional<Chunk> chunk = pool.chunk(needed);
            if (chunk.isEmpty()) {
                return null;
            }
            if (lane.chunk != null) {
                pool.unpin(lane.chunk);
            }
            lane.chunk = chunk.get();
        }
        int size = Math.min(wanted, lane.chunk.room());
        return new Run(lane.chunk, lane.chunk.take(size), size);
    }

    private Lane lane(int broker) {
        Lane lane = lanes.get(broker);
        if (lane == null) {
            lane = new Lane(broker);
            lanes.put(broker, lane);
        }
        return lane;
    }

    private void closeOpen(PartitionState state) {
        Batch batch = state.open;
        state.open = null;
        state.lane.removeOpen(batch);
        state.enqueue(batch);
        list(state);
    }

    private void list(PartitionState state) {
        if (!state.listed && !state.delayed && state.hasQueued() && !state.blocked()) {
            state.listed = true;
            state.lane.ready.addLast(state);
        }
    }

    // ---- batches out

    /** A copy. */
    List<Lane> lanes() {
        return new ArrayList<>(lanes.values());
    }

    boolean hasHomeless() {
        Lane homeless = lanes.get(Lane.NO_BROKER);
        return homeless != null && homeless.hasWork();
    }

    /** Whether there is anything that is not acknowledged. */
    boolean hasUnfinished() {
        return oldest != null;
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
            list(state);
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
                closeOpen(batch.partition);
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
        long next = Long.MAX_VALUE;
        for (Batch batch = oldest; batch != null; batch = batch.nextAll) {
            if (!batch.told) {
                next = batch.createdNs + settings.deliveryNs() - nowNs;
                break;
            }
        }
        if (!delayed.isEmpty()) {
            next = Math.min(next, delayed.peek().notBeforeNs - nowNs);
        }
        for (Lane lane : lanes.values()) {
            if (lane.broker == Lane.NO_BROKER || lane.requestsInFlight >= settings.maxRequestsInFlight()) {
                continue;
            }
            if (lane.muted) {
                next = Math.min(next, lane.mutedUntilNs - nowNs);
            } else if (lane.oldestOpen != null) {
                long dueNs = lane.oldestOpen.createdNs + settings.lingerNs() - nowNs;
                // What is overdue waits for an answer; others behind it may not, and are looked at now and then.
                next = Math.min(next, dueNs > 0 ? dueNs : Math.max(settings.lingerNs(), OVERDUE_LOOK_NS));
            }
        }
        return Math.max(0, next);
    }

    /** Lets partitions go on whose pause is over. */
    void wakeDelayed(long nowNs) {
        while (!delayed.isEmpty() && delayed.peek().notBeforeNs - nowNs <= 0) {
            PartitionState state = delayed.poll();
            state.delayed = false;
            list(state);
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
        release(batch);
        settle(state, nowNs);
    }

    /** What a broker answered that is no success. */
    void failed(Batch batch, Errors error, String message, long nowNs) {
        PartitionState state = returned(batch);
        RuntimeException failure = message == null ? error.exception() : error.exception(message);
        batch.lastError = failure;
        if (batch.told) { // it expired on its way
            release(batch);
            settle(state, nowNs);
            return;
        }
        Verdict verdict = Verdict.of(error, batch);
        batch.inDoubt |= Verdict.mayBeAppended(error);
        switch (verdict) {
            case DONE -> {
                tell(batch, RecordMetadata.UNKNOWN_OFFSET, -1, null);
                release(batch);
            }
            case RETRY -> state.retry(batch);
            case NOT_NEXT -> {
                if (state.lastAcknowledged >= 0 && Sequences.before(batch.sequence, state.lastAcknowledged)) {
                    // What comes after it is there, and there are no gaps: an earlier attempt was appended, too long
                    // ago for
                    // the broker to recognise this one.
                    tell(batch, RecordMetadata.UNKNOWN_OFFSET, -1, null);
                    release(batch);
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
                release(batch);
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
            release(batch);
        } else {
            state.retry(batch);
        }
        settle(state, nowNs);
    }

    /** The batch cannot be sent at all. */
    void refused(Batch batch, RuntimeException cause, long nowNs) {
        PartitionState state = returned(batch);
        tell(batch, -1, -1, cause);
        release(batch);
        settle(state, nowNs);
    }

    private PartitionState returned(Batch batch) {
        batch.inFlight = false;
        batch.partition.inFlight--;
        return batch.partition;
    }

    private void split(PartitionState state, Batch batch) {
        BatchSplit.Halves halves = BatchSplit.halve(batch, pool, HEADER_BYTES);
        replace(batch, halves);
        state.retry(halves.first());
        state.retry(halves.second());
        releaseMemory(batch);
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
            partitions.remove(state.key());
            if (state.identity.equals(identity)) {
                state.topic.sequences.set(state.partition, state.nextSequence);
            }
        } else {
            list(state);
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
                delay(state, nowNs);
            }
        }
        state.requeueRetries();
    }

    private void delay(PartitionState state, long nowNs) {
        long pause = Math.min(settings.maxRetryNs(), settings.retryNs() << Math.min(state.failures, 20));
        state.failures++;
        int spread = (int) Math.min(Integer.MAX_VALUE, pause / 5 + 1);
        state.notBeforeNs = nowNs + pause + jitter.applyAsInt(spread);
        state.delayed = true;
        delayed.add(state);
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
        for (Batch batch = oldest; batch != null; batch = next) {
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
        for (Batch batch = oldest; batch != null; batch = next) {
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
        release(batch);
        settle(state, nowNs);
    }

    // ---- who leads

    /** Moves partitions whose leader changed. */
    void reroute(RoutingTable newer) {
        table = newer;
        for (TopicState topic : topics) {
            table.topic(topic.name).ifPresent(topic::route);
        }
        for (PartitionState state : partitions.values()) {
            Lane lane = lane(leader(state.topic, state.partition));
            if (lane != state.lane) {
                move(state, lane);
            }
        }
        for (Lane lane : lanes()) {
            boolean gone = lane.broker != Lane.NO_BROKER
                    && !table.brokers().containsKey(lane.broker)
                    && lane.requestsInFlight == 0
                    && lane.oldestOpen == null;
            if (gone && lane.chunk != null) {
                pool.unpin(lane.chunk);
            }
            if (gone) {
                lanes.remove(lane.broker);
            }
        }
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
        if (state.delayed) { // the pause was for the broker that it leaves
            delayed.remove(state);
            state.delayed = false;
        }
        if (state.listed) {
            to.ready.addLast(state);
        } else {
            list(state);
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
        flushTarget = nextBatchId - 1;
        return flushTarget;
    }

    /** Whether the outcome of all batches up to this id is known. */
    boolean flushed(long id) {
        for (Batch batch = oldest; batch != null && batch.id <= id; batch = batch.nextAll) {
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
        return pool.usedBytes();
    }

    /** Partitions with records that are not acknowledged. */
    int activePartitions() {
        return partitions.size();
    }

    /** Gives back the memory that no batch holds. */
    void close() {
        for (Lane lane : lanes.values()) {
            if (lane.chunk != null) {
                pool.unpin(lane.chunk);
                lane.chunk = null;
            }
        }
        pool.close();
    }

    // ---- lists and memory

    private void tell(Batch batch, long baseOffset, long logAppendTimeMs, RuntimeException failure) {
        if (!batch.told) {
            batch.told = true;
            finished.add(new Finished(batch, baseOffset, logAppendTimeMs, failure));
        }
    }

    private void link(Batch batch) {
        batch.previousAll = newest;
        if (newest == null) {
            oldest = batch;
        } else {
            newest.nextAll = batch;
        }
        newest = batch;
    }

    private void unlink(Batch batch) {
        if (batch.previousAll == null) {
            oldest = batch.nextAll;
        } else {
            batch.previousAll.nextAll = batch.nextAll;
        }
        if (batch.nextAll == null) {
            newest = batch.previousAll;
        } else {
            batch.nextAll.previousAll = batch.previousAll;
        }
        batch.previousAll = null;
        batch.nextAll = null;
    }

    private void replace(Batch batch, BatchSplit.Halves halves) {
        Batch before = batch.previousAll;
        Batch after = batch.nextAll;
        halves.first().previousAll = before;
        halves.first().nextAll = halves.second();
        halves.second().previousAll = halves.first();
        halves.second().nextAll = after;
        if (before == null) {
            oldest = halves.first();
        } else {
            before.nextAll = halves.first();
        }
        if (after == null) {
            newest = halves.second();
        } else {
            after.previousAll = halves.second();
        }
    }

    private void release(Batch batch) {
        unlink(batch);
        releaseMemory(batch);
    }

    private void releaseMemory(Batch batch) {
        for (Run run = batch.first; run != null; run = run.next) {
            pool.unpin(run.chunk);
        }
        pool.uncharge(batch.chargedBytes);
        batch.chargedBytes = 0;
        if (batch.compressed != null) {
            batch.compressed.release();
            batch.compressed = null;
        }
    }
}
