package io.braid.client.consumer;

import io.braid.client.consumer.AssignedPartition.Stage;
import io.braid.client.routing.RoutingTable;
import io.braid.client.routing.ShardTable;
import io.braid.client.routing.TopicRoute;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;

/**
 * Decides what a consumer fetches from whom, and keeps what came until it is read. Pure: time and answers come in as
 * parameters, requests go out as values.
 *
 * <p>Not thread-safe: {@link SharedFetcher} puts a lock around it. What it costs follows the partitions with data or news;
 * only an assignment, a new routing table and the first request to a broker look at all.
 */
final class Fetcher {
    private final FetchSettings settings;
    private final PrefetchBudget budget;
    private final Map<String, AssignedTopic> topics = new HashMap<>();
    private final Map<Integer, FetchSession> sessions = new TreeMap<>();
    private final ArrayDeque<AssignedPartition> ready = new ArrayDeque<>();
    private final Set<AssignedPartition> holding = new LinkedHashSet<>(); // with chunks that nobody has taken
    private final Set<AssignedPartition> unsettled = new LinkedHashSet<>(); // need a lookup, and none is on its way
    private final Set<AssignedPartition> uncommitted = new LinkedHashSet<>();
    private final Map<AssignedPartition, RuntimeException> failures = new LinkedHashMap<>();
    private final PriorityQueue<Delay> delays =
            new PriorityQueue<>((a, b) -> Long.compare(a.untilNs() - b.untilNs(), 0)); // some are outdated
    private final Map<Uuid, AssignedTopic> byId = new HashMap<>();
    private RoutingTable table = RoutingTable.EMPTY;
    private PartitionSet assignment = PartitionSet.EMPTY;
    private long bufferedBytes;
    private long serial;
    private long touched;

    /** A partition rests, unless it was told otherwise since. */
    private record Delay(AssignedPartition partition, long untilNs) {}

    Fetcher(FetchSettings settings) {
        this.settings = settings;
        this.budget = new PrefetchBudget(settings.prefetchBytes(), settings.fetchMaxBytes());
    }

    // ---- what is assigned

    /** By names. */
    PartitionSet assignment() {
        return assignment;
    }

    /**
     * Adds partitions.
     *
     * @param held whether they are not to be read before they are released
     */
    void add(PartitionSet added, boolean held, long nowNs) {
        PartitionSet news = added.withoutIds().minus(assignment);
        assignment = assignment.union(news);
        news.forEachRange((key, from, to) -> {
            AssignedTopic topic = topics.computeIfAbsent(key.name(), AssignedTopic::new);
            table.topic(topic.name).ifPresent(route -> identify(topic, route.id()));
            for (int number = from; number < to; number++) {
                AssignedPartition partition = new AssignedPartition(topic, number);
                partition.holds = held ? AssignedPartition.HELD_BY_GROUP : 0;
                topic.partitions.put(number, partition);
                route(partition, nowNs);
                if (settings.fromCommitted()) {
                    unsettle(partition);
                } else {
                    beginAt(partition, settings.reset(), nowNs);
                }
            }
        });
    }

    /** Takes partitions out; what was fetched of them is dropped. */
    void remove(PartitionSet removed, long nowNs) {
        PartitionSet gone = removed.withoutIds().intersect(assignment);
        assignment = assignment.minus(gone);
        for (AssignedPartition partition : find(gone)) {
            drop(partition);
            partition.stage = Stage.FAILED; // whoever still has it in hand
            partition.paused = true;
            settle(partition);
            uncommitted.remove(partition);
            update(partition, nowNs);
            partition.topic.partitions.remove(partition.partition);
            if (partition.topic.partitions.isEmpty()) {
                topics.remove(partition.topic.name);
                byId.remove(partition.topic.id);
            }
        }
    }

