package io.braid.log.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ProducerTableTest {
    private static final int PARTITIONS = 4;
    private static final long NO_CAP = Long.MAX_VALUE;

    private record State(long producerId, short epoch, int sequence, long offset, int delta, long timestamp) {}

    private final PartitionTable partitions = new PartitionTable();

    private void addPartitions(int count) {
        for (int partition = 0; partition < count; partition++) {
            partitions.findOrAdd(9, 9, partition);
        }
    }

    @Property(tries = 200)
    void agreesWithATreeMap(
            @ForAll @Size(max = 1000) List<@IntRange(min = 0, max = 0xFFFFFF) Integer> steps, @ForAll long seed) {
        addPartitions(PARTITIONS);
        ProducerTable table = new ProducerTable(partitions, NO_CAP, seed);
        List<Map<Long, State>> model = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            model.add(new TreeMap<>());
        }
        for (int step : steps) {
            int partition = (step >> 4) % PARTITIONS;
            long producerId = ((step >> 6) & 127) * 1000L - 9;
            switch (step & 15) {
                case 0, 1 -> {
                    table.remove(partition, producerId);
                    model.get(partition).remove(producerId);
                }
                case 2 -> expire(table, model, step >> 6);
                case 3 -> {
                    if ((step >> 20) == 0) {
                        table.removePartition(partition);
                        model.get(partition).clear();
                    }
                }
                default -> {
                    State state = new State(
                            producerId, (short) step, step * 7, step * 1_000_000_007L, step & 63, (step >> 6) & 0xFFFF);
                    put(table, partition, state);
                    model.get(partition).put(producerId, state);
                }
            }
        }
        assertSame(table, model);
        assertSnapshot(table, model);
    }

    private static void put(ProducerTable table, int partition, State state) {
        int row = table.put(
                partition, state.producerId, state.epoch, state.sequence, state.offset, state.delta, state.timestamp);
        assertThat(table.find(partition, state.producerId)).isEqualTo(row);
    }

    private static void expire(ProducerTable table, List<Map<Long, State>> model, int timestamp) {
        int before = model.stream().mapToInt(Map::size).sum();
        model.forEach(ofPartition -> ofPartition.values().removeIf(state -> state.timestamp < (timestamp & 0x3FFF)));
        int expected = before - model.stream().mapToInt(Map::size).sum();
        assertThat(table.expireBefore(timestamp & 0x3FFF)).isEqualTo(expected);
    }

    private static void assertSame(ProducerTable table, List<Map<Long, State>> model) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            List<State> found = new ArrayList<>();
            table.forEach(partition, row -> found.add(state(table, row)));
            assertThat(found).containsExactlyElementsOf(model.get(partition).values());
            for (long producerId : model.get(partition).keySet()) {
                assertThat(table.producerId(table.find(partition, producerId))).isEqualTo(producerId);
            }
            assertThat(table.find(partition, 12345)).isEqualTo(-1);
        }
        assertThat(table.size()).isEqualTo(model.stream().mapToInt(Map::size).sum());
    }

    private static State state(ProducerTable table, int row) {
        return new State(
                table.producerId(row),
                table.epoch(row),
                table.lastSequence(row),
                table.lastOffset(row),
                table.lastOffsetDelta(row),
                table.timestampMs(row));
    }

    private void assertSnapshot(ProducerTable table, List<Map<Long, State>> model) {
        PartitionSnapshot rows = partitions.snapshot();
        ProducerSnapshot snapshot = table.snapshot();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            table.removePartition(partition);
        }
        for (int partition = 0; partition < PARTITIONS; partition++) {
            List<State> found = new ArrayList<>();
            snapshot.forEach(
                    rows,
                    partition,
                    row -> found.add(new State(
                            snapshot.producerId(row),
                            snapshot.epoch(row),
                            snapshot.lastSequence(row),
                            snapshot.lastOffset(row),
                            snapshot.lastOffsetDelta(row),
                            snapshot.timestampMs(row))));
            assertThat(found).containsExactlyElementsOf(model.get(partition).values());
        }
    }

    @Test
    void aPartitionWithManyProducersIsFoundQuickly() {
        addPartitions(1);
        ProducerTable table = new ProducerTable(partitions, NO_CAP, 42);
        for (long producerId = 0; producerId < 200_000; producerId++) {
            table.put(0, producerId, (short) 0, 0, producerId, 0, producerId);
        }
        for (long producerId = 0; producerId < 200_000; producerId++) {
            assertThat(table.find(0, producerId) >= 0).isTrue();
        }
        assertThat(table.expireBefore(199_999)).isEqualTo(199_999);
    }

    @Test
    void aboveTheCapIdleProducersAreEvicted() {
        addPartitions(100);
        ProducerTable table = new ProducerTable(partitions, 1000 * ProducerRow.BYTES, 42);
        for (int i = 0; i < 20_000; i++) {
            int partition = i % 100;
            table.put(partition, i, (short) 0, 0, i, 0, i);
            // One producer of each partition stays active.
            table.put(partition, -1, (short) 0, i, i, 0, i);
            assertThat(table.size()).isLessThanOrEqualTo(1001);
        }
        for (int partition = 0; partition < 100; partition++) {
            assertThat(table.find(partition, -1)).isGreaterThanOrEqualTo(0);
        }
    }

    @Test
    void expiryInStepsVisitsEveryPartitionOnce() {
        addPartitions(10);
        ProducerTable table = new ProducerTable(partitions, NO_CAP, 42);
        for (int partition = 0; partition < 10; partition++) {
            table.put(partition, 5, (short) 0, 0, 0, 0, partition);
        }

        int next = table.expireBefore(100, 0, 4);
        assertThat(next).isEqualTo(4);
        assertThat(table.size()).isEqualTo(6);
        next = table.expireBefore(100, next, 4);
        assertThat(table.expireBefore(100, next, 4)).isEqualTo(-1);
        assertThat(table.size()).isZero();
    }
}
