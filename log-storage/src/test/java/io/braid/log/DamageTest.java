package io.braid.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Power cuts and bit rot, done to copies of a log's files. */
class DamageTest {
    @TempDir
    Path temp;

    /** Copies the files, lets {@code damage} at the copy, and opens the log there. */
    private LogFixture crash(LogFixture log, String name, Damage damage) throws IOException {
        Path copy = temp.resolve(name);
        LogFixture.copy(log.path, copy);
        damage.to(new LogFiles(copy.resolve("shards/0")));
        return new LogFixture(copy, log.config);
    }

    private interface Damage {
        void to(LogFiles files) throws IOException;
    }

    private static void zero(Path file, long from, int length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(length), from);
        }
    }

    private static List<Long> offsets(LogFixture log, int partition) {
        byte[] all = log.readAll(partition);
        ByteBuffer bytes = ByteBuffer.wrap(all);
        List<Long> offsets = new ArrayList<>();
        for (int at = 0; at < all.length; at += BatchHeader.sizeInBytes(bytes, at)) {
            assertThat(BatchHeader.verifyCrc(bytes, at, BatchHeader.sizeInBytes(bytes, at)))
                    .isTrue();
            offsets.add(BatchHeader.baseOffset(bytes, at));
        }
        return offsets;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void powerCutLosesOnlyWhatWasNeverForced(long seed) throws IOException {
        Random random = new Random(seed);
        try (LogFixture log = new LogFixture(temp.resolve("log"), LogFixture.SMALL)) {

            for (int i = 0; i < 150; i++) {
                log.append(i % 3, 1, random.nextInt(6000));
                if (random.nextInt(30) == 0) {
                    log.log.flusher().flush();
                }
                if (random.nextInt(10) == 0) {
                    log.maintain();
                }
            }
            long forced = log.log.forcedPlace();
            long forcedLsn = log.log.flushedLsn();
            try (LogFixture after = crash(log, "cut", files -> tearAll(files, forced, random))) {
                assertThat(after.events.damages).isEmpty();
                long next = after.log.nextLsn();
                assertThat(next).isBetween(forcedLsn, 150L);
                for (int partition = 0; partition < 3; partition++) {
                    List<Long> expected = new ArrayList<>();
                    for (long lsn = partition; lsn < next; lsn += 3) {
                        expected.add(lsn / 3);
                    }
                    assertThat(offsets(after, partition)).isEqualTo(expected);
                }
            }
        }
    }

    private static void tearAll(LogFiles files, long forced, Random random) throws IOException {
        for (LogFiles.Unsealed file : files.unsealedSegments()) {
            if (LogPosition.segment(forced) <= file.segment()) {
                boolean partly = LogPosition.segment(forced) == file.segment();
                TornFiles.tear(file.path(), partly ? LogPosition.position(forced) : 0, random);
            }
        }
    }

    @Test
    void skipsAndReportsDamageInWhatWasForced() throws IOException {
        try (LogFixture log = new LogFixture(temp.resolve("log"), LogFixture.SMALL)) {
            for (int i = 0; i < 10; i++) {
                log.append(0, 1, 3000);
            }
            log.log.flusher().flush();
            long middle = position(log, 4) + 1000;
            try (LogFixture after = crash(log, "rot", files -> zero(active(files), middle, 100))) {
                assertThat(after.events.damages).hasSize(2);
                assertThat(after.events.damages.get(0)).startsWith("4..5");
                assertThat(after.events.damages.get(1)).contains("-0 offsets 4..4 are among what was lost");
                assertThat(offsets(after, 0)).containsExactly(0L, 1L, 2L, 3L, 5L, 6L, 7L, 8L, 9L);
                assertThat(after.log.nextLsn()).isEqualTo(10);
            }
        }
    }

    @Test
    void findsTheWayAcrossAZeroedPage() throws IOException {
        try (LogFixture log = new LogFixture(temp.resolve("log"), LogFixture.SMALL)) {
            for (int i = 0; i < 40; i++) {
                log.append(0, 1, 1000);
            }
            log.log.flusher().flush();
            log.append(0, 1, 1000);
            long page = (position(log, 10) / 4096 + 1) * 4096;
            try (LogFixture after = crash(log, "page", files -> zero(active(files), page, 4096))) {
                assertThat(after.events.damages).isNotEmpty();
                assertThat(after.log.nextLsn()).isEqualTo(41);
                assertThat(offsets(after, 0)).contains(9L, 20L, 40L).hasSizeBetween(34, 38);
            }
        }
    }

    @Test
    void endsTheLogAtTheFirstBadEntryOfTheUnsyncedTail() throws IOException {
        try (LogFixture log = new LogFixture(temp.resolve("log"), LogFixture.SMALL)) {
            for (int i = 0; i < 5; i++) {
                log.append(0, 1, 3000);
            }
            log.log.flusher().flush();
            for (int i = 0; i < 5; i++) {
                log.append(0, 1, 3000);
            }
            long seventh = position(log, 7) + 500;
            try (LogFixture after = crash(log, "tail", files -> zero(active(files), seventh, 100))) {
                assertThat(after.events.damages).isEmpty();
                assertThat(after.events.lostTails).hasSize(1);
                assertThat(after.log.nextLsn()).isEqualTo(7);
                after.append(0, 1, 10);
                assertThat(offsets(after, 0)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
            }
        }
    }

    @Test
    void doesNotTakeClientBytesForEntries() throws IOException {
        // A payload that holds a copy of a real entry, but of another log: its tag differs.
        byte[] foreign;
        try (LogFixture other = new LogFixture(temp.resolve("other"), LogFixture.SMALL)) {
            for (int i = 0; i < 20; i++) {
                other.append(0, 1, 50);
            }
            foreign = Files.readAllBytes(active(new LogFiles(other.path.resolve("shards/0"))));
        }
        byte[] entries = Arrays.copyOfRange(foreign, 0, 40_000);
        try (LogFixture log = new LogFixture(temp.resolve("log"), LogFixture.SMALL)) {
            EntryBatch batch = new EntryBatch();
            batch.addBatch(log.row(0), 0, Batches.of(0, 0, new SimpleRecord(1, null, entries)));
            log.append(batch);
            log.append(0, 1, 50);
            log.log.flusher().flush();
            long start = position(log, 0);
            try (LogFixture after = crash(log, "fake", files -> zero(active(files), start, 61))) {
                assertThat(after.log.nextLsn()).isEqualTo(2);
                assertThat(offsets(after, 0)).containsExactly(1L);
            }
        }
    }

    @Test
    void rebuildsADamagedIndex() throws IOException {
        LogFixture log = new LogFixture(temp.resolve("log"), LogFixture.SMALL);
        for (int i = 0; i < 200; i++) {
            log.append(i % 4, 1, 3000);
        }
        List<Long> before = offsets(log, 2);
        log.close();
        try (var files = Files.list(log.path.resolve("shards/0"))) {
            for (Path index :
                    files.filter(file -> file.toString().endsWith(".idx")).toList()) {
                zero(index, 0, 64);
            }
        }
        log.open();
        assertThat(offsets(log, 2)).isEqualTo(before);
        log.close();
    }

    @Test
    void neverServesABatchThatTheDiskHasDamaged() throws IOException {
        LogFixture log = new LogFixture(temp.resolve("log"), LogFixture.SMALL);
        log.append(0, 1, 3000);
        log.append(0, 1, 3000);
        long position = position(log, 1);
        log.close();
        Path sealed = new LogFiles(log.path.resolve("shards/0"))
                .sealedSegments()
                .get(0)
                .path();
        zero(sealed, position, 20);
        log.open();
        assertThatThrownBy(() -> log.readAll(0)).hasCauseInstanceOf(CorruptBatchException.class);
        log.close();
    }

    private static Path active(LogFiles files) throws IOException {
        List<LogFiles.Unsealed> unsealed = files.unsealedSegments();
        return unsealed.isEmpty()
                ? files.sealedSegments().get(0).path()
                : unsealed.get(unsealed.size() - 1).path();
    }

    /** Where the batch with an offset starts in the active file. */
    private static long position(LogFixture log, long offset) throws IOException {
        return log.log
                .index()
                .of(log.log.partitions(), log.row(0))
                .floor(offset)
                .orElseThrow()
                .position();
    }
}