    List<AssignedPartition> find(PartitionSet set) {
        List<AssignedPartition> found = new ArrayList<>();
        set.forEachRange((key, from, to) -> {
            AssignedTopic topic = topics.get(key.name());
            for (int number = from; topic != null && number < to; number++) {
                AssignedPartition partition = topic.partitions.get(number);
                if (partition != null) {
                    found.add(partition);
                }
            }
        });
        return found;
    }

    /**
     * The partition.
     *
     * @throws IllegalStateException when it is not assigned
     */
    AssignedPartition get(TopicPartition name) {
        AssignedTopic topic = topics.get(name.topic());
        AssignedPartition partition = topic == null ? null : topic.partitions.get(name.partition());
        if (partition == null) {
            throw new IllegalStateException(name + " is not assigned");
        }
        return partition;
    }

    /** Whether a partition is not to be read now, for one of the reasons; it is fetched all the same. */
    void hold(AssignedPartition partition, int reason, boolean held, long nowNs) {
        partition.holds = held ? partition.holds | reason : partition.holds & ~reason;
        offer(partition, false);
        update(partition, nowNs);
    }

    /** A paused partition is neither fetched nor read; what waits of it is dropped, so that it takes no memory. */
    void pause(AssignedPartition partition, boolean paused, long nowNs) {
        if (partition.paused == paused) {
            return;
        }
        partition.paused = paused;
        if (paused && partition.fetchOffset != AssignedPartition.NO_OFFSET) {
            dropChunks(partition);
            Chunk taken = partition.taken;
            boolean read = taken != null && taken.current();
            partition.fetchOffset = read ? taken.nextOffset : partition.position;
            partition.fetchEpoch = read ? taken.nextEpoch : partition.positionEpoch;
        }
        offer(partition, false);
        update(partition, nowNs);
    }

    // ---- where partitions are

    /** The map of the cluster changed. */
    void onRouting(RoutingTable newer, long nowNs) {
        table = newer;
        for (AssignedTopic topic : topics.values()) {
            TopicRoute route = newer.topic(topic.name).orElse(null);
            boolean another = route != null && !route.id().equals(topic.id) && !topic.id.equals(Uuid.ZERO_UUID);
            if (route != null && !route.id().equals(topic.id)) {
                identify(topic, route.id());
                sessions.values().forEach(FetchSession::restart);
            }
            for (AssignedPartition partition : topic.partitions.values()) {
                if (another) { // what was there under this name is gone, with its offsets
                    partition.leaderEpoch = AssignedPartition.NO_EPOCH;
                    beginAt(partition, settings.reset(), nowNs);
                }
                route(partition, nowNs);
            }
        }
        sessions.values()
                .removeIf(session -> session.isEmpty()
                        && !session.inFlight()
                        && !newer.brokers().containsKey(session.broker));
    }

    private void identify(AssignedTopic topic, Uuid id) {
        byId.remove(topic.id);
        topic.id = id;
        if (!id.equals(Uuid.ZERO_UUID)) {
            byId.put(id, topic);
        }
    }

    private void route(AssignedPartition partition, long nowNs) {
        TopicRoute route = table.topic(partition.topic.name).orElse(null);
        boolean known = route != null && partition.partition < route.partitionCount();
        int leader = known ? table.leader(route, partition.partition) : ShardTable.NONE;
        int epoch = known ? table.leaderEpoch(route, partition.partition) : AssignedPartition.NO_EPOCH;
        if (leader == partition.leader && epoch == partition.leaderEpoch) {
            return;
        }
        partition.leader = leader;
        partition.preferred = AssignedPartition.NO_BROKER;
        if (epoch != partition.leaderEpoch) {
            partition.leaderEpoch = epoch;
            leaveSession(partition);
            if (partition.stage == Stage.READY && partition.fetchEpoch != AssignedPartition.NO_EPOCH && epoch >= 0) {
                partition.stage = Stage.NEEDS_VALIDATION;
                unsettle(partition);
            }
        }
        partition.delayed = false;
        update(partition, nowNs);
    }

