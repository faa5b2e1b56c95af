package io.braid.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class UncommittedTailTest {
    @Test
    void partitionWithoutEntriesAboveTheCommitHasItsLogEndAsHighWatermark() {
        UncommittedTail tail = new UncommittedTail();

        assertThat(tail.highWatermark(7, 42)).isEqualTo(42);
    }

    @Test
    void highWatermarkFollowsTheCommitEntryByEntry() {
        UncommittedTail tail = new UncommittedTail();
        tail.add(10, 1, 5, 8, 100);
        tail.add(11, 1, 8, 9, 100);

        assertThat(tail.highWatermark(1, 9)).isEqualTo(5);
        tail.commit(11, row -> 9, (row, bytes) -> {});
        assertThat(tail.highWatermark(1, 9)).isEqualTo(8);
        tail.commit(12, row -> 9, (row, bytes) -> {});
        assertThat(tail.highWatermark(1, 9)).isEqualTo(9);
        assertThat(tail.isEmpty()).isTrue();
    }

    /** Each step appends to partition step/2 or, when odd, commits some of what is there; compared with a plain model. */
    @Property
    void agreesWithAModelThatKeepsEveryEntry(
            @ForAll @Size(max = 200) List<@IntRange(min = 0, max = 19) Integer> steps) {
        UncommittedTail tail = new UncommittedTail();
        Map<Integer, Long> logEnds = new HashMap<>();
        List<long[]> entries = new ArrayList<>();
        long commit = 0;
        for (int step : steps) {
            int row = step / 2;
            if (step % 2 == 0) {
                long start = logEnds.getOrDefault(row, 0L);
                long end = start + 1 + step;
                tail.add(entries.size(), row, start, end, 100);
                logEnds.put(row, end);
                entries.add(new long[] {row, end});
            } else {
                commit = Math.min(entries.size(), commit + row);
                tail.commit(commit, r -> logEnds.getOrDefault(r, 0L), (r, bytes) -> {});
            }
            for (int r = 0; r < 10; r++) {
                long expected = 0;
                for (int i = 0; i < commit; i++) {
                    expected = entries.get(i)[0] == r ? entries.get(i)[1] : expected;
                }
                assertThat(tail.highWatermark(r, logEnds.getOrDefault(r, 0L))).isEqualTo(expected);
            }
        }
    }
}
