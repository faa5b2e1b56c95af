package io.braid.log.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PartitionTableTest {
    private record Key(long msb, long lsb, int partition) {}

    private record Values(long logStart, long next, long size, int segment, int activeRow) {
        static final Values NEW = new Values(0, 0, 0, -1, -1);
    }

    /** Sixteen topics, some of which differ in one half of the id only, of 32 partitions. */
    private static Key key(int number) {
        int topic = number & 15;
        return new Key(0x1000L + (topic & 3), -7L * (topic >> 2), (number >> 4) & 31);
    }

    @Property(tries = 200)
    void agreesWithAMap(@ForAll @Size(max = 1500) List<@IntRange(min = 0, max = 0xFFFFFF) Integer> steps) {
        PartitionTable table = new PartitionTable();
        Map<Key, Values> model = new HashMap<>();
        PartitionSnapshot snapshot = table.snapshot();
        Map<Key, Values> modelOfSnapshot = Map.of();
        for (int step : steps) {
            Key key = key(step >> 4);
            switch (step & 15) {
                case 0 -> removeTopic(table, model, key);
                case 1 -> {
                    assertSame(snapshot, modelOfSnapshot);
                    snapshot = table.snapshot();
                    modelOfSnapshot = Map.copyOf(model);
                }
                case 2, 3 ->
                    assertThat(table.find(key.msb, key.lsb, key.partition) >= 0).isEqualTo(model.containsKey(key));
                default -> write(table, model, key, step);
            }
            assertThat(table.size()).isEqualTo(model.size());
        }
        assertSame(snapshot, modelOfSnapshot);
        assertSame(table.snapshot(), model);
        assertRowsOfTopics(table, model);
    }

    private static void removeTopic(PartitionTable table, Map<Key, Values> model, Key key) {
        List<Key> removed = new ArrayList<>();
        table.removeTopic(
                key.msb,
                key.lsb,
                row -> removed.add(new Key(table.topicIdMsb(row), table.topicIdLsb(row), table.partition(row))));
        List<Key> expected = model.keySet().stream()
                .filter(k -> k.msb == key.msb && k.lsb == key.lsb)
                .toList();
        assertThat(removed).containsExactlyInAnyOrderElementsOf(expected);
        expected.forEach(model::remove);
    }

    private static void write(PartitionTable table, Map<Key, Values> model, Key key, int step) {
        Values old = model.getOrDefault(key, Values.NEW);
        Values values = new Values(step, old.next + step, old.size - step, step & 0xFF, step >> 8);
        model.put(key, values);
        int row = table.findOrAdd(key.msb, key.lsb, key.partition);
        assertThat(table.isUsed(row)).isTrue();
        table.setLogStartOffset(row, values.logStart);
        table.setNextOffset(row, table.nextOffset(row) + step);
        table.addBytes(row, -step);
        table.setNewest(row, values.segment, values.activeRow);
    }

    private static void assertSame(PartitionSnapshot snapshot, Map<Key, Values> model) {
        Map<Key, Values> found = new HashMap<>();
        snapshot.forEach(row -> found.put(
                new Key(snapshot.topicIdMsb(row), snapshot.topicIdLsb(row), snapshot.partition(row)),
                new Values(
                        snapshot.logStartOffset(row),
                        snapshot.nextOffset(row),
                        snapshot.sizeBytes(row),
                        snapshot.newestSegment(row),
                        snapshot.newestActiveRow(row))));
        assertThat(found).isEqualTo(model);
        assertThat(snapshot.size()).isEqualTo(model.size());
        for (int number = 0; number < 512; number++) {
            Key key = key(number);
            assertThat(snapshot.find(key.msb, key.lsb, key.partition) >= 0).isEqualTo(model.containsKey(key));
        }
    }

    private static void assertRowsOfTopics(PartitionTable table, Map<Key, Values> model) {
        for (int topic = 0; topic < 16; topic++) {
            Key key = key(topic);
            List<Integer> partitions = new ArrayList<>();
            table.forEachOfTopic(key.msb, key.lsb, row -> partitions.add(table.partition(row)));
            assertThat(partitions)
                    .containsExactlyInAnyOrderElementsOf(model.keySet().stream()
                            .filter(k -> k.msb == key.msb && k.lsb == key.lsb)
                            .map(Key::partition)
                            .toList());
        }
    }

    @Test
    void rowsOfARemovedTopicAreUsedAgain() {
        PartitionTable table = new PartitionTable();
        for (int partition = 0; partition < 1000; partition++) {
            table.findOrAdd(1, 1, partition);
        }
        long heapBytes = table.heapBytes();

        table.removeTopic(1, 1, row -> {});
        for (int partition = 0; partition < 1000; partition++) {
            int row = table.findOrAdd(2, 2, partition);
            assertThat(table.nextOffset(row)).isZero();
            assertThat(table.newestSegment(row)).isEqualTo(-1);
        }

        assertThat(table.rowLimit()).isEqualTo(1000);
        assertThat(table.heapBytes()).isEqualTo(heapBytes);
    }

    @Test
    void refusesANegativePartition() {
        assertThatThrownBy(() -> new PartitionTable().findOrAdd(1, 1, -1)).isInstanceOf(IllegalArgumentException.class);
    }
}
