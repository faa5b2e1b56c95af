package io.braid.client.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.client.consumer.AssignedPartition.Stage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData;

/** Whatever happens to answers, sessions, leaders and the application: every record once, in order, in bounded memory. */
class FetcherPropertyTest {
    private static final int PARTITIONS = 5;
    private static final int BROKERS = 3;
    private static final long PREFETCH = 8_000;
    private static final int FETCH = 2_000;
    private static final int LARGEST_ANSWER = FETCH + 700; // a broker goes past the limit by less than one partition's

    private static final FetchSettings SETTINGS =
            new FetchSettings(FETCH, 600, PREFETCH, 300, 20, 100, 500, false, false, OffsetReset.earliest());

    /** One run with its chances. */
    private static final class World {
        final Random random;
        final Fetcher fetcher = new Fetcher(SETTINGS);
        final List<SimulatedLog> logs = new ArrayList<>();
        final List<SimulatedBroker> brokers = new ArrayList<>();
        final Map<FetchSession.Call, FetchResponseData> answers = new HashMap<>();
        final List<FetchSession.Call> inFlight = new ArrayList<>();
        final List<List<Long>> read = new ArrayList<>();
        final List<Chunk> taken = new ArrayList<>();
        int framesAlive;
        boolean calm;
        long nowNs = 1_000;

        World(long seed) {
            random = new Random(seed);
            for (int p = 0; p < PARTITIONS; p++) {
                SimulatedLog log = new SimulatedLog();
                log.leader = random.nextInt(BROKERS);
                logs.add(log);
                read.add(new ArrayList<>());
            }
            for (int b = 0; b < BROKERS; b++) {
                brokers.add(new SimulatedBroker(b, Tables.ID, logs, random));
            }
            route();
            fetcher.add(PartitionSet.range("t", Uuid.ZERO_UUID, 0, PARTITIONS), false, nowNs);
        }

        void route() {
            fetcher.onRouting(
                    Tables.of(
                            "t",
                            Tables.ID,
                            logs.stream().mapToInt(log -> log.leader).toArray(),
                            logs.stream().mapToInt(log -> log.leaderEpoch).toArray()),
                    nowNs);
        }

        AssignedPartition partition(int p) {
            return fetcher.get(new TopicPartition("t", p));
        }

        void step() {
            nowNs += random.nextInt(10);
            fetcher.tick(nowNs);
            switch (random.nextInt(16)) {
                case 0, 1, 2 -> logs.get(random.nextInt(PARTITIONS)).append(random);
                case 3, 4, 5 -> send();
                case 6, 7, 8 -> answer();
                case 9, 10, 11 -> read();
                case 12 -> lookUp();
                case 13 -> trouble();
                case 14 -> application();
                default -> giveBack();
            }
            assertThat(fetcher.retainedBytes()).isLessThanOrEqualTo(PREFETCH + LARGEST_ANSWER + 1_000);
        }

        void send() {
            for (FetchSession session : fetcher.sessions().sendable(nowNs)) {
                FetchSession.Call call = fetcher.sessions().next(session, (short) 17);
                inFlight.add(call);
                if (random.nextInt(12) != 0) { // or it is lost on the way
                    answers.put(call, brokers.get(session.broker).answer(call.request()));
                }
            }
        }

        void answer() {
            if (inFlight.isEmpty()) {
                return;
            }
            FetchSession.Call call = inFlight.remove(random.nextInt(inFlight.size()));
            FetchResponseData answer = answers.remove(call);
            if (answer == null || random.nextInt(12) == 0) {
                fetcher.sessions().onLost(call, nowNs);
                return;
            }
            int bytes = answer.responses().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .mapToInt(data -> data.records().sizeInBytes())
                    .sum();
            framesAlive++;
            fetcher.onAnswer(call, answer, new Frame(bytes, () -> framesAlive--), nowNs);
        }

        void read() {
            Chunk chunk = fetcher.take();
            if (chunk == null) {
                return;
            }
            if (chunk.reader == null) {
                chunk.reader = new RecordReader(chunk, true, false);
            }
            List<Long> offsets = new ArrayList<>();
            int most = 1 + random.nextInt(8);
            boolean done = false;
            while (offsets.size() < most && !done) {
                done = !chunk.reader.next();
                if (!done) {
                    offsets.add(chunk.reader.offset());
                }
            }
            long next = done ? chunk.nextOffset : chunk.reader.offset() + 1;
            if (random.nextInt(5) == 0) {
                application(); // between what another thread reads and gives back
            }
            if (fetcher.finish(chunk, next, 0, done, random.nextBoolean(), nowNs)) {
                read.get(chunk.partition.partition).addAll(offsets);
            }
        }

        /** A chunk that a handler has in hand for long. */
        void giveBack() {
            if (taken.isEmpty()) {
                Chunk chunk = fetcher.take();
                if (chunk != null) {
                    taken.add(chunk);
                }
            } else {
                fetcher.finish(taken.remove(0), AssignedPartition.NO_OFFSET, 0, false, false, nowNs);
            }
        }

