package io.braid.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.log.compact.CompactionBudget;
import io.braid.log.compact.CompactionLimits;
import io.braid.log.compact.CompactionPolicy;
import io.braid.log.compact.Keyed;
import io.braid.log.compact.TopicCompaction;
import io.braid.protocol.records.FetchedRecords;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompactionTest {
    private static final long COMPACTED = 9;
    private static final long NEVER = Long.MAX_VALUE;
    private static final TopicCompaction EAGER = new TopicCompaction(0, 0, NEVER, NEVER, 0);

    @TempDir
    Path root;

    private LogFixture log;
    private TopicCompaction settings = EAGER;

    @BeforeEach
    void open() {
        log = new LogFixture(
                root.resolve("0"),
                LogFixture.SMALL.withSegmentBytes(64 << 10, 64 << 10).withCheckpointMinBytes(1));
    }

    @AfterEach
    void close() {
        log.close();
    }

    private CompactionPolicy policy() {
        TopicCompaction now = settings;
        return new CompactionPolicy() {
            @Override
            public Optional<TopicCompaction> of(Uuid topic) {
                return topic.getMostSignificantBits() == COMPACTED ? Optional.of(now) : Optional.empty();
            }

            @Override
            public long version() {
                return now.hashCode();
            }
        };
    }

    private CompactionResult scan() {
        try {
            log.log.onCommitted(log.log.nextLsn());
            log.maintain();
            CompactionResult result = log.log
                    .compactionScan()
                    .orElseThrow()
                    .run(policy(), CompactionLimits.DEFAULTS, CompactionBudget.UNLIMITED, log.nowMs);
            log.log.onCompacted(result);
            log.maintain();
            return result;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The first scan seals what is written to, the second compacts it. */
    private CompactionResult compact() {
        scan();
        return scan();
    }

    private long append(int partition, SimpleRecord... records) {
        int row = row(partition);
        long offset = log.log.partitions().nextOffset(row);
        append(partition, Keyed.batch(Compression.NONE, offset, 0, records));
        return offset;
    }

    private void append(int partition, ByteBuffer batch) {
        EntryBatch entries = new EntryBatch();
        entries.addBatch(row(partition), 0, batch);
        log.append(entries);
    }

    private int row(int partition) {
        return log.log.partitions().findOrAdd(COMPACTED, 1, partition);
    }

    private PartitionView view(int partition) {
        return log.log.view(row(partition));
    }

    private List<String> records(int partition) {
        List<String> texts = new ArrayList<>();
        for (RecordBatch batch : MemoryRecords.readableRecords(ByteBuffer.wrap(log.readAll(view(partition))))
                .batches()) {
            for (Record record : batch) {
                texts.add(record.offset() + ":" + Keyed.text(record.key()) + "=" + Keyed.text(record.value()));
            }
        }
        return texts;
    }

    private static SimpleRecord record(String key, String value) {
        return Keyed.record(1000, key, value);
    }

    @Test
    void leavesTheLastOfEachKeyWhereItWas() {
        append(0, record("a", "1"), record("b", "1"));
        append(0, record("a", "2"));
        append(0, record("c", "1"));
        append(0, record("b", "2"));
        CompactionResult result = compact();
        assertThat(records(0)).containsExactly("2:a=2", "3:c=1", "4:b=2");
        assertThat(result.partitions()).isEqualTo(1);
        assertThat(result.recordsRead()).isEqualTo(5);
        assertThat(result.recordsKept()).isEqualTo(3);
        assertThat(view(0).logStartOffset()).isZero();
        assertThat(view(0).nextOffset()).isEqualTo(5);
    }

    @Test
    void readsOnBehindWhatIsCompacted() throws IOException {
        append(0, record("a", "1"));
        append(0, record("a", "2"));
        append(0, record("b", "1"));
        compact();
        append(0, record("a", "3"));
        assertThat(records(0)).containsExactly("1:a=2", "2:b=1", "3:a=3");
        assertThat(Keyed.texts(ByteBuffer.wrap(
                        LogFixture.bytes(view(0).read(3, 1000, true, Long.MAX_VALUE, LogFixture.ALLOC)))))
                .containsExactly("3:a=3@1000");
        compact();
        assertThat(records(0)).containsExactly("2:b=1", "3:a=3");
    }

    @Test
    void aFetchFromAHoleGetsWhatComesNext() throws IOException {
        for (int i = 0; i < 20; i++) {
            append(0, record("a", "" + i));
        }
        append(0, record("b", "1"));
        compact();
        FetchedRecords found = view(0).read(7, 1 << 16, true, Long.MAX_VALUE, LogFixture.ALLOC);
        ByteBuffer bytes = ByteBuffer.wrap(LogFixture.bytes(found));
        assertThat(Keyed.texts(bytes)).containsExactly("19:a=19@1000");
    }

    @Test
    void timestampsAndEpochsAreFoundInCompactedSegments() throws IOException {
        append(0, Keyed.batch(Compression.NONE, 0, 3, Keyed.record(100, "a", "1")));
        append(0, Keyed.batch(Compression.NONE, 1, 3, Keyed.record(200, "b", "1")));
        append(0, Keyed.batch(Compression.NONE, 2, 4, Keyed.record(300, "a", "2")));
        append(0, Keyed.batch(Compression.NONE, 3, 4, Keyed.record(250, "a", "3")));
        append(0, Keyed.batch(Compression.NONE, 4, 6, Keyed.record(400, "b", "2")));
        append(0, Keyed.batch(Compression.NONE, 5, 6, Keyed.record(150, "c", "2")));
        compact();
        assertThat(records(0)).containsExactly("3:a=3", "4:b=2", "5:c=2");
        assertThat(view(0).offsetForTimestamp(0, 100)).contains(new OffsetAndTimestamp(3, 250, 4));
        assertThat(view(0).offsetForTimestamp(251, 100)).contains(new OffsetAndTimestamp(4, 400, 6));
        assertThat(view(0).offsetForTimestamp(401, 100)).isEmpty();
        assertThat(view(0).maxTimestamp(100)).contains(new OffsetAndTimestamp(4, 400, 6));
        assertThat(view(0).endOfEpoch(3)).isEqualTo(new EpochEnd(3, 2));
        assertThat(view(0).endOfEpoch(4)).isEqualTo(new EpochEnd(4, 4));
        assertThat(view(0).endOfEpoch(5)).isEqualTo(new EpochEnd(4, 4));
        assertThat(view(0).endOfEpoch(6)).isEqualTo(new EpochEnd(6, 6));
    }

    @Test
    void producersGoOnAfterTheirRecordsAreGone() throws IOException {
        append(0, Keyed.idempotent(0, 5, (short) 1, 0, record("a", "1"), record("b", "1")));
        append(0, Keyed.idempotent(2, 6, (short) 0, 0, record("a", "2"), record("b", "2")));
        compact();
        log.reopen();
        assertThat(records(0)).containsExactly("2:a=2", "3:b=2");
        int producer = log.log.producers().find(row(0), 5);
        assertThat(log.log.producers().lastSequence(producer)).isEqualTo(1);
        assertThat(view(0).findBatch(5, (short) 1, 0, 1, 1)).hasValue(0);
        removeCheckpoints();
        producer = log.log.producers().find(row(0), 5);
        assertThat(log.log.producers().lastSequence(producer)).isEqualTo(1);
        assertThat(log.log.producers().epoch(producer)).isEqualTo((short) 1);
        assertThat(view(0).nextOffset()).isEqualTo(4);
        assertThat(records(0)).containsExactly("2:a=2", "3:b=2");
    }

    private void removeCheckpoints() throws IOException {
        log.close();
        for (Path path : LogFiles.list(shard())) {
            if (path.getFileName().toString().startsWith("checkpoint")) {
                Files.delete(path);
            }
        }
        log.open();
    }

    private Path shard() {
        return log.path.resolve("shards/0");
    }

    @Test
    void aTombstoneOutlivesItsFirstPassByTheRetentionOfDeletes() {
        settings = new TopicCompaction(0, 0, NEVER, 500, 0);
        append(0, record("a", "1"), record("a", null), record("b", "1"));
        compact();
        assertThat(records(0)).containsExactly("1:a=null", "2:b=1");
        log.nowMs += 499;
        append(0, record("b", "2"));
        compact();
        assertThat(records(0)).containsExactly("1:a=null", "3:b=2");
        log.nowMs += 1;
        append(0, record("b", "3"));
        compact();
        assertThat(records(0)).containsExactly("4:b=3");
    }

    @Test
    void recordsYoungerThanTheLeastLagStayAndGoLater() {
        settings = new TopicCompaction(0, 100, NEVER, NEVER, 0);
        log.nowMs = 1050;
        append(0, Keyed.record(900, "a", "1"), Keyed.record(900, "a", "2"));
        append(0, Keyed.record(1000, "a", "3"), Keyed.record(1000, "a", "4"));
        compact();
        assertThat(records(0)).containsExactly("1:a=2", "2:a=3", "3:a=4");
        log.nowMs = 1100;
        scan();
        assertThat(records(0)).containsExactly("3:a=4");
    }

    @Test
    void waitsForTheDirtyRatioUnlessARecordIsTooOld() {
        settings = new TopicCompaction(0.5, 0, 5000, NEVER, 0);
        log.nowMs = 2000;
        append(0, record("a", "1".repeat(1000)), record("b", "1".repeat(1000)));
        compact();
        append(0, record("a", "2".repeat(1000)));
        CompactionResult result = compact();
        assertThat(result.maxDirtyRatio()).isBetween(0.3, 0.4);
        assertThat(result.partitions()).isZero();
        assertThat(records(0)).hasSize(3);
        log.nowMs = 6000;
        scan();
        assertThat(records(0)).hasSize(2);
    }

    @Test
    void onlyWhatIsCommittedIsLookedAt() {
        append(0, record("a", "1"));
        append(0, record("a", "2"));
        assertThat(log.log.compactionScan()).isEmpty();
        log.log.onCommitted(1);
        assertThat(log.log.compactionScan()).isEmpty();
        log.log.onCommitted(2);
        assertThat(log.log.compactionScan()).isPresent();
    }

    @Test
    void theFirehoseBesideItIsNotCopied() {
        long firehose = 0;
        long table = 0;
        long compacted = 0;
        for (int round = 0; round < 30; round++) {
            append(0, record("key" + round % 5, "v" + round));
            table += 90;
            for (int i = 0; i < 4; i++) {
                firehose += log.append(i, 2, 20_000).capacity();
            }
            log.nowMs += 60_000;
            log.log.onCommitted(log.log.nextLsn());
            log.log.rewriteBelow(log.log.nextLsn());
            compacted += scan().bytesWritten() + scan().bytesWritten();
        }
        assertThat(records(0)).hasSize(5);
        assertThat(firehose).isGreaterThan(1000 * table);
        assertThat(compacted).isBetween(1L, firehose / 100);
        assertThat(log.log.segments().all()).noneMatch(Segment::isRewritten);
        byte[] all = log.readAll(0);
        assertThat(all.length).isEqualTo((int) (firehose / 4));
    }

    @Test
    void segmentsOfCompactedTopicsAloneGiveTheirSpaceBack() {
        for (int i = 0; i < 400; i++) {
            append(i % 4, record("key" + i % 7, "x".repeat(2000)));
        }
        long before = log.log.sizeBytes();
        compact();
        log.maintain();
        assertThat(before).isGreaterThan(800_000);
        assertThat(log.log.sizeBytes()).isLessThan(before / 8);
        assertThat(log.log.partitions().sizeBytes(row(0))).isLessThan(40_000);
        for (int partition = 0; partition < 4; partition++) {
            assertThat(records(partition)).hasSize(7);
        }
        log.reopen();
        for (int partition = 0; partition < 4; partition++) {
            assertThat(records(partition)).hasSize(7);
            assertThat(view(partition).nextOffset()).isEqualTo(100);
        }
    }

    @Test
    void aPartitionMayTakeSeveralFiles() {
        for (int i = 0; i < 200; i++) {
            append(i % 2, record("key" + i, "x".repeat(2000)));
        }
        compact();
        assertThat(log.log.segments().compacted().members()).hasSizeGreaterThan(3);
        for (int i = 0; i < 2; i++) {
            assertThat(records(0)).hasSize(100);
            assertThat(records(1)).hasSize(100);
            log.reopen();
        }
        append(1, record("key1", "2"));
        compact();
        assertThat(records(1)).hasSize(100).contains("100:key1=2");
    }

    @Test
    void runsAreMergedSoThatTheyStayFew() {
        for (int i = 0; i < 60; i++) {
            append(i, record("a", "1"), record("a", "2"));
            compact();
        }
        scan(); // those that are not needed any more leave the set, then the disk
        scan();
        assertThat(log.log.segments().compacted().members()).hasSizeLessThan(8);
        for (int i = 0; i < 60; i++) {
            assertThat(records(i)).containsExactly("1:a=2");
        }
        assertThat(LogFiles.index(log.log
                        .segments()
                        .compacted()
                        .members()
                        .get(0)
                        .segment()
                        .file
                        .path()))
                .exists();
        assertThat(shard().toFile().list((dir, name) -> name.matches("compacted-.*\\.log")))
                .hasSize(log.log.segments().compacted().members().size());
    }

    @Test
    void aDeletedTopicsCompactedSegmentsGo() {
        append(0, record("a", "1"));
        compact();
        EntryBatch entries = new EntryBatch();
        entries.addTopicDeleted(COMPACTED, 1, 0);
        log.append(entries);
        scan();
        scan();
        assertThat(shard().toFile().list((dir, name) -> name.startsWith("compacted-")))
                .isEmpty();
        assertThat(log.log.segments().compacted().isEmpty()).isTrue();
    }

    @Test
    void aViewFromBeforeThePassIsNotShortOfRecords() throws IOException {
        for (int i = 0; i < 100; i++) {
            append(0, record("key" + i, "x".repeat(2000)));
        }
        scan();
        PartitionView before = view(0);
        compact();
        log.maintain();
        FetchedRecords read = before.read(0, 10_000, true, Long.MAX_VALUE, LogFixture.ALLOC);
        assertThat(Keyed.texts(ByteBuffer.wrap(LogFixture.bytes(read))).get(0)).startsWith("0:key0=");
    }

    @Test
    void aPassThatIsStoppedLeavesNothingBehind() {
        append(0, record("a", "1"));
        scan();
        log.log.onCommitted(log.log.nextLsn());
        CompactionScan scan = log.log.compactionScan().orElseThrow();
        assertThatThrownBy(() -> scan.run(
                        policy(),
                        CompactionLimits.DEFAULTS,
                        bytes -> {
                            throw new IOException("the node stops");
                        },
                        log.nowMs))
                .hasMessage("the node stops");
        assertThat(shard().toFile().list((dir, name) -> name.startsWith("compacted")))
                .isEmpty();
        scan();
        assertThat(log.log.segments().compacted().members()).hasSize(1);
    }

    @Test
    void aCopyOfTheLogHasTheCompactedSegments() throws Exception {
        for (int i = 0; i < 100; i++) {
            append(0, record("key" + i % 10, "x".repeat(2000)));
        }
        compact();
        log.maintain();
        append(0, record("key1", "2"));
        List<String> expected = records(0);
        try (LogFixture follower = new LogFixture(root.resolve("follower"), log.config)) {
            follower.log.close();
            try (LogSnapshot snapshot = log.log.snapshot();
                    SnapshotInstall install = follower.directory.install(0, snapshot.manifest())) {
                SnapshotCopy.all(snapshot, install);
                install.finish();
            }
            follower.log = follower.directory.open(0);
            LogFixture leader = log;
            log = follower;
            assertThat(records(0)).isEqualTo(expected);
            log = leader;
        }
    }

    @Test
    void lostAndDamagedIndexesAreRebuiltAndLostSegmentsReported() throws IOException {
        for (int i = 0; i < 200; i++) {
            append(i % 2, record("key" + i, "x".repeat(2000)));
        }
        compact();
        List<Path> files = log.log.segments().compacted().members().stream()
                .map(member -> member.segment().file.path())
                .toList();
        log.close();
        for (int i = 0; i < files.size(); i += 2) {
            Files.delete(LogFiles.index(files.get(i)));
        }
        byte[] index = Files.readAllBytes(LogFiles.index(files.get(1)));
        index[index.length / 2] ^= 1;
        Files.write(LogFiles.index(files.get(1)), index, StandardOpenOption.TRUNCATE_EXISTING);
        log.open();
        assertThat(records(0)).hasSize(100);
        assertThat(records(1)).hasSize(100);

        log.close();
        Files.delete(files.get(files.size() - 1));
        log.events.damages.clear();
        log.open();
        assertThat(log.events.damages).containsExactly("0..0 a compacted segment is missing");
        assertThat(records(0)).hasSize(100);
    }
}
