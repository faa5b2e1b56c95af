package io.braid.log.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** All lookups against a plain list, over segments in memory, sealed, deleted and rewritten. */
class PartitionIndexTest {
    @Property(tries = 120)
    void agreesWithAListOfBatches(@ForAll @Size(max = 400) List<@IntRange(min = 0, max = 0xFFFFFF) Integer> steps)
            throws IOException {
        try (ModelShard shard = new ModelShard()) {
            int count = 0;
            for (int step : steps) {
                take(shard, step);
                if (++count % 100 == 0) {
                    assertAgrees(shard);
                }
            }
            assertAgrees(shard);
        }
    }

    private static void take(ModelShard shard, int step) throws IOException {
        int argument = step >> 5;
        int partition = argument % ModelShard.PARTITIONS;
        switch (step & 31) {
            case 0, 1, 2 -> shard.roll();
            case 3, 4 -> shard.seal();
            case 5 -> shard.startEpoch();
            case 6 -> shard.undoAppend();
            case 7 -> shard.advanceLogStart(partition, argument & 31);
            case 8 -> deleteRarely(shard, argument);
            case 9 -> shard.rewrite(argument);
            default ->
                shard.append(
                        partition,
                        (argument & 7) == 7 ? 3 : 0,
                        (argument >> 3) & 3,
                        100 + (argument & 255),
                        1000 + shard.nextOffset(partition) * 2 + (argument >> 12));
        }
    }

    private static void deleteRarely(ModelShard shard, int argument) {
        if ((argument & 3) == 0) {
            shard.delete(argument >> 2);
        }
    }

    private static void assertAgrees(ModelShard shard) throws IOException {
        for (int partition = 0; partition < ModelShard.PARTITIONS; partition++) {
            PartitionIndex index = shard.index(partition);
            List<BatchLocation> live = shard.live(partition);
            long logStart = shard.logStart(partition);
            long nextOffset = shard.nextOffset(partition);
            long stride = Math.max(1, (nextOffset - logStart) / 12);
            for (long offset = logStart; offset <= nextOffset + 1; offset += stride) {
                assertFloor(index, live, logStart, offset);
                assertCursor(index, live, offset);
                assertBytes(index, live, offset, nextOffset - (offset - logStart) / 3);
                assertMaxTimestamp(index, live, logStart, offset);
            }
            for (long timestamp = 990; timestamp < 1000 + 2 * nextOffset + 150; timestamp += 1 + 2 * stride) {
                assertTimestamp(index, live, timestamp, logStart, nextOffset);
                assertTimestamp(index, live, timestamp, logStart, (logStart + nextOffset) / 2);
            }
            for (int epoch = 0; epoch < 6; epoch++) {
                assertEndOfEpoch(index, live, epoch, logStart);
            }
            assertRetention(shard, partition);
            assertMemory(shard, partition);
        }
    }

    private static void assertFloor(PartitionIndex index, List<BatchLocation> live, long logStart, long offset)
            throws IOException {
        Optional<BatchLocation> expected =
                last(live.stream().filter(batch -> batch.baseOffset() <= offset).toList());
        Optional<BatchLocation> floor = index.floor(offset);
        if (expected.isPresent()) {
            assertThat(floor).isEqualTo(expected);
            assertThat(index.leaderEpochAt(offset)).isEqualTo(expected.get().leaderEpoch());
        } else {
            assertThat(floor.filter(batch -> batch.lastOffset() >= logStart)).isEmpty();
        }
    }

    private static Optional<BatchLocation> last(List<BatchLocation> batches) {
        return batches.isEmpty() ? Optional.empty() : Optional.of(batches.get(batches.size() - 1));
    }

    private static void assertCursor(PartitionIndex index, List<BatchLocation> live, long offset) throws IOException {
        List<BatchLocation> found = new ArrayList<>();
        BatchCursor cursor = index.from(offset);
        while (cursor.next()) {
            found.add(cursor.batch());
        }
        assertThat(found)
                .isEqualTo(live.stream()
                        .filter(batch -> batch.lastOffset() >= offset)
                        .toList());
        assertThat(cursor.next()).isFalse();
    }

    private static void assertBytes(PartitionIndex index, List<BatchLocation> live, long from, long to)
            throws IOException {
        long expected = live.stream()
                .filter(batch -> batch.baseOffset() >= from && batch.baseOffset() < to)
                .mapToLong(BatchLocation::sizeBytes)
                .sum();
        assertThat(index.bytesBetween(from, to)).isEqualTo(expected);
    }

