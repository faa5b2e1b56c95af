package io.braid.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.log.index.SegmentWalk;
import io.braid.log.rewrite.FileStep;
import io.braid.log.rewrite.SegmentManifest;
import io.braid.protocol.records.FetchedRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Segments that are rewritten hold what was live, sorted, and nothing else changes. */
class RewritingTest {
    private static final int PARTITIONS = 8;
    private static final RewriteConfig AT_ONCE = new RewriteConfig(1, 1L << 40, 0.4, 1L << 40, 1L << 40, 100, 1);

    @TempDir
    Path path;

    private LogFixture log;

    @BeforeEach
    void open() {
        log = new LogFixture(
                path.resolve("0"),
                LogFixture.SMALL.withCheckpointMinBytes(64 << 10).withRewrite(AT_ONCE));
    }

    @AfterEach
    void close() {
        log.close();
        assertThat(log.events.failures).isEmpty();
    }

    /** Batches of all partitions in turn, until the log has so many segments. */
    private void fill(int segments) {
        while (log.log.segmentCount() < segments) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                log.append(partition, 2, 700);
            }
            log.maintain();
        }
    }

    private void deleteBelow(int partition, long offset) {
        EntryBatch entries = new EntryBatch();
        entries.addLogStart(LogFixture.TOPIC, 1, partition, 0, offset);
        log.append(entries);
    }

    private void settle() {
        settle(log);
    }

    private static void settle(LogFixture fixture) {
        fixture.log.rewriteBelow(fixture.log.nextLsn());
        for (int i = 0; i < 40; i++) {
            fixture.nowMs += 120_000;
            fixture.maintain();
        }
    }

    private Map<Integer, byte[]> contents() {
        Map<Integer, byte[]> all = new HashMap<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            all.put(partition, log.readAll(partition));
        }
        return all;
    }

    private void assertSame(Map<Integer, byte[]> wanted) {
        wanted.forEach((partition, bytes) -> assertThat(log.readAll(partition)).isEqualTo(bytes));
    }

    @Test
    void batchesBesideDeadOnesAreKeptAndTheRestGoes() throws IOException {
        fill(6);
        for (int partition = 2; partition < PARTITIONS; partition++) {
            deleteBelow(partition, log.log.partitions().nextOffset(log.row(partition)));
        }
        Map<Integer, byte[]> wanted = contents();
        long before = log.log.sizeBytes();
        settle();
        assertThat(log.events.rewritten).isNotEmpty();
        assertThat(log.log.sizeBytes()).isLessThan(before / 2);
        assertSame(wanted);
        log.reopen();
        assertSame(wanted);
        assertThat(log.events.damages).isEmpty();
    }

    /** Leaves half of the batches of each segment dead, in such a way that what lives is spread over all partitions. */
    private Map<Integer, byte[]> halfDead() {
        fill(5);
        for (int partition = 2; partition < PARTITIONS; partition++) {
            deleteBelow(partition, log.log.partitions().nextOffset(log.row(partition)) - 1);
        }
        log.append(0, 1, 100);
        log.reopen(); // without the large sparse files of the segment that is written to
        return contents();
    }

    @Test
    void aCrashBetweenAnyTwoFileOperationsLosesNothing() throws IOException {
        Map<Integer, byte[]> wanted = halfDead();
        List<Path> copies = new ArrayList<>();
        log.log.rewriting().fileStep(() -> {
            Path copy = path.resolve("crash-" + copies.size());
            LogFixture.copy(log.path, copy);
            copies.add(copy);
        });
        settle();
        assertThat(copies).hasSizeGreaterThan(8);
        for (Path copy : copies) {
            try (LogFixture crashed = new LogFixture(copy, log.config)) {
                wanted.forEach((partition, bytes) -> assertThat(crashed.readAll(partition))
                        .as("%s partition %d", copy.getFileName(), partition)
                        .isEqualTo(bytes));
                assertThat(crashed.events.damages).isEmpty();
                settle(crashed);
                wanted.forEach((partition, bytes) ->
                        assertThat(crashed.readAll(partition)).isEqualTo(bytes));
                assertNoLeftovers(crashed);
            }
        }
    }

    /** Every file of a sealed segment is one that the log knows. */
    private static void assertNoLeftovers(LogFixture fixture) throws IOException {
        List<Path> known = fixture.log.segments().all().stream()
                .map(segment -> segment.file.path())
                .toList();
        for (LogFiles.Sealed sealed : new LogFiles(fixture.path.resolve("shards/0")).sealedSegments()) {
            assertThat(known).contains(sealed.path());
        }
    }

    @Test
    void aRewriteThatFailsAnywhereLeavesTheLogAsItWas() {
        Map<Integer, byte[]> wanted = halfDead();
        for (int at = 1; at < 12; at++) {
            int failing = at;
            int[] steps = {0};
            log.log.rewriting().fileStep(() -> {
                if (++steps[0] == failing) {
                    throw new IOException("No space left on device");
                }
            });
            settle();
            log.log.rewriting().fileStep(FileStep.NONE);
            assertSame(wanted);
            log.reopen();
            assertSame(wanted);
        }
    }

    @Test
    void eachPartitionLiesInOneRunOfTheRewrittenSegment() throws IOException {
        halfDead();
        settle();
        int rewritten = 0;
        for (Segment segment : log.log.segments().all()) {
            if (segment.isRewritten()) {
                rewritten++;
                SegmentWalk walk = new SegmentWalk(segment.index());
                for (var entry = walk.next(); entry.isPresent(); entry = walk.next()) {
                    for (int i = 1; i < entry.get().batches(); i++) {
                        assertThat(walk.batch(i).position())
                                .isEqualTo(walk.batch(i - 1).position()
                                        + walk.batch(i - 1).sizeBytes());
                    }
                }
            }
        }
        assertThat(rewritten).isPositive();
    }

    @Test
    void smallNeighboursAreMerged() {
        close();
        log.config = log.config.withRewrite(new RewriteConfig(1, 1L << 40, 0.4, 1L << 40, 1L << 40, 3, 1));
        log.open();
        fill(12);
        for (int partition = 1; partition < PARTITIONS; partition++) {
            deleteBelow(partition, log.log.partitions().nextOffset(log.row(partition)));
        }
        Map<Integer, byte[]> wanted = contents();
        settle();
        assertThat(log.log.segmentCount()).isLessThan(5);
        assertSame(wanted);
        log.reopen();
        assertSame(wanted);
    }

    @Test
    void readersInFlightKeepTheirFiles() throws IOException {
        Map<Integer, byte[]> wanted = halfDead();
        PartitionView before = log.view(0);
        FetchedRecords inFlight = before.read(0, 1 << 20, true, Long.MAX_VALUE, LogFixture.ALLOC);
        settle();
        assertThat(log.events.rewritten).isNotEmpty();
        byte[] bytes = LogFixture.bytes(inFlight);
        assertThat(bytes).isEqualTo(Arrays.copyOf(wanted.get(0), bytes.length));
        // A view that was taken before leads to the new files.
        assertThat(log.readAll(before)).isEqualTo(wanted.get(0));
        assertThat(before.offsetForTimestamp(1005, Long.MAX_VALUE).orElseThrow().offset())
                .isEqualTo(5);
    }

    @Test
    void whatFollowersMayAskForIsNotRewritten() throws IOException {
        halfDead();
        long horizon = log.log.segments().all().get(3).firstLsn;
        log.log.rewriteBelow(horizon);
        for (int i = 0; i < 20; i++) {
            log.nowMs += 60_000;
            log.maintain();
        }
        assertThat(log.events.rewritten).isNotEmpty();
        assertThat(log.log.startLsn()).isEqualTo(horizon);
        EntryRun run = log.log.entries().read(horizon, 1 << 20, LogFixture.ALLOC);
        assertThat(run.firstLsn()).isEqualTo(horizon);
        run.release();
        assertThatThrownBy(() -> log.log.entries().read(horizon - 1, 1 << 20, LogFixture.ALLOC))
                .isInstanceOf(LsnGoneException.class);
    }

    @Test
    void aCopyOfTheLogCarriesRewrittenSegments() throws IOException {
        Map<Integer, byte[]> wanted = halfDead();
        settle();
        try (LogFixture follower = new LogFixture(path.resolve("follower"), log.config)) {
            follower.log.close();
            try (LogSnapshot snapshot = log.log.snapshot();
                    SnapshotInstall install = follower.directory.install(0, snapshot.manifest())) {
                assertThat(snapshot.manifest().files())
                        .extracting(SnapshotFile::name)
                        .contains(SegmentManifest.FILE);
                SnapshotCopy.all(snapshot, install);
                install.finish();
            }
            follower.log = follower.directory.open(0);
            assertThat(follower.log.startLsn()).isEqualTo(log.log.startLsn());
            wanted.forEach((partition, bytes) ->
                    assertThat(follower.readAll(partition)).isEqualTo(bytes));
            assertThat(follower.events.damages).isEmpty();
        }
    }

    @Test
    void aCopyThatWasBegunBeforeIsNotDisturbed() throws IOException {
        Map<Integer, byte[]> wanted = halfDead();
        try (LogSnapshot snapshot = log.log.snapshot();
                LogFixture follower = new LogFixture(path.resolve("follower"), log.config)) {
            follower.log.close();
            settle();
            assertThat(log.events.rewritten).isNotEmpty();
            try (SnapshotInstall install = follower.directory.install(0, snapshot.manifest())) {
                SnapshotCopy.all(snapshot, install);
                install.finish();
            }
            follower.log = follower.directory.open(0);
            wanted.forEach((partition, bytes) ->
                    assertThat(follower.readAll(partition)).isEqualTo(bytes));
        }
        settle();
        assertNoLeftovers(log);
    }

    @Test
    void withoutManifestIndexOrCheckpointsTheFilesTellTheSame() throws IOException {
        Map<Integer, byte[]> wanted = halfDead();
        settle();
        log.close();
        Path whole = log.path;
        Path shard = whole.resolve("shards/0");
        for (Path file : LogFiles.list(shard)) {
            String name = file.getFileName().toString();
            boolean derived =
                    name.endsWith(".idx") || name.startsWith("checkpoint") || name.equals(SegmentManifest.FILE);
            if (!derived) {
                continue;
            }
            Path copy = path.resolve("without-" + name);
            LogFixture.copy(whole, copy);
            Files.delete(copy.resolve("shards/0").resolve(name));
            if (name.startsWith("checkpoint")) {
                for (Path other : LogFiles.list(copy.resolve("shards/0"))) {
                    if (other.getFileName().toString().startsWith("checkpoint")) {
                        Files.delete(other);
                    }
                }
            }
            try (LogFixture without = new LogFixture(copy, log.config)) {
                wanted.forEach((partition, bytes) -> assertThat(without.readAll(partition))
                        .as("without %s, partition %d", name, partition)
                        .isEqualTo(bytes));
                assertThat(without.events.damages).allMatch(damage -> damage.contains("manifest"));
            }
        }
        log.open();
    }

    @Test
    void deadRewrittenSegmentsAreDeletedWithTheirLineInTheManifest() throws IOException {
        halfDead();
        settle();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            deleteBelow(partition, log.log.partitions().nextOffset(log.row(partition)));
        }
        fill(log.log.segmentCount() + 2);
        settle();
        Map<Integer, byte[]> wanted = contents();
        assertThat(log.log.segments().all()).noneMatch(segment -> segment.firstLsn == 0);
        log.reopen();
        assertSame(wanted);
        assertThat(log.events.damages).isEmpty();
    }

    @Test
    void aSegmentInWhichMoreThanHalfIsDeadIsLeft() {
        for (int i = 0; i < 20; i++) {
            log.append(0, 1, 5_000);
        }
        assertThat(log.log.segmentCount()).isEqualTo(1);
        deleteBelow(0, log.log.partitions().nextOffset(log.row(0)));
        log.append(1, 1, 100);
        Map<Integer, byte[]> wanted = contents();
        settle();
        assertThat(log.log.sizeBytes()).isLessThan(20_000);
        assertSame(wanted);
    }
}
