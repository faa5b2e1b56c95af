package io.braid.client.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.protocol.Errors;

/** Whatever happens to requests, answers and leaders: every record once, in order. */
class AccumulatorPropertyTest {
    private static final int PARTITIONS = 6;
    private static final int BROKERS = 3;
    private static final int RECORDS = 400;

    /** One run with its chances. */
    private static final class World {
        final Random random;
        final BufferPool pool = new BufferPool(UnpooledByteBufAllocator.DEFAULT, 64 << 10, 2048);
        final Accumulator accumulator;
        final TopicState topic;
        final SimulatedPartition[] partitions = new SimulatedPartition[PARTITIONS];
        final int[] leaders = new int[PARTITIONS];
        final List<List<Integer>> sent = new ArrayList<>();
        final Map<Integer, Finished> ended = new HashMap<>();
        /** By broker: requests on their connection, answered in their order, lost together. */
        final Map<Lane, ArrayDeque<List<Batch>>> connections = new HashMap<>();

        int epoch;
        long nowNs = 1_000_000_000;
        boolean calm;

        World(long seed, boolean expiring) {
            this.random = new Random(seed);
            long deliveryNs = expiring ? 300 : 1_000_000_000_000L;
            AccumulatorSettings settings =
                    new AccumulatorSettings(700, 1500, 10, random.nextBoolean(), deliveryNs, 5, 20, 100);
            accumulator = new Accumulator(settings, pool, bound -> random.nextInt(bound));
            accumulator.reroute(table());
            topic = accumulator.newTopic(table().topic("t").orElseThrow());
            for (int p = 0; p < PARTITIONS; p++) {
                partitions[p] = new SimulatedPartition();
                sent.add(new ArrayList<>());
            }
            accumulator.identity(new ProducerIdentity(7, (short) (Short.MAX_VALUE - random.nextInt(3))));
        }

        io.braid.client.routing.RoutingTable table() {
            return Tables.of("t", epoch, leaders);
        }

        void send(int value) {
            int partition = random.nextInt(PARTITIONS);
            byte[] bytes =
                    ByteBuffer.allocate(4 + random.nextInt(200)).putInt(value).array();
            Integer listener = value;
            while (accumulator.append(topic, partition, nowNs / 1000, null, bytes, List.of(), listener, nowNs)
                    == Accumulator.Appended.NO_MEMORY) {
                accumulator.waiting(1);
                step();
                accumulator.waiting(-1);
            }
            sent.get(partition).add(value);
        }

        void step() {
            nowNs += 1 + random.nextInt(20);
            if (accumulator.identity().equals(ProducerIdentity.NONE)) {
                accumulator.identity(new ProducerIdentity(random.nextLong() & Long.MAX_VALUE, (short) 0));
            }
            accumulator.wakeDelayed(nowNs);
            accumulator.expire(nowNs);
            for (Lane lane : accumulator.lanes()) {
                List<Batch> batches = accumulator.drain(lane, nowNs);
                if (!batches.isEmpty()) {
                    connections.computeIfAbsent(lane, l -> new ArrayDeque<>()).add(batches);
                }
            }
            if (!calm && random.nextInt(30) == 0) {
                leaders[random.nextInt(PARTITIONS)] = random.nextInt(BROKERS + 1) - 1;
                epoch++;
                accumulator.reroute(table());
            }
            List<Lane> busy = connections.keySet().stream()
                    .filter(lane -> !connections.get(lane).isEmpty())
                    .sorted((a, b) -> Integer.compare(a.broker, b.broker))
                    .toList();
            if (!busy.isEmpty()) {
                Lane lane = busy.get(random.nextInt(busy.size()));
                if (!calm && random.nextInt(15) == 0) {
                    lose(lane);
                } else {
                    answer(lane, connections.get(lane).poll());
                }
            }
            for (Finished one : accumulator.takeFinished()) {
                for (int i = 0; i < one.batch().count; i++) {
                    assertThat(ended.put((Integer) one.batch().listener(i), one))
                            .isNull();
                }
            }
        }