    private static void assertTimestamp(
            PartitionIndex index, List<BatchLocation> live, long timestamp, long from, long end) throws IOException {
        Optional<BatchLocation> expected = live.stream()
                .filter(batch -> batch.maxTimestamp() >= timestamp && batch.baseOffset() < end)
                .findFirst();
        assertThat(index.firstWithTimestamp(timestamp, from, end)).isEqualTo(expected);
    }

    private static void assertMaxTimestamp(PartitionIndex index, List<BatchLocation> live, long from, long end)
            throws IOException {
        Optional<BatchLocation> expected = live.stream()
                .filter(batch -> batch.baseOffset() < end)
                .max(Comparator.comparingLong(BatchLocation::maxTimestamp)
                        .thenComparing(BatchLocation::baseOffset, Comparator.reverseOrder()));
        assertThat(index.withMaxTimestamp(from, end)).isEqualTo(expected);
    }

    private static void assertEndOfEpoch(PartitionIndex index, List<BatchLocation> live, int epoch, long logStart)
            throws IOException {
        OptionalLong expected = live.stream()
                .filter(batch -> batch.leaderEpoch() > epoch)
                .mapToLong(BatchLocation::baseOffset)
                .findFirst();
        OptionalLong end = index.endOfEpoch(epoch);
        // An epoch that ended before the log start may be answered by a batch that is dead but not deleted.
        boolean dead = end.isPresent() && end.getAsLong() < logStart;
        if (!dead) {
            assertThat(end).isEqualTo(expected);
        }
    }

    private static void assertRetention(ModelShard shard, int partition) throws IOException {
        long logStart = shard.logStart(partition);
        TreeMap<Integer, List<BatchLocation>> segments = new TreeMap<>();
        shard.all(partition).forEach(batch -> segments.computeIfAbsent(batch.segment(), s -> new ArrayList<>())
                .add(batch));
        segments.values().removeIf(batches -> last(batches).orElseThrow().lastOffset() < logStart);
        for (long limit = 0; limit < 3000; limit += 170) {
            OptionalLong expired = OptionalLong.empty();
            OptionalLong freed = OptionalLong.empty();
            boolean expiring = true;
            long bytes = 0;
            for (var segment : segments.entrySet()) {
                if (!shard.isSealed(segment.getKey())) {
                    break;
                }
                List<BatchLocation> batches = segment.getValue();
                long end = last(batches).orElseThrow().lastOffset() + 1;
                long cutoff = 1000 + limit / 20;
                expiring &= batches.stream().allMatch(batch -> batch.maxTimestamp() < cutoff);
                expired = expiring ? OptionalLong.of(end) : expired;
                bytes += batches.stream().mapToLong(BatchLocation::sizeBytes).sum();
                freed = bytes <= limit ? OptionalLong.of(end) : freed;
            }
            PartitionIndex index = shard.index(partition);
            assertThat(index.startAfterExpired(logStart, 1000 + limit / 20)).isEqualTo(expired);
            assertThat(index.startAfterFreeing(logStart, limit)).isEqualTo(freed);
        }
    }

    private static void assertMemory(ModelShard shard, int partition) {
        long expected = shard.all(partition).stream()
                .filter(batch -> batch.segment() >= shard.firstInMemory())
                .mapToLong(BatchLocation::baseOffset)
                .findFirst()
                .orElse(Long.MAX_VALUE);
        assertThat(shard.index(partition).oldestOffsetInMemory()).isEqualTo(expected);
        for (int segment = shard.firstInMemory(); segment <= shard.activeSegment(); segment++) {
            int below = segment;
            int newest = last(shard.all(partition).stream()
                            .filter(batch -> batch.segment() < below)
                            .toList())
                    .map(BatchLocation::segment)
                    .orElse(-1);
            int found = shard.newestBelow(partition, segment);
            // A link may lead to a deleted segment, or to a later ordinal of a rewritten one.
            if (newest >= 0 && shard.isSealed(found)) {
                assertThat(shard.find(found)).isEqualTo(shard.find(newest));
            } else if (newest >= shard.firstInMemory()) {
                assertThat(found).isEqualTo(newest);
            }
        }
    }
}