    /** Puts a partition where it belongs after anything of it changed. */
    private void update(AssignedPartition partition, long nowNs) {
        if (partition.preferred != AssignedPartition.NO_BROKER && nowNs - partition.preferredUntilNs >= 0) {
            partition.preferred = AssignedPartition.NO_BROKER;
        }
        FetchSession wanted = fetchable(partition) ? session(partition.broker()) : null;
        if (wanted != partition.session) {
            leaveSession(partition);
            if (wanted != null) {
                wanted.add(partition);
            }
        }
    }

    private boolean fetchable(AssignedPartition partition) {
        long limit = budget.partitionBytes();
        return partition.stage == Stage.READY
                && !partition.paused
                && !partition.delayed
                && partition.broker() != AssignedPartition.NO_BROKER
                && partition.bufferedBytes < (partition.session == null ? Math.max(1, limit / 2) : limit);
    }

    private FetchSession session(int broker) {
        return sessions.computeIfAbsent(broker, FetchSession::new);
    }

    private static void leaveSession(AssignedPartition partition) {
        if (partition.session != null) {
            partition.session.remove(partition);
        }
    }

    // ---- requests

    /** Sessions that may send a request now. */
    List<FetchSession> sendable(long nowNs) {
        if (!budget.open()) {
            compact();
        }
        List<FetchSession> found = new ArrayList<>();
        if (budget.open()) {
            for (FetchSession session : sessions.values()) {
                if (session.maySend(nowNs)) {
                    found.add(session);
                }
            }
        }
        return found;
    }

    /** Whether some session could send, and nobody was told since memory came free. */
    boolean mayFetch(long nowNs) {
        return budget.open() && sessions.values().stream().anyMatch(session -> session.maySend(nowNs));
    }

    /** Whether requests can name topics by ids. */
    boolean hasIds() {
        return byId.size() == topics.size();
    }

    FetchSession.Call next(FetchSession session, short version) {
        FetchSession.Call call = session.next(version, ++serial, settings.partitionMaxBytes());
        int brokers = (int) sessions.values().stream().filter(one -> !one.isEmpty()).count();
        call.request().setMaxBytes(budget.answerBytes(brokers));
        touched += call.named();
        return call;
    }

    /** Partitions that were looked at to make requests and to take answers, since the beginning. */
    long touched() {
        return touched;
    }

    // ---- answers

    /**
     * Takes an answer.
     *
     * @param frame where its records lie
     * @return whether something in it says that the routing table is old
     */
    boolean onAnswer(FetchSession.Call call, FetchResponseData response, Frame frame, long nowNs) {
        Errors error = Errors.forCode(response.errorCode());
        if (error != Errors.NONE) {
            call.session().onRefused(error);
            frame.retain();
            frame.release();
            if (error == Errors.FETCH_SESSION_ID_NOT_FOUND || error == Errors.INVALID_FETCH_SESSION_EPOCH) {
                return false;
            }
            rest(call.session(), nowNs);
            return true;
        }
        frame.retain();
        budget.add(frame.bytes());
        boolean stale = false;
        int answered = 0;
        for (FetchableTopicResponse topicData : response.responses()) {
            AssignedTopic topic = topicData.topic().isEmpty() ? byId.get(topicData.topicId()) : topics.get(topicData.topic());
            for (PartitionData data : topicData.partitions()) {
                answered++;
                AssignedPartition partition = topic == null ? null : topic.partitions.get(data.partitionIndex());
                if (partition != null
                        && partition.session == call.session()
                        && partition.joinedSerial <= call.serial()) {
                    touched++;
                    stale |= onData(partition, data, frame, nowNs);
                }
            }
        }
        call.session().onAnswer(call, response.sessionId(), answered);
        if (response.throttleTimeMs() > 0) {
            call.session().rest(nowNs + response.throttleTimeMs() * 1_000_000L);
        }
        release(frame);
        return stale;
    }