        void lookUp() {
            for (AssignedPartition partition : fetcher.positions().takeUnsettled(Stage.NEEDS_OFFSET)) {
                long offset = partition.reset.kind() == OffsetReset.Kind.EARLIEST
                        ? logs.get(partition.partition).start
                        : logs.get(partition.partition).end();
                if (random.nextInt(4) == 0) {
                    fetcher.lookups().onUnreachable(partition, partition.generation, nowNs);
                } else {
                    fetcher.lookups().onOffset(partition, partition.generation, offset, -1, nowNs);
                }
            }
            for (AssignedPartition partition : fetcher.positions().takeUnsettled(Stage.NEEDS_VALIDATION)) {
                fetcher.lookups()
                        .onEpochEnd(
                                partition,
                                partition.generation,
                                partition.fetchEpoch,
                                logs.get(partition.partition).end(),
                                nowNs);
            }
        }

        void trouble() {
            if (random.nextInt(3) == 0) {
                brokers.get(random.nextInt(BROKERS)).forgetSessions();
            } else {
                SimulatedLog log = logs.get(random.nextInt(PARTITIONS));
                log.leader = random.nextInt(BROKERS);
                log.leaderEpoch++;
                if (random.nextBoolean()) {
                    route();
                }
            }
        }

        void application() {
            AssignedPartition partition = partition(random.nextInt(PARTITIONS));
            switch (random.nextInt(5)) {
                case 4 -> reassign();
                case 0 -> fetcher.pause(partition, true, nowNs);
                case 1 -> fetcher.pause(partition, false, nowNs);
                case 2 -> fetcher.hold(partition, AssignedPartition.HELD_BY_GROUP, random.nextBoolean(), nowNs);
                default -> {
                    List<Long> offsets = read.get(partition.partition);
                    if (!offsets.isEmpty()) { // back to what was read, as if the last of it had not been
                        int keep = random.nextInt(offsets.size());
                        long offset = offsets.get(keep);
                        offsets.subList(keep, offsets.size()).clear();
                        fetcher.positions().seek(partition, offset, -1, nowNs);
                    }
                }
            }
        }

        /** Partitions go and come back, as in a rebalance: they are read from the beginning again. */
        void reassign() {
            if (calm) {
                return; // else it might never get to the end
            }
            int from = random.nextInt(PARTITIONS);
            int to = random.nextBoolean() ? PARTITIONS : from + 1;
            PartitionSet some = PartitionSet.range("t", Uuid.ZERO_UUID, random.nextBoolean() ? 0 : from, to);
            fetcher.remove(some, nowNs);
            fetcher.add(some, false, nowNs);
            some.forEachRange((topic, first, end) -> {
                for (int p = first; p < end; p++) {
                    read.get(p).clear();
                }
            });
        }

        /** Until nothing is left to read. */
        void calmDown() {
            calm = true;
            while (!taken.isEmpty()) {
                giveBack();
            }
            route();
            for (int p = 0; p < PARTITIONS; p++) {
                fetcher.pause(partition(p), false, nowNs);
                fetcher.hold(partition(p), AssignedPartition.HELD_BY_GROUP, false, nowNs);
            }
            for (int i = 0; i < 3_000 && !caughtUp(); i++) {
                nowNs += 20;
                fetcher.tick(nowNs);
                lookUp();
                send();
                answer();
                for (Chunk chunk = fetcher.take(); chunk != null; chunk = fetcher.take()) {
                    fetcher.finish(chunk, AssignedPartition.NO_OFFSET, 0, false, true, nowNs);
                    read();
                }
                if (random.nextInt(20) == 0) {
                    route();
                    for (int p = 0; p < PARTITIONS; p++) {
                        fetcher.pause(partition(p), false, nowNs);
                        fetcher.hold(partition(p), AssignedPartition.HELD_BY_GROUP, false, nowNs);
                    }
                }
            }
        }

        boolean caughtUp() {
            for (int p = 0; p < PARTITIONS; p++) {
                if (read.get(p).size() < logs.get(p).offsets.size()) {
                    return false;
                }
            }
            return true;
        }
    }

    @Property(tries = 400)
    void everyRecordIsReadOnceInOrder(@ForAll long seed) {
        World world = new World(seed);
        for (int i = 0; i < 600; i++) {
            world.step();
        }
        world.calmDown();
        for (int p = 0; p < PARTITIONS; p++) {
            assertThat(world.read.get(p)).as("partition %d", p).isEqualTo(world.logs.get(p).offsets);
        }
        world.fetcher.close(world.nowNs);
        assertThat(world.fetcher.retainedBytes()).isZero();
        assertThat(world.fetcher.bufferedBytes()).isZero();
        assertThat(world.framesAlive).isZero();
    }
}
