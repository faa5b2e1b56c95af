package io.braid.client.consumer;

import io.braid.client.consumer.AssignedPartition.Stage;
import io.braid.client.routing.RoutingTable;
import io.braid.client.routing.ShardTable;
import io.braid.client.routing.TopicRoute;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData;

/**
 * Decides what a consumer fetches from whom, and keeps what came until it is read. Pure: time and answers come in as
 * parameters, requests go out as values. Here is what concerns several of its parts, each of which owns one thing:
 *
 * <pre>
 * {@link AssignedTopics}   which partitions there are
 * {@link ReceivedChunks}   what came and is not read, and its memory
 * {@link FetchSessions}    which partition is fetched from which broker, and requests
 * {@link FetchAnswers}     what answers to them bring
 * {@link Positions}        where partitions are read, and which of that is to be looked up or committed
 * {@link LookupAnswers}    what lookups have found
 * {@link Delays}           partitions that rest after an error
 * {@link ReadFailures}     what the application is to be told
 * </pre>
 *
 * <p>Not thread-safe: {@link SharedFetcher} puts a lock around it. What it costs follows the partitions with data or news;
 * only an assignment, a new routing table and the first request to a broker look at all.
 */
final class Fetcher {
    private final AssignedTopics assigned = new AssignedTopics();
    private final ReadFailures failures = new ReadFailures();
    private final ReceivedChunks received;
    private final FetchSessions sessions;
    private final Delays delays;
    private final Positions positions;
    private final LookupAnswers lookups;
    private final FetchAnswers answers;
    private RoutingTable table = RoutingTable.EMPTY;

    Fetcher(FetchSettings settings) {
        received = new ReceivedChunks(settings);
        sessions = new FetchSessions(settings, received);
        delays = new Delays(settings, sessions);
        positions = new Positions(settings, assigned, received, sessions, failures);
        lookups = new LookupAnswers(settings, positions, received, sessions, delays, failures);
        answers = new FetchAnswers(settings, assigned, received, sessions, positions, delays, failures);
    }

    FetchSessions sessions() {
        return sessions;
    }

    Positions positions() {
        return positions;
    }

    /** What was found of partitions that {@link Positions#takeUnsettled} gave. */
    LookupAnswers lookups() {
        return lookups;
    }

    // ---- what is assigned

    /** By names. */
    PartitionSet assignment() {
        return assigned.set();
    }

    /**
     * Adds partitions.
     *
     * @param held whether they are not to be read before {@link AssignedPartition#HELD_UNTOLD} is taken from them
     */
    void add(PartitionSet added, boolean held, long nowNs) {
        assigned.extend(added).forEachRange((key, from, to) -> {
            AssignedTopic topic = assigned.use(key.name());
            table.topic(topic.name).ifPresent(route -> assigned.identify(topic, route.id()));
            for (int number = from; number < to; number++) {
                AssignedPartition partition = assigned.add(topic, number);
                partition.holds = held ? AssignedPartition.HELD_UNTOLD : 0;
                route(partition, nowNs);
                positions.begin(partition, nowNs);
            }
        });
    }

    /** Takes partitions out; what was fetched of them is dropped. */
    void remove(PartitionSet removed, long nowNs) {
        for (AssignedPartition partition : assigned.reduce(removed)) {
            positions.end(partition, nowNs);
            assigned.remove(partition);
        }
    }

    /** As {@link #remove(PartitionSet, long)}, but not those that were assigned anew after they had gone. */
    void remove(List<AssignedPartition> partitions, long nowNs) {
        PartitionSet.Builder still = PartitionSet.builder();
        for (AssignedPartition partition : partitions) {
            if (assigned.contains(partition)) {
                still.add(partition.topic.name, Uuid.ZERO_UUID, partition.partition);
            }
        }
        remove(still.build(), nowNs);
    }

    /** Those of the set that are assigned. */
    List<AssignedPartition> find(PartitionSet set) {
        return assigned.find(set);
    }

    /**
     * The partition.
     *
     * @throws IllegalStateException when it is not assigned
     */
    AssignedPartition get(TopicPartition name) {
        return assigned.get(name);
    }

    /** The name of an assigned topic; "" when there is none with this id. */
    String name(Uuid id) {
        AssignedTopic topic = assigned.identified(id);
        return topic == null ? "" : topic.name;
    }

    /** Whether requests can name topics by ids. */
    boolean hasIds() {
        return assigned.haveIds();
    }

    /** Whether a partition is not to be read now, for one of the reasons; it is fetched all the same. */
    void hold(AssignedPartition partition, int reason, boolean held, long nowNs) {
        partition.holds = held ? partition.holds | reason : partition.holds & ~reason;
        received.offer(partition, false);
        sessions.place(partition, nowNs);
    }