    /** No answer came. What was sent to a follower goes back to the leader; the rest waits for the connection, or for news. */
    void onLost(FetchSession.Call call, long nowNs) {
        call.session().onLost();
        backToLeaders(call.session(), nowNs);
    }

    /** The request could not be made, or not be understood: that takes a pause. */
    void onUnusable(FetchSession.Call call, long nowNs) {
        call.session().onLost();
        rest(call.session(), nowNs);
    }

    private void rest(FetchSession session, long nowNs) {
        session.rest(nowNs + settings.retryBackoffMaxNs());
    }

    /** The name of an assigned topic; "" when there is none with this id. */
    String name(Uuid id) {
        AssignedTopic topic = byId.get(id);
        return topic == null ? "" : topic.name;
    }

    /** A broker is not there: replicas that were preferred are not any more. */
    void backToLeaders(FetchSession session, long nowNs) {
        for (AssignedPartition partition : List.copyOf(session.members())) {
            if (partition.preferred != AssignedPartition.NO_BROKER) {
                partition.preferred = AssignedPartition.NO_BROKER;
                update(partition, nowNs);
            }
        }
    }

    private boolean onData(AssignedPartition partition, PartitionData data, Frame frame, long nowNs) {
        Errors error = Errors.forCode(data.errorCode());
        if (error != Errors.NONE) {
            return onError(partition, error, nowNs);
        }
        partition.failures = 0;
        if (data.highWatermark() >= 0) {
            partition.highWatermark = data.highWatermark();
            partition.lastStableOffset = data.lastStableOffset() >= 0 ? data.lastStableOffset() : data.highWatermark();
        }
        if (data.preferredReadReplica() >= 0) {
            partition.preferred = data.preferredReadReplica();
            partition.preferredUntilNs = nowNs + settings.preferredForNs();
            update(partition, nowNs);
            return false;
        }
        if (data.records() instanceof MemoryRecords records && records.sizeInBytes() > 0) {
            buffer(partition, data, records.buffer(), frame, nowNs);
        }
        return false;
    }

    private void buffer(
            AssignedPartition partition, PartitionData data, ByteBuffer received, Frame frame, long nowNs) {
        ByteBuffer batches = received.slice();
        BatchWalk.End end = BatchWalk.end(batches, partition.fetchOffset);
        if (end.bytes() == 0) {
            fail(
                    partition,
                    new UnreadableRecordException(
                            partition.name,
                            partition.fetchOffset,
                            partition.fetchOffset + 1,
                            "an answer without a whole batch of format 2",
                            null),
                    nowNs);
            return;
        }
        batches.limit(end.bytes());
        List<FetchResponseData.AbortedTransaction> aborted =
                settings.readCommitted() && data.abortedTransactions() != null
                        ? data.abortedTransactions()
                        : List.of();
        boolean copied = frame.bytes() <= settings.copiedBytes();
        Chunk chunk = new Chunk(
                partition,
                partition.fetchOffset,
                end,
                copied ? copy(batches) : batches,
                aborted,
                copied ? ownFrame(end.bytes()) : frame);
        partition.fetchOffset = end.nextOffset();
        partition.fetchEpoch = end.leaderEpoch();
        partition.chunks.add(chunk);
        partition.bufferedBytes += chunk.bytes;
        bufferedBytes += chunk.bytes;
        holding.add(partition);
        offer(partition, false);
        if (partition.session != null) {
            partition.session.touch(partition);
        }
        update(partition, nowNs);
    }

    private static ByteBuffer copy(ByteBuffer batches) {
        return ByteBuffer.allocate(batches.remaining()).put(batches).flip();
    }

    private Frame ownFrame(int bytes) {
        budget.add(bytes);
        return new Frame(bytes, () -> {});
    }

    private void release(Frame frame) {
        if (frame.release()) {
            budget.remove(frame.bytes());
        }
    }

