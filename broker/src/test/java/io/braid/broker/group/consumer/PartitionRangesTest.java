package io.braid.broker.group.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class PartitionRangesTest {

    private final Random random = new Random(848);

    @Test
    void rangesThatTouchBecomeOne() {
        PartitionRanges ranges = PartitionRanges.ofPartitions(3, 1, 2, 7, 2);

        assertEquals("1-3,7", ranges.toString());
        assertEquals(2, ranges.rangeCount());
        assertEquals(4, ranges.size());
    }

    @Test
    void setOperationsAgreeWithBitSets() {
        for (int round = 0; round < 5_000; round++) {
            BitSet a = random();
            BitSet b = random();
            PartitionRanges x = ranges(a);
            PartitionRanges y = ranges(b);

            assertEquals(a.cardinality(), x.size());
            assertEquals(ranges(and(a, b)), x.intersect(y));
            assertEquals(ranges(andNot(a, b)), x.minus(y));
            assertEquals(ranges(or(a, b)), x.plus(y));
            assertEquals(a.intersects(b), x.intersects(y));
            assertEquals(andNot(b, a).isEmpty(), x.containsAll(y));
            for (int p = 0; p < 40; p++) {
                assertEquals(a.get(p), x.contains(p));
            }
            int count = random.nextInt(40);
            assertEquals(PartitionRanges.ofPartitions(a.stream().limit(count).toArray()), x.lowest(count));
        }
    }

    @Test
    void whatDoesNotChangeStaysTheSameObject() {
        PartitionRanges ranges = PartitionRanges.of(0, 10);

        assertSame(ranges, ranges.minus(PartitionRanges.of(20, 30)));
        assertSame(ranges, ranges.plus(PartitionRanges.of(3, 5)));
        assertSame(ranges, ranges.intersect(PartitionRanges.of(0, 30)));
    }

    @Test
    void negativeNumbersAndTheOneWithoutSuccessorAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> PartitionRanges.ofPartitions(-1));
        assertThrows(IllegalArgumentException.class, () -> PartitionRanges.ofPartitions(Integer.MAX_VALUE));
    }

    @Test
    void setsOfTopicsAgreeWithTheirRanges() {
        List<Uuid> topics = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            topics.add(new Uuid(0, i));
        }
        for (int round = 0; round < 2_000; round++) {
            PartitionSet a = set(topics);
            PartitionSet b = set(topics);
            for (Uuid t : topics) {
                assertEquals(a.get(t).plus(b.get(t)), a.plus(b).get(t));
                assertEquals(a.get(t).minus(b.get(t)), a.minus(b).get(t));
                assertEquals(a.get(t).intersect(b.get(t)), a.intersect(b).get(t));
            }
            assertEquals(!a.intersect(b).isEmpty(), a.intersects(b));
            assertEquals(b.minus(a).isEmpty(), a.containsAll(b));
            assertEquals(a, a.minus(b).plus(a.intersect(b)));
        }
    }

    private PartitionSet set(List<Uuid> topics) {
        PartitionSet.Builder builder = new PartitionSet.Builder(4);
        topics.forEach(t -> builder.add(t, random.nextInt(3) == 0 ? PartitionRanges.EMPTY : ranges(random())));
        return builder.build();
    }

    private BitSet random() {
        BitSet set = new BitSet();
        for (int i = 0; i < random.nextInt(5); i++) {
            int first = random.nextInt(32);
            set.set(first, first + random.nextInt(8));
        }
        return set;
    }

    private static PartitionRanges ranges(BitSet set) {
        return PartitionRanges.ofPartitions(set.stream().toArray());
    }

    private static BitSet and(BitSet a, BitSet b) {
        BitSet c = (BitSet) a.clone();
        c.and(b);
        return c;
    }

    private static BitSet andNot(BitSet a, BitSet b) {
        BitSet c = (BitSet) a.clone();
        c.andNot(b);
        return c;
    }

    private static BitSet or(BitSet a, BitSet b) {
        BitSet c = (BitSet) a.clone();
        c.or(b);
        return c;
    }
}