        /** The connection breaks: the broker took the first few of the requests. */
        void lose(Lane lane) {
            ArrayDeque<List<Batch>> requests = connections.get(lane);
            int taken = random.nextInt(requests.size() + 1);
            while (!requests.isEmpty()) {
                List<Batch> request = requests.poll();
                if (taken-- > 0) {
                    request.forEach(batch -> append(lane, batch));
                }
                accumulator.requestDone(lane);
                request.forEach(batch -> accumulator.lost(batch, new DisconnectException("lost"), nowNs));
            }
        }

        SimulatedPartition.Outcome append(Lane lane, Batch batch) {
            int partition = batch.partition.partition;
            if (leaders[partition] != lane.broker) {
                return new SimulatedPartition.Outcome(Errors.NOT_LEADER_OR_FOLLOWER, -1);
            }
            WireBatch wire = WireBatch.of(batch, CompressionCodec.NONE);
            return partitions[partition].append(
                    wire.batch.producerId(), wire.batch.producerEpoch(), wire.batch.baseSequence(), wire.ints());
        }

        void answer(Lane lane, List<Batch> request) {
            accumulator.requestDone(lane);
            for (Batch batch : request) {
                int chance = calm ? 100 : random.nextInt(40);
                if (chance == 0) {
                    accumulator.failed(batch, Errors.NOT_ENOUGH_REPLICAS, null, nowNs);
                } else if (chance == 1 && batch.count > 1) {
                    accumulator.failed(batch, Errors.MESSAGE_TOO_LARGE, null, nowNs);
                } else if (chance == 2) {
                    append(lane, batch);
                    accumulator.failed(batch, Errors.REQUEST_TIMED_OUT, null, nowNs);
                } else {
                    SimulatedPartition.Outcome outcome = append(lane, batch);
                    if (outcome.error() == Errors.NONE) {
                        accumulator.succeeded(batch, outcome.baseOffset(), -1, nowNs);
                    } else {
                        accumulator.failed(batch, outcome.error(), null, nowNs);
                    }
                }
            }
        }

        void run() {
            for (int i = 0; i < RECORDS; i++) {
                send(i);
                if (random.nextInt(3) == 0) {
                    step();
                }
            }
            calm = true;
            for (int p = 0; p < PARTITIONS; p++) {
                leaders[p] = random.nextInt(BROKERS);
            }
            epoch++;
            accumulator.reroute(table());
            accumulator.flush();
            for (int steps = 0; accumulator.hasUnfinished(); steps++) {
                assertThat(steps).as("comes to an end").isLessThan(200_000);
                step();
            }
        }
    }

    @Property(tries = 150, shrinking = net.jqwik.api.ShrinkingMode.OFF)
    void everyRecordIsThereOnceAndInOrder(@ForAll long seed) {
        World world = new World(seed, false);
        world.run();

        for (int p = 0; p < PARTITIONS; p++) {
            assertThat(world.partitions[p].log).isEqualTo(world.sent.get(p));
        }
        assertThat(world.ended).hasSize(RECORDS).allSatisfy((value, one) -> assertThat(one.failure())
                .isNull());
        world.ended.forEach((value, one) -> {
            if (one.baseOffset() >= 0) {
                Batch batch = one.batch();
                int index = 0;
                while (!value.equals(batch.listener(index))) {
                    index++;
                }
                List<Integer> log = world.partitions[batch.partition.partition].log;
                assertThat(log.get((int) one.baseOffset() + index)).isEqualTo(value);
            }
        });
        world.accumulator.close();
        assertThat(world.pool.usedBytes()).isZero();
    }

    /** What is acknowledged is there once; what failed at most once; both in order. */
    @Property(tries = 150, shrinking = net.jqwik.api.ShrinkingMode.OFF)
    void recordsThatExpireAreThereAtMostOnceAndInOrder(@ForAll long seed) {
        World world = new World(seed, true);
        world.run();

        for (int p = 0; p < PARTITIONS; p++) {
            List<Integer> log = world.partitions[p].log;
            assertThat(log).doesNotHaveDuplicates().isSorted();
            List<Integer> acknowledged = world.sent.get(p).stream()
                    .filter(value -> world.ended.get(value).failure() == null)
                    .toList();
            assertThat(log).containsAll(acknowledged);
        }
        assertThat(world.ended).hasSize(RECORDS);
        world.accumulator.close();
        assertThat(world.pool.usedBytes()).isZero();
    }
}