    /** Copies what waits out of frames that it keeps alive, when that gives back more than half of the memory. */
    private void compact() {
        if (2 * bufferedBytes >= budget.retained()) {
            return;
        }
        for (AssignedPartition partition : holding) {
            for (Chunk chunk : partition.chunks) {
                if (chunk.frame.bytes() > chunk.bytes && chunk.reader == null) {
                    Frame before = chunk.frame;
                    chunk.batches = copy(chunk.batches);
                    chunk.frame = ownFrame(chunk.bytes);
                    chunk.frame.retain();
                    release(before);
                }
            }
        }
    }

    // ---- errors

    private boolean onError(AssignedPartition partition, Errors error, long nowNs) {
        if (error == Errors.OFFSET_OUT_OF_RANGE) {
            onOutOfRange(partition, nowNs);
            return false;
        }
        if (error.exception() instanceof RetriableException
                || error == Errors.UNKNOWN_SERVER_ERROR
                || error == Errors.INCONSISTENT_TOPIC_ID) {
            partition.preferred = AssignedPartition.NO_BROKER;
            delay(partition, nowNs);
            return true;
        }
        failures.put(partition, error.exception("partition " + partition.name + ": " + error.message()));
        delay(partition, nowNs);
        return false;
    }

    private void onOutOfRange(AssignedPartition partition, long nowNs) {
        if (partition.preferred != AssignedPartition.NO_BROKER) { // a follower may be behind: the leader knows
            partition.preferred = AssignedPartition.NO_BROKER;
            update(partition, nowNs);
            return;
        }
        if (settings.reset().kind() == OffsetReset.Kind.NONE) {
            fail(
                    partition,
                    new OffsetOutOfRangeException(Map.of(partition.name, partition.fetchOffset)),
                    nowNs);
            return;
        }
        if (partition.chunks.isEmpty() && partition.taken == null) {
            beginAt(partition, settings.reset(), nowNs);
        } else { // what was fetched is read first: then it is asked again
            delay(partition, nowNs);
        }
    }

    /** Nothing more of the partition until somebody seeks; what was fetched before may still be read. */
    void fail(AssignedPartition partition, RuntimeException reason, long nowNs) {
        partition.stage = Stage.FAILED;
        settle(partition);
        failures.put(partition, reason);
        update(partition, nowNs);
    }

    /** The oldest failure: one that passes is told once, one that waits for a seek again and again. */
    RuntimeException failure() {
        var entries = failures.entrySet().iterator();
        while (entries.hasNext()) {
            var entry = entries.next();
            if (entry.getKey().stage != Stage.FAILED) {
                entries.remove();
                return entry.getValue();
            }
            if (entry.getKey().chunks.isEmpty()) {
                return entry.getValue();
            }
        }
        return null;
    }

    /** A topic cannot be used, for a reason that is told once. Returns whether it is assigned. */
    boolean onUnusableTopic(String name, RuntimeException reason) {
        AssignedTopic topic = topics.get(name);
        if (topic != null) {
            failures.put(topic.partitions.values().iterator().next(), reason);
        }
        return topic != null;
    }

    /** Takes the oldest failure away, whether it passes or not; null when there is none. */
    RuntimeException takeFailure() {
        RuntimeException first = failure();
        failures.values().remove(first);
        return first;
    }

    private void delay(AssignedPartition partition, long nowNs) {
        partition.failures = Math.min(partition.failures + 1, 30);
        long pauseNs = Math.min(
                settings.retryBackoffMaxNs(), settings.retryBackoffNs() << Math.min(20, partition.failures - 1));
        partition.delayed = true;
        partition.notBeforeNs = nowNs + pauseNs;
        delays.add(new Delay(partition, partition.notBeforeNs));
        update(partition, nowNs);
    }

    /** Time has passed: what waited for it goes on. Returns when to come again, in nanoseconds from now. */
    long tick(long nowNs) {
        for (Delay next = delays.peek(); next != null && next.untilNs() - nowNs <= 0; next = delays.peek()) {
            delays.remove();
            AssignedPartition partition = next.partition();
            if (partition.delayed && partition.notBeforeNs == next.untilNs()) {
                partition.delayed = false;
                update(partition, nowNs);
            }
        }
        long nextNs = delays.isEmpty() ? Long.MAX_VALUE : delays.peek().untilNs() - nowNs;
        for (FetchSession session : sessions.values()) {
            nextNs = Math.min(nextNs, session.restsNs(nowNs));
        }
        return Math.max(1, nextNs);
    }

