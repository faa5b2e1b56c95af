package io.braid.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.log.compact.CompactionBudget;
import io.braid.log.compact.CompactionLimits;
import io.braid.log.compact.CompactionPolicy;
import io.braid.log.compact.Keyed;
import io.braid.log.compact.OffsetMap;
import io.braid.log.compact.TopicCompaction;
import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two compacted topics beside an ordinary one in a log, through random appends, tombstones, moves of log starts, deletions,
 * truncations, restarts, kills, rewriting, and crashes between any two file operations of a pass: the latest value of each key survives, and no offset moves.
 */
class CompactionModelTest {
    private static final long ORDINARY = 1;
    private static final int PARTITIONS = 3;

    @TempDir
    Path root;

    private Random random;
    private LogFixture log;
    private long committed;
    private int copies;
    private int epoch;
    private int passes;
    private int crashes;
    private long topics = 3;
    private Map<String, Model> models = new TreeMap<>();

    /** A partition as it must be. */
    private static final class Model {
        final long topic;
        final int partition;
        long logStart;
        long nextOffset;
        final TreeMap<Long, SimpleRecord> records = new TreeMap<>();
        final TreeMap<Integer, Long> epochs = new TreeMap<>();
        final Map<Long, Integer> sequences = new HashMap<>();

        Model(long topic, int partition) {
            this.topic = topic;
            this.partition = partition;
        }

        Model copy() {
            Model copy = new Model(topic, partition);
            copy.logStart = logStart;
            copy.nextOffset = nextOffset;
            copy.records.putAll(records);
            copy.epochs.putAll(epochs);
            copy.sequences.putAll(sequences);
            return copy;
        }

        Map<String, String> latest() {
            Map<String, String> latest = new HashMap<>();
            for (SimpleRecord record : records.tailMap(logStart).values()) {
                put(latest, Keyed.text(record.key()), Keyed.text(record.value()));
            }
            return latest;
        }

