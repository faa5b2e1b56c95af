package io.braid.log.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.log.rows.PageDump;
import io.braid.log.rows.ScratchDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CheckpointTest {
    private static final Checkpoint.Position AT = new Checkpoint.Position(1000, 7, 8, 123_456);

    private static Checkpoint.Loaded read(Path file) {
        return Checkpoint.read(file, Long.MAX_VALUE, 42);
    }

    /** Everything that is in the tables, as text. */
    private static List<String> contents(PartitionTable partitions, ProducerTable producers, EpochTable epochs) {
        List<String> contents = new ArrayList<>();
        for (int i = 0; i < epochs.size(); i++) {
            contents.add("epoch " + epochs.epoch(i) + " " + epochs.startLsn(i));
        }
        partitions.forEach(row -> {
            String key =
                    partitions.topicIdMsb(row) + ":" + partitions.topicIdLsb(row) + ":" + partitions.partition(row);
            contents.add(key + " " + partitions.logStartOffset(row) + " " + partitions.nextOffset(row) + " "
                    + partitions.sizeBytes(row) + " " + partitions.newestSegment(row));
            producers.forEach(
                    row,
                    producer -> contents.add(key + " producer " + producers.producerId(producer) + " "
                            + producers.epoch(producer) + " " + producers.lastSequence(producer) + " "
                            + producers.lastOffset(producer) + " " + producers.lastOffsetDelta(producer) + " "
                            + producers.timestampMs(producer)));
        });
        contents.sort(null);
        return contents;
    }

    private static List<String> contents(Checkpoint checkpoint) {
        return contents(checkpoint.partitions(), checkpoint.producers(), checkpoint.epochs());
    }

    @Property(tries = 100)
    void isReadAsTheTablesWereWhenItWasTaken(
            @ForAll @Size(max = 700) List<@IntRange(min = 0, max = 0xFFFFFF) Integer> steps) throws IOException {
        try (ScratchDirectory directory = new ScratchDirectory()) {
            Path file = directory.path().resolve("checkpoint");
            PartitionTable partitions = new PartitionTable();
            ProducerTable producers = new ProducerTable(partitions, Long.MAX_VALUE, 1);
            EpochTable epochs = new EpochTable();
            for (int step : steps.subList(0, steps.size() / 2)) {
                take(partitions, producers, epochs, step);
            }
            List<String> expected = contents(partitions, producers, epochs);
            Checkpoint.Snapshot snapshot = Checkpoint.copyOf(AT, partitions, producers, epochs);
            for (int step : steps.subList(steps.size() / 2, steps.size())) {
                take(partitions, producers, epochs, step);
            }

            long bytes = Checkpoint.write(file, snapshot, row -> {
                throw new AssertionError("no partition is in an unindexed segment");
            });

            assertThat(bytes).isEqualTo(Files.size(file));
            Checkpoint.Loaded loaded = read(file);
            assertThat(loaded.damage()).isEmpty();
            Checkpoint checkpoint = loaded.checkpoint().orElseThrow();
            assertThat(checkpoint.at()).isEqualTo(AT);
            assertThat(contents(checkpoint)).isEqualTo(expected);
        }
    }

    private static void take(PartitionTable partitions, ProducerTable producers, EpochTable epochs, int step) {
        int topic = (step >> 3) & 7;
        switch (step & 7) {
            case 0 -> {
                if (step >> 16 == 0) {
                    partitions.removeTopic(topic, -topic, producers::removePartition);
                }
            }
            case 1 -> epochs.start(epochs.latestEpoch() + 1 + (step & 1), Math.max(0, epochs.latestStartLsn()) + topic);
            default -> {
                int row = partitions.findOrAdd(topic, -topic, (step >> 6) & 63);
                partitions.setLogStartOffset(row, step);
                partitions.setNextOffset(row, step * 2L);
                partitions.addBytes(row, step);
                partitions.setNewest(row, step % 7, step);
                producers.put(row, step >> 20, (short) step, step, step * 2L - 1, step & 15, step);
            }
        }
    }

    private static void example(PartitionTable partitions, ProducerTable producers, EpochTable epochs) {
        epochs.start(3, 0);
        epochs.start(5, 700);
        int zero = partitions.findOrAdd(0x0102030405060708L, 0x1112131415161718L, 0);
        partitions.setNextOffset(zero, 20);
        partitions.addBytes(zero, 4096);
        partitions.setNewest(zero, 6, 11);
        int one = partitions.findOrAdd(0x0102030405060708L, 0x1112131415161718L, 1);
        partitions.setLogStartOffset(one, 5);
        partitions.setNextOffset(one, 9);
        partitions.addBytes(one, 512);
        partitions.setNewest(one, 8, 12);
        producers.put(one, 4000, (short) 2, 17, 8, 3, 1_700_000_000_000L);
    }

    private static Path writeExample(ScratchDirectory directory) throws IOException {
        Path file = directory.path().resolve("checkpoint");
        PartitionTable partitions = new PartitionTable();
        ProducerTable producers = new ProducerTable(partitions, Long.MAX_VALUE, 1);
        EpochTable epochs = new EpochTable();
        example(partitions, producers, epochs);
        Checkpoint.write(file, Checkpoint.copyOf(AT, partitions, producers, epochs), row -> 2);
        return file;
    }

    @Test
    void bytesOfTheFormatStayAsTheyAre() throws IOException {
        String golden =
                new String(getClass().getResourceAsStream("checkpoint-v1.txt").readAllBytes(), StandardCharsets.UTF_8);
        try (ScratchDirectory directory = new ScratchDirectory()) {
            assertThat(PageDump.of(writeExample(directory))).isEqualTo(golden);
        }
    }

    @Test
    void aPartitionInAnUnindexedSegmentIsKeptWithItsSegmentBefore() throws IOException {
        try (ScratchDirectory directory = new ScratchDirectory()) {
            PartitionTable partitions =
                    read(writeExample(directory)).checkpoint().orElseThrow().partitions();

            int zero = partitions.find(0x0102030405060708L, 0x1112131415161718L, 0);
            int one = partitions.find(0x0102030405060708L, 0x1112131415161718L, 1);
            assertThat(partitions.newestSegment(zero)).isEqualTo(6);
            assertThat(partitions.newestSegment(one)).isEqualTo(2);
            assertThat(partitions.newestActiveRow(one)).isEqualTo(-1);
        }
    }

    @Property(tries = 300)
    void damageIsAReasonAndNoException(
            @ForAll @IntRange(min = 0, max = 5 * 4096 - 1) int at, @ForAll @IntRange(min = 1, max = 255) int flip)
            throws IOException {
        try (ScratchDirectory directory = new ScratchDirectory()) {
            Path file = writeExample(directory);
            byte[] bytes = Files.readAllBytes(file);
            assertThat(bytes).hasSize(5 * 4096);
            bytes[at] ^= (byte) flip;
            Files.write(file, bytes);
            assertDamaged(read(file));

            Files.write(file, Arrays.copyOf(bytes, at));
            assertDamaged(read(file));
        }
    }

    private static void assertDamaged(Checkpoint.Loaded loaded) {
        assertThat(loaded.checkpoint()).isEmpty();
        assertThat(loaded.damage()).get().asString().contains("checkpoint");
    }

    @Test
    void aMissingFileIsNoDamage() {
        Checkpoint.Loaded loaded = read(Path.of("/nowhere/checkpoint"));

        assertThat(loaded.checkpoint()).isEmpty();
        assertThat(loaded.damage()).isEmpty();
    }

    @Test
    void aDirectoryInItsPlaceIsDamage() throws IOException {
        try (ScratchDirectory directory = new ScratchDirectory()) {
            assertThat(read(directory.path()).damage()).isPresent();
        }
    }
}