    // ---- positions

    /** Moves the position; what was fetched, and a failure, are forgotten. */
    void seek(AssignedPartition partition, long offset, int leaderEpoch, long nowNs) {
        drop(partition);
        uncommitted.add(partition);
        setPosition(partition, offset, leaderEpoch);
        update(partition, nowNs);
    }

    /** The position is to be found by a lookup. */
    void beginAt(AssignedPartition partition, OffsetReset reset, long nowNs) {
        drop(partition);
        partition.position = AssignedPartition.NO_OFFSET;
        partition.positionEpoch = AssignedPartition.NO_EPOCH;
        partition.fetchOffset = AssignedPartition.NO_OFFSET;
        partition.fetchEpoch = AssignedPartition.NO_EPOCH;
        if (reset.kind() == OffsetReset.Kind.NONE) {
            fail(partition, new NoOffsetForPartitionException(partition.name), nowNs);
            return;
        }
        partition.stage = Stage.NEEDS_OFFSET;
        partition.reset = reset;
        unsettle(partition);
        update(partition, nowNs);
    }

    private void setPosition(AssignedPartition partition, long offset, int leaderEpoch) {
        partition.position = offset;
        partition.positionEpoch = leaderEpoch;
        partition.fetchOffset = offset;
        partition.fetchEpoch = leaderEpoch;
        if (leaderEpoch != AssignedPartition.NO_EPOCH) {
            partition.stage = Stage.NEEDS_VALIDATION;
            unsettle(partition);
        } else {
            partition.stage = Stage.READY;
            settle(partition);
        }
    }

    private void drop(AssignedPartition partition) {
        partition.generation++;
        partition.asked = false;
        partition.failures = 0;
        failures.remove(partition);
        partition.delayed = false;
        dropChunks(partition);
    }

    private void dropChunks(AssignedPartition partition) {
        leaveSession(partition);
        for (Chunk chunk : partition.chunks) {
            discard(chunk);
        }
        partition.chunks.clear();
        holding.remove(partition);
    }

    private void discard(Chunk chunk) {
        chunk.partition.bufferedBytes -= chunk.bytes;
        bufferedBytes -= chunk.bytes;
        if (chunk.reader != null) {
            chunk.reader.close();
        }
        release(chunk.frame);
    }

    /** What the application has not read, in records; -1 when it is not known. */
    long lag(AssignedPartition partition) {
        long end = settings.readCommitted() ? partition.lastStableOffset : partition.highWatermark;
        return end < 0 || partition.position < 0 ? -1 : Math.max(0, end - partition.position);
    }

    // ---- lookups

    private void unsettle(AssignedPartition partition) {
        partition.asked = false;
        unsettled.add(partition);
    }

    private void settle(AssignedPartition partition) {
        unsettled.remove(partition);
    }

    /** Takes the partitions whose lookup of this kind can be made now; each is given back by one of the methods below. */
    List<AssignedPartition> takeUnsettled(Stage stage) {
        List<AssignedPartition> taken = new ArrayList<>();
        for (AssignedPartition partition : unsettled) {
            boolean reachable = stage == Stage.NEEDS_COMMITTED || partition.leader != AssignedPartition.NO_BROKER;
            if (partition.stage == stage && !partition.delayed && reachable) {
                partition.asked = true;
                taken.add(partition);
            }
        }
        unsettled.removeAll(taken);
        return taken;
    }

    /** Whether there are partitions whose lookups wait for a leader. */
    boolean unsettled() {
        return !unsettled.isEmpty();
    }