        static void put(Map<String, String> latest, String key, String value) {
            if (value == null) {
                latest.remove(key);
            } else {
                latest.put(key, value);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void theLatestValueOfEachKeySurvivesAndNoOffsetMoves(long seed) throws IOException {
        random = new Random(seed);
        log = new LogFixture(
                root.resolve("0"),
                LogFixture.SMALL
                        .withSegmentBytes(64 << 10, 64 << 10)
                        .withCheckpointMinBytes(32 << 10)
                        .withRewrite(new RewriteConfig(1, 1L << 40, 0.2, 30_000, 40_000, 3, 1)));
        for (int step = 0; step < 150; step++) {
            act(random.nextInt(100));
            if (step % 10 == 0) {
                check();
            }
        }
        check();
        assertThat(passes).isGreaterThan(3);
        assertThat(crashes).isPositive();
        log.close();
    }

    private void act(int dice) throws IOException {
        assertThat(log.events.failures).isEmpty();
        log.nowMs += random.nextInt(200);
        if (dice < 45) {
            for (int i = random.nextInt(12); i >= 0; i--) {
                append();
            }
        } else if (dice < 50) {
            epoch++;
        } else if (dice < 55) {
            log.maintain();
        } else if (dice < 75) {
            compact(Integer.MAX_VALUE);
        } else if (dice < 83) {
            compact(1 + random.nextInt(8));
        } else if (dice < 86) {
            moveLogStart();
        } else if (dice < 88) {
            deleteTopic();
        } else if (dice < 91) {
            truncate();
        } else if (dice < 95) {
            log.reopen();
            commit();
        } else {
            log.kill(root.resolve("" + ++copies));
            commit();
        }
    }

    private void commit() {
        committed = log.log.nextLsn();
        log.log.onCommitted(committed);
        log.log.rewriteBelow(committed);
    }

    private Model model(long topic, int partition) {
        return models.computeIfAbsent(topic + "-" + partition, key -> new Model(topic, partition));
    }

    private Model anyModel() {
        long topic = random.nextInt(3) == 0 ? ORDINARY : topics - random.nextInt(2);
        return model(topic, random.nextInt(PARTITIONS));
    }

    private void append() {
        appendTo(anyModel());
        if (random.nextInt(3) > 0) {
            commit();
        }
    }

    private void appendTo(Model model) {
        SimpleRecord[] records = new SimpleRecord[1 + random.nextInt(6)];
        for (int i = 0; i < records.length; i++) {
            String value =
                    random.nextInt(4) == 0 ? null : (model.nextOffset + i) + "-" + "x".repeat(random.nextInt(1500));
            records[i] = Keyed.record(log.nowMs - random.nextInt(50), "key" + random.nextInt(12), value);
            model.records.put(model.nextOffset + i, records[i]);
        }
        int producer = random.nextInt(4) - 1;
        ByteBuffer batch;
        if (producer >= 0) {
            int sequence = model.sequences.getOrDefault((long) producer, 0);
            batch = Keyed.idempotent(model.nextOffset, producer, (short) 0, sequence, records);
            model.sequences.put((long) producer, sequence + records.length);
        } else {
            Compression codec =
                    Compression.of(CompressionType.forId(random.nextInt(5))).build();
            batch = Keyed.batch(codec, model.nextOffset, epoch, records);
        }
        BatchHeader.setLeaderEpoch(batch, batch.position(), epoch);
        model.epochs.putIfAbsent(epoch, model.nextOffset);
        EntryBatch entries = new EntryBatch();
        entries.addBatch(log.log.partitions().findOrAdd(model.topic, 1, model.partition), epoch, batch);
        log.append(entries);
        model.nextOffset += records.length;
    }

    private void moveLogStart() {
        Model model = anyModel();
        if (model.nextOffset == 0) {
            return;
        }
        long start = model.logStart + random.nextInt((int) (model.nextOffset - model.logStart) + 1);
        EntryBatch entries = new EntryBatch();
        entries.addLogStart(model.topic, 1, model.partition, epoch, start);
        log.append(entries);
        model.logStart = start;
        commit();
    }

    /** Ends the older of the two compacted topics; a new one takes its place. */
    private void deleteTopic() {
        long topic = topics - 1;
        EntryBatch entries = new EntryBatch();
        entries.addTopicDeleted(topic, 1, epoch);
        log.append(entries);
        models.values().removeIf(model -> model.topic == topic);
        topics++;
        commit();
    }

    /** Appends what is not committed, may look at it for compaction, and takes it back. */
    private void truncate() throws IOException {
        commit();
        Map<String, Model> before = new TreeMap<>();
        models.forEach((key, model) -> before.put(key, model.copy()));
        long lsn = log.log.nextLsn();
        for (int i = 0; i < 5; i++) {
            appendTo(anyModel());
        }
        Model moved = anyModel();
        EntryBatch entries = new EntryBatch();
        entries.addLogStart(moved.topic, 1, moved.partition, epoch, moved.nextOffset);
        log.append(entries);
        assertThat(log.log.compactionScan()).isEmpty();
        log.log.truncateTo(lsn, log.nowMs);
        models = before;
        commit();
    }

    private CompactionPolicy policy() {
        long minLag = random.nextInt(4) == 0 ? 100 : 0;
        double ratio = random.nextInt(2) == 0 ? 0 : 0.3;
        long deleteRetention = random.nextInt(400);
        long version = random.nextLong();
        return new CompactionPolicy() {
            @Override
            public Optional<TopicCompaction> of(Uuid topic) {
                return topic.getMostSignificantBits() == ORDINARY
                        ? Optional.empty()
                        : Optional.of(new TopicCompaction(ratio, minLag, 2000, deleteRetention, 100));
            }

            @Override
            public long version() {
                return version;
            }
        };
    }

    /** Runs a scan; the process dies at a change of the file system, if it comes to so many. */
    private void compact(int crashAfter) throws IOException {
        commit();
        log.maintain();
        Path crashed = root.resolve("" + ++copies);
        int[] left = {crashAfter};
        log.log.compaction().onStep(() -> {
            if (--left[0] == 0) {
                LogFixture.copy(log.path, crashed);
                throw new IOException("the process dies here");
            }
        });
        Optional<CompactionScan> scan = log.log.compactionScan();
        assertThat(scan).isPresent();
        int slots = 4 + random.nextInt(30);
        CompactionLimits limits = new CompactionLimits((long) slots * OffsetMap.ENTRY_BYTES, 0.9);
        try {
            CompactionResult result = scan.get().run(policy(), limits, CompactionBudget.UNLIMITED, log.nowMs);
            passes += result.partitions() > 0 ? 1 : 0;
            if (random.nextInt(8) > 0) {
                log.log.onCompacted(result);
                log.maintain();
            } else {
                log.reopen(); // the result never came to the log
                commit();
            }
        } catch (IOException e) {
            assertThat(left[0]).as(e.toString()).isZero();
            crashes++;
            if (random.nextBoolean()) {
                Path old = log.path;
                log.close();
                LogFixture.delete(old);
                log.path = crashed;
                log.open();
                commit();
            }
        }
        log.log.compaction().onStep(() -> {});
    }

    private void check() throws IOException {
        for (Model model : models.values()) {
            check(model);
        }
    }

    private void check(Model model) throws IOException {
        int row = log.log.partitions().findOrAdd(model.topic, 1, model.partition);
        PartitionView view = log.log.view(row);
        assertThat(view.logStartOffset()).isEqualTo(model.logStart);
        assertThat(view.nextOffset()).isEqualTo(model.nextOffset);
        List<Record> read = read(view, model);
        Map<String, String> latest = new HashMap<>();
        for (Record record : read) {
            SimpleRecord expected = model.records.get(record.offset());
            assertThat(Keyed.text(record.key())).isEqualTo(Keyed.text(expected.key()));
            assertThat(Keyed.text(record.value())).isEqualTo(Keyed.text(expected.value()));
            assertThat(record.timestamp()).isEqualTo(expected.timestamp());
            Model.put(latest, Keyed.text(record.key()), Keyed.text(record.value()));
        }
        assertThat(latest).isEqualTo(model.latest());
        if (model.topic == ORDINARY) {
            assertThat(read).hasSize(model.records.tailMap(model.logStart).size());
        }
        checkLookups(view, model, read);
        checkProducers(row, model);
    }

    /** All records from the log start on; batches follow one another and reach the end. */
    private List<Record> read(PartitionView view, Model model) throws IOException {
        List<Record> records = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.wrap(log.readAll(view));
        long last = -1;
        for (MutableRecordBatch batch : MemoryRecords.readableRecords(bytes).batches()) {
            batch.ensureValid();
            assertThat(batch.baseOffset()).isGreaterThan(last);
            last = batch.lastOffset();
            for (Record record : batch) {
                if (record.offset() >= model.logStart) {
                    records.add(record);
                }
            }
        }
        if (model.logStart < model.nextOffset) {
            assertThat(last).isEqualTo(model.nextOffset - 1);
        }
        return records;
    }

    private void checkLookups(PartitionView view, Model model, List<Record> read) throws IOException {
        for (int i = 0; i < 5 && !read.isEmpty(); i++) {
            long timestamp = read.get(random.nextInt(read.size())).timestamp() + random.nextInt(3) - 1;
            Optional<Long> expected = read.stream()
                    .filter(record -> record.timestamp() >= timestamp)
                    .map(Record::offset)
                    .findFirst();
            assertThat(view.offsetForTimestamp(timestamp, Long.MAX_VALUE).map(OffsetAndTimestamp::offset))
                    .isEqualTo(expected);
        }
        long greatest = read.stream().mapToLong(Record::timestamp).max().orElse(-1);
        Optional<Long> newest = read.stream()
                .filter(record -> record.timestamp() == greatest)
                .map(Record::offset)
                .findFirst();
        if (model.logStart == 0) { // else a record before it may have the greatest timestamp of its batch
            assertThat(view.maxTimestamp(Long.MAX_VALUE).map(OffsetAndTimestamp::offset))
                    .isEqualTo(newest);
        }
        for (Integer each : model.epochs.keySet()) {
            Integer next = model.epochs.higherKey(each);
            long end = next == null ? model.nextOffset : model.epochs.get(next);
            if (end >= model.logStart) {
                assertThat(view.endOfEpoch(each).endOffset()).isEqualTo(end);
            }
        }
    }

    private void checkProducers(int row, Model model) {
        model.sequences.forEach((producer, sequence) -> {
            int found = log.log.producers().find(row, producer);
            assertThat(found).isNotNegative();
            assertThat(log.log.producers().lastSequence(found)).isEqualTo(sequence - 1);
        });
    }
}
