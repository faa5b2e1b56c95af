package io.braid.log.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.log.rows.PageDump;
import io.braid.log.rows.ScratchDirectory;
import io.braid.log.table.PartitionTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SegmentIndexTest {
    private static final SegmentIndexes NONE = segment -> Optional.empty();

    private final ScratchDirectory directory = new ScratchDirectory();

    @AfterEach
    void removeFiles() {
        directory.close();
    }

    private Path file(int segment) {
        return directory.path().resolve(segment + ".idx");
    }

    private static SegmentInfo info(int segment) {
        return new SegmentInfo(segment, segment, segment * 10L, segment * 10L + 10, 4096, 1_700_000_000_000L);
    }

    @Test
    void findsEachOfManyPartitionsAndNoOther() throws IOException {
        PartitionTable partitions = new PartitionTable();
        ActiveIndex active = new ActiveIndex(0);
        int count = 30_000;
        Random random = new Random(7);
        long[] ids = random.longs(100).toArray();
        for (int i = 0; i < count; i++) {
            int row = partitions.findOrAdd(ids[i % 100], -ids[i % 100], i / 100 * 2);
            active.add(partitions, row, i, 0, i * 100L, 100, 1, i);
        }
        SegmentIndexWriter.write(file(0), info(0), partitions.snapshot(), active.view(), NONE);

        try (SegmentIndex index = SegmentIndex.open(file(0))) {
            index.verify();
            assertThat(index.partitions()).isEqualTo(count);
            assertThat(index.batches()).isEqualTo(count);
            for (int i = 0; i < count; i++) {
                DirectoryEntry entry =
                        index.find(ids[i % 100], -ids[i % 100], i / 100 * 2).orElseThrow();
                assertThat(entry.firstOffset()).isEqualTo(i);
                assertThat(index.batch(entry.firstRow()).position()).isEqualTo(i * 100L);
                assertThat(index.find(ids[i % 100], -ids[i % 100], i / 100 * 2 + 1))
                        .isEmpty();
            }
            assertThat(index.find(0, 0, 0)).isEmpty();
            assertThat(index.find(-1, -1, 0)).isEmpty();
            assertVisitsInOrder(index, count);
        }
    }

    private static void assertVisitsInOrder(SegmentIndex index, int count) throws IOException {
        List<DirectoryEntry> visited = new ArrayList<>();
        index.forEach(visited::add);
        assertThat(visited).hasSize(count);
        for (int i = 1; i < count; i++) {
            DirectoryEntry before = visited.get(i - 1);
            DirectoryEntry after = visited.get(i);
            assertThat(PartitionKey.compare(
                            before.topicIdMsb(),
                            before.topicIdLsb(),
                            before.partition(),
                            after.topicIdMsb(),
                            after.topicIdLsb(),
                            after.partition()))
                    .isNegative();
        }
    }

    @Test
    void searchesStayLogarithmicWhenRunsOfSegmentsWereMerged() throws IOException {
        int segments = 2000;
        int run = 8;
        Map<Integer, SegmentIndex> opened = new HashMap<>();
        int[] asked = {0};
        SegmentIndexes sealed = segment -> {
            asked[0]++;
            return Optional.of(opened.get(segment));
        };
        PartitionTable partitions = new PartitionTable();
        int row = partitions.findOrAdd(1, 1, 0);
        for (int segment = 0; segment < segments; segment++) {
            ActiveIndex active = new ActiveIndex(segment);
            active.add(partitions, row, segment * 10L, 9, 64, 100, 0, segment * 1000L);
            SegmentIndexWriter.write(file(segment), info(segment), partitions.snapshot(), active.view(), sealed);
            opened.put(segment, SegmentIndex.open(file(segment)));
        }
        for (int first = 16; first < segments / 2; first += 3 * run) {
            merge(opened, sealed, first, run);
        }
        PartitionIndex index = new IndexSnapshot(List.of(new ActiveIndex(segments).view()), sealed).of(partitions, row);
        int most = 0;
        for (int segment = 0; segment < segments; segment += 37) {
            asked[0] = 0;
            assertThat(index.floor(segment * 10L + 5).orElseThrow().baseOffset())
                    .isEqualTo(segment * 10L);
            assertThat(index.firstWithTimestamp(segment * 1000L - 1, 0, Long.MAX_VALUE)
                            .orElseThrow()
                            .baseOffset())
                    .isEqualTo(segment * 10L);
            most = Math.max(most, asked[0]);
        }
        assertThat(most).isLessThan(2 * 4 * 12);
        BatchCursor cursor = index.from(0);
        int batches = 0;
        while (cursor.next()) {
            assertThat(cursor.baseOffset()).isEqualTo(10L * batches++);
        }
        assertThat(batches).isEqualTo(segments);
        for (SegmentIndex closing : opened.values()) {
            closing.close();
        }
    }

    /** Puts the index of one segment in the place of {@code run} of them. */
    private void merge(Map<Integer, SegmentIndex> opened, SegmentIndexes sealed, int first, int run)
            throws IOException {
        int previous = opened.get(first).find(1, 1, 0).orElseThrow().previousSegment();
        SegmentIndexBuilder builder = new SegmentIndexBuilder(first, (idMsb, idLsb, partition) -> previous);
        for (int segment = first; segment < first + run; segment++) {
            builder.add(1, 1, 0, segment * 10L, 9, 64 + 100L * (segment - first), 100, 0, segment * 1000L);
            opened.get(segment).close();
        }
        Path file = directory.path().resolve("merged-" + first);
        builder.write(file, new SegmentInfo(first, first + run - 1, first, first + run, 1000, 0, 1), sealed);
        SegmentIndex merged = SegmentIndex.open(file);
        for (int segment = first; segment < first + run; segment++) {
            opened.put(segment, merged);
        }
    }

    @Test
    void searchesThroughThousandsOfSegmentsAreLogarithmic() throws IOException {
        int segments = 3000;
        List<SegmentIndex> opened = new ArrayList<>();
        int[] asked = {0};
        SegmentIndexes sealed = segment -> {
            asked[0]++;
            return Optional.of(opened.get(segment));
        };
        PartitionTable partitions = new PartitionTable();
        int row = partitions.findOrAdd(1, 1, 0);
        for (int segment = 0; segment < segments; segment++) {
            ActiveIndex active = new ActiveIndex(segment);
            active.add(partitions, row, segment * 10L, 9, 64, 100, segment / 100, segment * 1000L);
            SegmentIndexWriter.write(file(segment), info(segment), partitions.snapshot(), active.view(), sealed);
            opened.add(SegmentIndex.open(file(segment)));
        }
        PartitionIndex index = new IndexSnapshot(List.of(new ActiveIndex(segments).view()), sealed).of(partitions, row);

        int most = 0;
        for (int segment = 0; segment < segments; segment += 37) {
            asked[0] = 0;
            assertThat(index.floor(segment * 10L + 5).orElseThrow().segment()).isEqualTo(segment);
            assertThat(index.firstWithTimestamp(segment * 1000L - 1, 0, Long.MAX_VALUE)
                            .orElseThrow()
                            .segment())
                    .isEqualTo(segment);
            assertThat(index.endOfEpoch(segment / 100 - 1)).hasValue(segment / 100 * 1000L);
            most = Math.max(most, asked[0]);
        }
        assertThat(most).isLessThan(3 * 4 * 12);

        asked[0] = 0;
        BatchCursor cursor = index.from(0);
        int batches = 0;
        while (cursor.next()) {
            assertThat(cursor.segment()).isEqualTo(batches++);
        }
        assertThat(batches).isEqualTo(segments);
        assertThat(asked[0]).isLessThan(5 * segments);
        for (SegmentIndex closing : opened) {
            closing.close();
        }
    }

    /** Three batches of two partitions of one topic; the second partition is in segment 4, too. */
    private Path writeExample() throws IOException {
        PartitionTable partitions = new PartitionTable();
        int zero = partitions.findOrAdd(0x0102030405060708L, 0x1112131415161718L, 0);
        int one = partitions.findOrAdd(0x0102030405060708L, 0x1112131415161718L, 1);
        ActiveIndex earlier = new ActiveIndex(4);
        earlier.add(partitions, one, 0, 9, 128, 500, 1, 1_700_000_000_999L);
        SegmentIndexWriter.write(file(4), info(4), partitions.snapshot(), earlier.view(), NONE);
        try (SegmentIndex previous = SegmentIndex.open(file(4))) {
            ActiveIndex active = new ActiveIndex(5);
            active.add(partitions, one, 10, 4, 128, 300, 1, 1_700_000_000_100L);
            active.add(partitions, zero, 0, 0, 500, 100, 1, 1_700_000_000_200L);
            active.add(partitions, one, 15, 0, 700, 90, 2, 1_700_000_000_050L);
            SegmentIndexWriter.write(
                    file(5),
                    new SegmentInfo(5, 5, 50, 53, 790, 1_700_000_001_000L),
                    partitions.snapshot(),
                    active.view(),
                    segment -> segment == 4 ? Optional.of(previous) : Optional.empty());
        }
        return file(5);
    }

    @Test
    void bytesOfTheFormatStayAsTheyAre() throws IOException {
        String golden =
                new String(getClass().getResourceAsStream("index-v1.txt").readAllBytes(), StandardCharsets.UTF_8);

        assertThat(PageDump.of(writeExample())).isEqualTo(golden);
    }

    @Test
    void theExampleIsReadBack() throws IOException {
        try (SegmentIndex index = SegmentIndex.open(writeExample())) {
            assertThat(index.info()).isEqualTo(new SegmentInfo(5, 5, 50, 53, 790, 1_700_000_001_000L));
            assertThat(index.find(0x0102030405060708L, 0x1112131415161718L, 1))
                    .contains(new DirectoryEntry(
                            0x0102030405060708L,
                            0x1112131415161718L,
                            1,
                            10,
                            15,
                            1,
                            2,
                            390,
                            1_700_000_000_100L,
                            1_700_000_000_999L,
                            2,
                            4,
                            4,
                            1));
            DirectoryEntry entry =
                    index.find(0x0102030405060708L, 0x1112131415161718L, 1).orElseThrow();
            assertThat(index.floor(entry, 9)).isEqualTo(-1);
            assertThat(index.batch(index.floor(entry, 14)))
                    .isEqualTo(new BatchLocation(5, 128, 300, 10, 14, 1, 1_700_000_000_100L));
            assertThat(index.batch(index.floor(entry, 99)))
                    .isEqualTo(new BatchLocation(5, 700, 90, 15, 15, 2, 1_700_000_000_050L));
        }
    }

    @Test
    void damageIsReportedAsCorruptIndex() throws IOException {
        Path file = writeExample();
        byte[] bytes = Files.readAllBytes(file);
        for (int at = 0; at < bytes.length; at += 61) {
            byte[] damaged = bytes.clone();
            damaged[at] ^= 0x40;
            Files.write(file, damaged);

            assertThatThrownBy(() -> {
                        try (SegmentIndex index = SegmentIndex.open(file)) {
                            index.verify();
                        }
                    })
                    .isInstanceOf(CorruptIndexException.class)
                    .hasMessageContaining("5.idx");
        }
    }

    @Test
    void aSegmentWithoutBatchesHasAnIndex() throws IOException {
        SegmentIndexWriter.write(file(0), info(0), new PartitionTable().snapshot(), new ActiveIndex(0).view(), NONE);

        try (SegmentIndex index = SegmentIndex.open(file(0))) {
            assertThat(index.partitions()).isZero();
            assertThat(index.find(1, 1, 1)).isEmpty();
            index.forEach(entry -> {
                throw new AssertionError(entry);
            });
        }
    }

    @Test
    void aRebuiltIndexHasTheSameBytes() throws IOException {
        Path file = writeExample();
        String written = PageDump.of(file);
        try (SegmentIndex previous = SegmentIndex.open(file(4))) {
            SegmentIndexes older = segment -> segment == 4 ? Optional.of(previous) : Optional.empty();
            SegmentIndexBuilder builder = new SegmentIndexBuilder(5, SegmentIndexBuilder.searching(older, 0, 5));
            long msb = 0x0102030405060708L;
            long lsb = 0x1112131415161718L;
            builder.add(msb, lsb, 1, 10, 4, 128, 300, 1, 1_700_000_000_100L);
            builder.add(msb, lsb, 0, 0, 0, 500, 100, 1, 1_700_000_000_200L);
            builder.add(msb, lsb, 1, 15, 0, 700, 90, 2, 1_700_000_000_050L);
            builder.write(file, new SegmentInfo(5, 5, 50, 53, 790, 1_700_000_001_000L), older);
        }

        assertThat(PageDump.of(file)).isEqualTo(written);
    }
}