    private static boolean awaits(AssignedPartition partition, int generation, Stage stage) {
        return partition.asked && partition.generation == generation && partition.stage == stage;
    }

    /** @param offset negative when nothing was committed */
    void onCommitted(AssignedPartition partition, int generation, long offset, int leaderEpoch, long nowNs) {
        if (!awaits(partition, generation, Stage.NEEDS_COMMITTED)) {
            return;
        }
        partition.asked = false;
        if (offset < 0) {
            beginAt(partition, settings.reset(), nowNs);
        } else {
            setPosition(partition, offset, leaderEpoch);
            update(partition, nowNs);
        }
    }

    void onOffset(AssignedPartition partition, int generation, long offset, int leaderEpoch, long nowNs) {
        if (!awaits(partition, generation, Stage.NEEDS_OFFSET)) {
            return;
        }
        partition.asked = false;
        if (offset < 0) { // no record is as young as that: with the next one
            partition.reset = OffsetReset.latest();
            unsettle(partition);
            return;
        }
        partition.failures = 0;
        setPosition(partition, offset, AssignedPartition.NO_EPOCH);
        partition.positionEpoch = leaderEpoch;
        partition.fetchEpoch = leaderEpoch;
        update(partition, nowNs);
    }

    /**
     * Where the leader's log of an epoch ends.
     *
     * @param endOffset negative when the leader does not know the epoch
     */
    void onEpochEnd(AssignedPartition partition, int generation, int endEpoch, long endOffset, long nowNs) {
        if (!awaits(partition, generation, Stage.NEEDS_VALIDATION)) {
            return;
        }
        partition.asked = false;
        partition.failures = 0;
        if (endOffset >= partition.fetchOffset) {
            partition.stage = Stage.READY;
            offer(partition, false);
        } else if (partition.position < partition.fetchOffset) {
            // What was fetched ahead was cut off, or the answer is from before it: back to what was read, and ask of that.
            int epoch = partition.positionEpoch;
            long position = partition.position;
            drop(partition);
            setPosition(partition, position, epoch);
        } else {
            onTruncated(partition, endOffset, endEpoch, nowNs);
        }
        update(partition, nowNs);
    }

    private void onTruncated(AssignedPartition partition, long endOffset, int endEpoch, long nowNs) {
        if (settings.reset().kind() == OffsetReset.Kind.NONE) {
            Map<TopicPartition, Long> at = Map.of(partition.name, partition.position);
            fail(partition, new OffsetOutOfRangeException("the log was truncated below what was read", at), nowNs);
        } else if (endOffset < 0) {
            beginAt(partition, settings.reset(), nowNs);
        } else {
            drop(partition);
            setPosition(partition, Math.min(endOffset, partition.position), AssignedPartition.NO_EPOCH);
            partition.positionEpoch = endEpoch;
            partition.fetchEpoch = endEpoch;
        }
    }

    /** A lookup failed: again later, or never if that would not help. Returns whether the routing table may be old. */
    boolean onLookupFailed(AssignedPartition partition, int generation, RuntimeException reason, long nowNs) {
        if (!partition.asked || partition.generation != generation) {
            return false;
        }
        unsettle(partition);
        boolean passes = reason instanceof RetriableException;
        if (!passes) {
            failures.put(partition, reason);
        }
        delay(partition, nowNs);
        return passes;
    }

    /** The leader is not reachable now: again soon. */
    void onUnreachable(AssignedPartition partition, int generation, long nowNs) {
        if (partition.asked && partition.generation == generation) {
            unsettle(partition);
            delay(partition, nowNs);
        }
    }

    // ---- reading

    private boolean readable(AssignedPartition partition) {
        return partition.taken == null
                && partition.holds == 0
                && !partition.paused
                && !partition.chunks.isEmpty()
                && (partition.stage == Stage.READY || partition.stage == Stage.FAILED);
    }

    private void offer(AssignedPartition partition, boolean first) {
        if (!partition.queued && readable(partition)) {
            partition.queued = true;
            if (first) {
                ready.addFirst(partition);
            } else {
                ready.addLast(partition);
            }
        }
    }

