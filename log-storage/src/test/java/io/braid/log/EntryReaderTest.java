package io.braid.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.protocol.records.FetchedRecords;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Entries are read by LSN as they are stored. */
class EntryReaderTest {
    @TempDir
    Path temp;

    private final EntryReader reader = new EntryReader();

    private EntryRun read(LogFixture log, long from, int maxBytes) throws IOException {
        return reader.read(log.log.entries(), from, maxBytes, LogFixture.ALLOC);
    }

    /** The LSNs of a run, checked for being complete. */
    private static List<Long> lsns(EntryRun run) throws IOException {
        List<Long> lsns = new ArrayList<>();
        ByteBuffer bytes = run.takeBytes();
        RunWalk walk = new RunWalk();
        walk.start(bytes);
        while (walk.next()) {
            lsns.add(EntryHeader.lsn(bytes, walk.header()));
        }
        assertThat(walk.position()).isEqualTo(bytes.limit());
        return lsns;
    }

    private static List<Long> range(long from, long to) {
        List<Long> lsns = new ArrayList<>();
        for (long lsn = from; lsn < to; lsn++) {
            lsns.add(lsn);
        }
        return lsns;
    }

    private void assertReadable(LogFixture log, long from, int maxBytes) throws IOException {
        List<Long> all = new ArrayList<>();
        long at = from;
        while (at < log.log.nextLsn()) {
            EntryRun run = read(log, at, maxBytes);
            assertThat(run.firstLsn()).isEqualTo(at);
            long end = run.endLsn();
            List<Long> lsns = lsns(run);
            assertThat(lsns).isEqualTo(range(at, end));
            all.addAll(lsns);
            at = end;
        }
        assertThat(all).isEqualTo(range(from, log.log.nextLsn()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5_000, 70_000, 1 << 20})
    void readsEveryEntryOnceWhateverTheSizeOfARun(int maxBytes) throws IOException {
        try (LogFixture log = new LogFixture(temp.resolve("a"), LogFixture.SMALL)) {
            for (int i = 0; i < 60; i++) {
                log.append(i % 3, 1, i % 7 == 0 ? 90_000 : 700);
                EntryBatch several = new EntryBatch();
                for (int k = 0; k < 9; k++) {
                    several.addEpochStart(i);
                }
                log.append(several);
                if (i % 4 == 0) {
                    log.maintain();
                }
            }
            assertReadable(log, 0, maxBytes);
            log.reopen();
            assertReadable(log, 3, maxBytes);
            assertReadable(log, 157, maxBytes);
        }
    }

    @Test
    void followsTheTailWithOneRangeARun() throws IOException {
        try (LogFixture log =
                new LogFixture(temp.resolve("a"), LogConfig.defaults().withSegmentBytes(8 << 20, 8 << 20))) {
            long at = 0;
            for (int i = 0; i < 20; i++) {
                log.append(0, 1, 10);
                for (int k = 0; k < 6; k++) {
                    log.append(k, 1, 16_000);
                }
                EntryRun run = read(log, at, 1 << 20);
                assertThat(run.endLsn()).isEqualTo(log.log.nextLsn());
                assertThat(run.entries().parts()).hasSize(1);
                assertThat(run.entries().parts().get(0)).isInstanceOf(FetchedRecords.FileRange.class);
                at = run.endLsn();
                run.release();
            }
        }
    }

    @Test
    void seesNothingThatWasAppendedAfterTheView() throws IOException {
        try (LogFixture log = new LogFixture(temp.resolve("a"), LogFixture.SMALL)) {
            log.append(0, 1, 10);
            EntryView before = log.log.entries();
            log.append(0, 1, 10);
            assertThat(lsns(before.read(0, 1 << 20, LogFixture.ALLOC))).containsExactly(0L);
            assertThat(before.read(1, 1 << 20, LogFixture.ALLOC).isEmpty()).isTrue();
            assertThatThrownBy(() -> before.read(2, 1 << 20, LogFixture.ALLOC))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(read(log, 2, 10).isEmpty()).isTrue();
        }
    }

    @Test
    void neverGivesOutWhatWasTruncated() throws IOException {
        try (LogFixture log = new LogFixture(temp.resolve("a"), LogFixture.SMALL)) {
            log.log.onCommitted(0);
            for (int i = 0; i < 10; i++) {
                log.append(0, 1, 100);
            }
            EntryView before = log.log.entries();
            reader.read(before, 0, 700, LogFixture.ALLOC).release();
            log.log.truncateTo(5, log.nowMs);
            assertThatThrownBy(() -> reader.read(before, 3, 10_000, LogFixture.ALLOC))
                    .isInstanceOf(SegmentGoneException.class);
            log.append(1, 1, 10);
            log.append(1, 1, 10);
            assertReadable(log, 0, 1 << 20);
            assertThat(log.log.nextLsn()).isEqualTo(7);
        }
    }

    @Test
    void saysWhereTheLogStartsWhenSegmentsWereDeleted() throws IOException {
        try (LogFixture log = new LogFixture(temp.resolve("a"), LogFixture.SMALL)) {
            DeadLog.make(log);
            long start = log.log.startLsn();
            assertThat(start).isPositive();
            assertThatThrownBy(() -> read(log, start - 1, 1000))
                    .isInstanceOfSatisfying(LsnGoneException.class, e -> assertThat(e.startLsn())
                            .isEqualTo(start));
            assertReadable(log, start, 50_000);
        }
    }

    @Test
    void saysThatTheLogStartsAtItsEndWhenTheNewestSegmentWasDeleted() throws IOException {
        try (LogFixture log = new LogFixture(temp.resolve("a"), LogFixture.SMALL)) {
            DeadLog.makeAtTheEnd(log);
            for (int i = 0; i < 2; i++) {
                assertThat(log.log.startLsn()).isEqualTo(2);
                for (long gone = 0; gone < 2; gone++) {
                    long from = gone;
                    assertThatThrownBy(() -> read(log, from, 1000))
                            .isInstanceOfSatisfying(LsnGoneException.class, e -> assertThat(e.startLsn())
                                    .isEqualTo(2));
                }
                assertThat(read(log, 2, 1000).isEmpty()).isTrue();
                log.reopen();
            }
            log.append(0, 1, 100);
            assertThat(log.log.startLsn()).isEqualTo(2);
            assertThatThrownBy(() -> read(log, 1, 1000)).isInstanceOf(LsnGoneException.class);
            assertReadable(log, 2, 1000);
        }
    }

    @Test
    void isHotAsLongAsTheIndexIsInMemory() throws IOException {
        try (LogFixture log = new LogFixture(temp.resolve("a"), LogFixture.SMALL)) {
            for (int i = 0; i < 100; i++) {
                log.append(0, 1, 5_000);
                log.maintain();
            }
            assertThat(log.log.entries().hot(0)).isFalse();
            assertThat(log.log.entries().hot(99)).isTrue();
            assertThat(log.log.entries().hot(100)).isTrue();
        }
    }
}