    /** A paused partition is neither fetched nor read; what waits of it is dropped, so that it takes no memory. */
    void pause(AssignedPartition partition, boolean paused, long nowNs) {
        if (partition.paused == paused) {
            return;
        }
        partition.paused = paused;
        if (paused && partition.fetchOffset != AssignedPartition.NO_OFFSET) {
            Chunk taken = partition.taken;
            boolean read = taken != null && taken.current();
            positions.fetchAgain(
                    partition,
                    read ? taken.nextOffset : partition.position,
                    read ? taken.nextEpoch : partition.positionEpoch);
        }
        received.offer(partition, false);
        sessions.place(partition, nowNs);
    }

    /** By names. */
    PartitionSet paused() {
        PartitionSet.Builder builder = PartitionSet.builder();
        find(assignment()).stream()
                .filter(partition -> partition.paused)
                .forEach(partition -> builder.add(partition.topic.name, Uuid.ZERO_UUID, partition.partition));
        return builder.build();
    }

    // ---- where partitions are

    /** The map of the cluster changed. */
    void onRouting(RoutingTable newer, long nowNs) {
        table = newer;
        for (AssignedTopic topic : assigned.topics()) {
            TopicRoute route = newer.topic(topic.name).orElse(null);
            boolean another = route != null && !route.id().equals(topic.id) && !topic.id.equals(Uuid.ZERO_UUID);
            if (route != null && !route.id().equals(topic.id)) {
                assigned.identify(topic, route.id());
                sessions.restart();
            }
            for (AssignedPartition partition : topic.partitions.values()) {
                if (another) { // what was there under this name is gone, with its offsets
                    partition.leaderEpoch = AssignedPartition.NO_EPOCH;
                    positions.beginByReset(partition, nowNs);
                }
                route(partition, nowNs);
            }
        }
        sessions.onRouting(newer);
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
            FetchSessions.leave(partition);
            if (partition.stage == Stage.READY && partition.fetchEpoch != AssignedPartition.NO_EPOCH && epoch >= 0) {
                partition.stage = Stage.NEEDS_VALIDATION;
                positions.unsettle(partition);
            }
        }
        partition.delayed = false;
        sessions.place(partition, nowNs);
    }

    // ---- answers and time

    /**
     * Takes an answer.
     *
     * @param frame where its records lie
     * @return whether something in it says that the routing table is old
     */
    boolean onAnswer(FetchSession.Call call, FetchResponseData response, Frame frame, long nowNs) {
        return answers.onAnswer(call, response, frame, nowNs);
    }

    /** Time has passed: what waited for it goes on. Returns when to come again, in nanoseconds from now. */
    long tick(long nowNs) {
        long nextNs = delays.tick(nowNs);
        return Math.max(1, Math.min(nextNs, sessions.restsNs(nowNs)));
    }

    // ---- reading

    /** The oldest chunk of the partition that has waited longest, to be given back by {@link #finish}; null when there is none. */
    Chunk take() {
        return received.take();
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
            positions.fetchAgain(partition, partition.position, partition.positionEpoch);
            positions.fail(partition, reason, nowNs);
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
        boolean wanted = chunk.current();
        if (wanted) {
            positions.advance(chunk.partition, nextOffset, leaderEpoch);
        }
        received.giveBack(chunk, wanted && !done, first);
        sessions.place(chunk.partition, nowNs);
        return wanted;
    }

    /** Gives a chunk back that could not be read to its end, for no fault of its own: what is left is fetched again. */
    void readAgain(Chunk chunk, long nextOffset, long nowNs) {
        AssignedPartition partition = chunk.partition;
        if (finish(chunk, nextOffset, partition.positionEpoch, true, false, nowNs)) {
            positions.fetchAgain(partition, partition.position, partition.positionEpoch);
            sessions.place(partition, nowNs);
        }
    }

    // ---- failures

    /** A topic cannot be used, for a reason that is told once. Returns whether it is assigned. */
    boolean onUnusableTopic(String name, RuntimeException reason) {
        AssignedTopic topic = assigned.named(name);
        if (topic != null) {
            failures.put(topic.partitions.values().iterator().next(), reason);
        }
        return topic != null;
    }

    /** See {@link ReadFailures#next}. */
    RuntimeException failure() {
        return failures.next();
    }

    /** See {@link ReadFailures#take}. */
    RuntimeException takeFailure() {
        return failures.take();
    }

    // ---- figures

    /** Partitions that were looked at to make requests and to take answers, since the beginning. */
    long touched() {
        return sessions.named() + answers.touched();
    }

    /** See {@link ReceivedChunks#retainedBytes}. */
    long retainedBytes() {
        return received.retainedBytes();
    }

    /** See {@link ReceivedChunks#bufferedBytes}. */
    long bufferedBytes() {
        return received.bufferedBytes();
    }

    /** Gives all memory back but that of chunks that are taken. */
    void close(long nowNs) {
        remove(assignment(), nowNs);
    }
}