    /** The oldest chunk of the partition that has waited longest, to be given back by {@link #finish}; null when there is none. */
    Chunk take() {
        for (AssignedPartition partition = ready.poll(); partition != null; partition = ready.poll()) {
            partition.queued = false;
            if (readable(partition)) {
                Chunk chunk = partition.chunks.remove();
                partition.taken = chunk;
                if (partition.chunks.isEmpty()) {
                    holding.remove(partition);
                }
                return chunk;
            }
        }
        return null;
    }

    /** A chunk, or a record in it, cannot be read. Returns as {@link #finish}. */
    boolean onUnreadable(Chunk chunk, UnreadableRecordException reason, long nowNs) {
        boolean wanted = finish(chunk, reason.offset(), chunk.partition.positionEpoch, true, false, nowNs);
        stop(chunk, reason, nowNs);
        return wanted;
    }

    /** Nothing more of a chunk's partition until somebody seeks, unless somebody did already. */
    void stop(Chunk chunk, RuntimeException reason, long nowNs) {
        AssignedPartition partition = chunk.partition;
        if (chunk.current()) {
            dropChunks(partition);
            partition.fetchOffset = partition.position;
            partition.fetchEpoch = partition.positionEpoch;
            fail(partition, reason, nowNs);
        }
    }

    /**
     * Gives a chunk back after some of it was read.
     *
     * @param nextOffset behind what was read
     * @param done whether nothing is left in it
     * @param first whether what is left is read before other partitions
     * @return whether what was read is what was wanted: if not, it is not to be given to the application
     */
    boolean finish(Chunk chunk, long nextOffset, int leaderEpoch, boolean done, boolean first, long nowNs) {
        AssignedPartition partition = chunk.partition;
        partition.taken = null;
        boolean wanted = chunk.current();
        if (wanted && nextOffset > partition.position) {
            partition.position = nextOffset;
            partition.positionEpoch = leaderEpoch;
            uncommitted.add(partition);
        }
        if (wanted && !done) {
            partition.chunks.addFirst(chunk);
            holding.add(partition);
        } else {
            discard(chunk);
        }
        offer(partition, first);
        update(partition, nowNs);
        return wanted;
    }

    /** By names. */
    PartitionSet paused() {
        PartitionSet.Builder builder = PartitionSet.builder();
        find(assignment).stream()
                .filter(partition -> partition.paused)
                .forEach(partition -> builder.add(partition.topic.name, Uuid.ZERO_UUID, partition.partition));
        return builder.build();
    }

    /** Of the partition that is furthest behind; 0 when that is not known of any. */
    long maxLag() {
        return find(assignment).stream().mapToLong(this::lag).max().orElse(0);
    }

    // ---- commits

    /** Takes the partitions whose position has moved since they were last taken; of all, or of some. */
    List<AssignedPartition> takeUncommitted(Collection<AssignedPartition> among) {
        List<AssignedPartition> taken = new ArrayList<>();
        for (AssignedPartition partition : among == null ? List.copyOf(uncommitted) : among) {
            if (uncommitted.remove(partition)) {
                taken.add(partition);
            }
        }
        return taken;
    }

    /** A commit of these failed: they are to be taken again. */
    void uncommit(Collection<AssignedPartition> partitions) {
        for (AssignedPartition partition : partitions) {
            AssignedTopic topic = topics.get(partition.topic.name);
            if (topic != null && partition.equals(topic.partitions.get(partition.partition))) {
                uncommitted.add(partition);
            }
        }
    }

    // ---- figures

    long retainedBytes() {
        return budget.retained();
    }

    long bufferedBytes() {
        return bufferedBytes;
    }

    Collection<FetchSession> sessions() {
        return sessions.values();
    }

    /** Gives all memory back but that of chunks that are taken. */
    void close(long nowNs) {
        remove(assignment, nowNs);
    }
}
