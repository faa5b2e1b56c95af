package io.braid.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.log.compact.CompactionBudget;
import io.braid.log.compact.CompactionLimits;
import io.braid.log.compact.CompactionPolicy;
import io.braid.log.compact.Keyed;
import io.braid.log.compact.TopicCompaction;
import io.braid.log.index.PartitionKey;
import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * As {@link DamagedFilesTest}, for a log whose segments were rewritten and compacted: each file of cleaning damaged, one at a time. What is
 * served was appended, or came out of a compaction, with these very bytes; what is not served any more is reported, here and by an
 * inspection; and the log takes new data.
 */
class DamagedCleanedFilesTest {
    private static final long KEYED = 9;
    private static final int PARTITIONS = 5;
    private static final int KEYED_PARTITIONS = 2;
    private static final RewriteConfig AT_ONCE = new RewriteConfig(1, 1L << 40, 0.4, 1L << 40, 1L << 40, 100, 1);
    private static final LogConfig CONFIG = LogFixture.SMALL
            .withSegmentBytes(64 << 10, 64 << 10)
            .withCheckpointMinBytes(32 << 10)
            .withRewrite(AT_ONCE);
    private static final TopicCompaction EAGER = new TopicCompaction(0, 0, Long.MAX_VALUE, Long.MAX_VALUE, 0);

    /** Rewritten and compacted segments with their indexes, and the lists of them; {@link DamagedFilesTest} has the others. */
    private static final List<String> KINDS = List.of(
            "\\d{20}-\\d{10}-\\d{10}\\.log",
            "\\d{20}-\\d{10}-\\d{10}\\.idx",
            "compacted-.*\\.log",
            "compacted-.*\\.idx",
            "compacted",
            "manifest");

    private static final int FILES_OF_A_KIND = 2;

    @TempDir
    static Path temp;

    /** Every batch that there ever was, by offset, length and checksum. */
    private static final Set<String> KNOWN = new HashSet<>();

    /** Offsets of the records that are served before any damage. */
    private static final Map<PartitionKey, TreeSet<Long>> SERVED = new TreeMap<>();

    private static Path origin;

    @BeforeAll
    static void write() throws IOException {
        origin = temp.resolve("written");
        LogFixture log = new LogFixture(origin, CONFIG);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 30; i++) {
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    know(log.append(partition, 1 + i % 2, 1200));
                }
                for (int partition = 0; partition < KEYED_PARTITIONS; partition++) {
                    know(appendKeyed(log, partition, "key" + i % 7, "value" + round + "-" + i));
                }
                log.maintain();
            }
            compact(log);
        }
        log.append(deleteBelow(log, 2, 100));
        log.append(deleteBelow(log, 3, 120));
        log.append(deleteBelow(log, 4, 120));
        log.reopen();
        log.log.rewriteBelow(log.log.nextLsn());
        for (int i = 0; i < 40; i++) {
            log.nowMs += 120_000;
            log.maintain();
        }
        for (PartitionKey key : keys()) {
            Found found = read(log, key);
            found.batches.forEach(KNOWN::add);
            SERVED.put(key, found.offsets);
        }
        log.close();
    }

    private static List<PartitionKey> keys() {
        List<PartitionKey> keys = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            keys.add(new PartitionKey(LogFixture.TOPIC, 1, partition));
        }
        for (int partition = 0; partition < KEYED_PARTITIONS; partition++) {
            keys.add(new PartitionKey(KEYED, 1, partition));
        }
        return keys;
    }

    private static EntryBatch deleteBelow(LogFixture log, int partition, long offset) {
        EntryBatch entries = new EntryBatch();
        long end = log.log.partitions().nextOffset(log.row(partition));
        entries.addLogStart(LogFixture.TOPIC, 1, partition, 0, Math.min(offset, end));
        return entries;
    }

    private static ByteBuffer appendKeyed(LogFixture log, int partition, String key, String value) {
        int row = log.log.partitions().findOrAdd(KEYED, 1, partition);
        ByteBuffer batch =
                Keyed.batch(Compression.NONE, log.log.partitions().nextOffset(row), 0, Keyed.record(1000, key, value));
        EntryBatch entries = new EntryBatch();
        entries.addBatch(row, 0, batch);
        log.append(entries);
        return batch;
    }

    private static void know(ByteBuffer batch) {
        KNOWN.add(describe(batch));
    }

    private static String describe(ByteBuffer batch) {
        CRC32C crc = new CRC32C();
        crc.update(batch.duplicate());
        return "offset " + BatchHeader.baseOffset(batch, batch.position()) + " bytes " + batch.remaining() + " crc "
                + crc.getValue();
    }

    /** The first round seals what is written to, the second compacts it. */
    private static void compact(LogFixture log) throws IOException {
        for (int i = 0; i < 2; i++) {
            log.log.onCommitted(log.log.nextLsn());
            log.maintain();
            CompactionScan scan = log.log.compactionScan().orElseThrow();
            log.log.onCompacted(scan.run(policy(), CompactionLimits.DEFAULTS, CompactionBudget.UNLIMITED, log.nowMs));
            log.maintain();
        }
    }

    private static CompactionPolicy policy() {
        return new CompactionPolicy() {
            @Override
            public Optional<TopicCompaction> of(Uuid topic) {
                return topic.getMostSignificantBits() == KEYED ? Optional.of(EAGER) : Optional.empty();
            }

            @Override
            public long version() {
                return 1;
            }
        };
    }

    /** A few files of each kind. */
    private static Set<String> files() throws IOException {
        List<String> names = LogFiles.list(origin.resolve("shards/0")).stream()
                .map(path -> path.getFileName().toString())
                .sorted()
                .toList();
        Set<String> files = new HashSet<>();
        for (String kind : KINDS) {
            List<String> found = names.stream()
                    .filter(name -> name.matches(kind))
                    .limit(FILES_OF_A_KIND)
                    .toList();
            assertThat(found).as(kind).isNotEmpty();
            files.addAll(found);
        }
        return files;
    }

    @Test
    void anInspectionReadsRewrittenAndCompactedSegments() throws IOException {
        Map<String, Long> live = new TreeMap<>();
        Map<String, Long> entries = new TreeMap<>();
        List<LogProblem> problems = Problems.in(origin);
        LogInspection.inspect(origin.resolve("shards/0"), new LogInspection.Visitor() {
            @Override
            public void onEntry(InspectedEntry entry) {
                entries.merge(entry.file().getFileName().toString(), 1L, Long::sum);
            }

            @Override
            public void onSegment(InspectedSegment segment) {
                live.merge(segment.state(), segment.liveBytes(), Long::sum);
                assertThat(entries.get(segment.file().getFileName().toString())).isEqualTo(segment.entries());
            }
        });
        assertThat(problems).isEmpty();
        assertThat(live).containsKeys("rewritten", "compacted");
        long liveBytes = 0;
        Path copy = temp.resolve("inspected");
        LogFixture.copy(origin, copy);
        try (LogFixture log = new LogFixture(copy, CONFIG)) {
            for (PartitionKey key : keys()) {
                liveBytes += read(log, key).bytes;
            }
        } finally {
            LogFixture.delete(copy);
        }
        assertThat(live.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(liveBytes);
    }

    @TestFactory
    Stream<DynamicTest> eachFile() throws IOException {
        Set<String> files = files();
        return FileDamage.all(origin).stream()
                .filter(damage -> files.contains(damage.file().getFileName().toString()))
                .map(damage -> damage.test(origin, temp.resolve("damaged"), CONFIG, DamagedCleanedFilesTest::check));
    }

    private static void check(LogFixture log, List<LogProblem> problems, Path damaged) {
        missing(log);
        // Damage inside of an index shows when it is used, is answered with an error, and mended.
        log.maintain();
        Missing first = missing(log);
        if (damaged.toString().endsWith(".log")) {
            if (first.records > 0) {
                assertThat(first.errors + log.events.damages.size()).isPositive();
                assertThat(problems).isNotEmpty();
            }
        } else {
            assertThat(first.records).as("records that are not served").isZero();
        }
        for (PartitionKey key : keys()) {
            int row = log.log.partitions().findOrAdd(key.idMsb(), key.idLsb(), key.partition());
            ByteBuffer batch = Batches.filled(log.log.partitions().nextOffset(row), 3, 1, 100, key.partition());
            know(batch);
            EntryBatch entries = new EntryBatch();
            entries.addBatch(row, 3, batch);
            log.append(entries);
        }
        log.maintain();
        assertThat(missing(log).records).isLessThanOrEqualTo(first.records);
        assertThat(log.directory.failed()).isFalse();
        log.reopen();
        assertThat(missing(log).records).isLessThanOrEqualTo(first.records);
    }

    private record Missing(int records, int errors) {}

    /** Of what was served before the damage; what is served must be known. */
    private static Missing missing(LogFixture log) {
        int records = 0;
        int errors = 0;
        for (PartitionKey key : keys()) {
            Found found = read(log, key);
            assertThat(KNOWN).containsAll(found.batches);
            TreeSet<Long> gone = new TreeSet<>(SERVED.get(key));
            gone.removeAll(found.offsets);
            records += gone.size();
            errors += found.errors;
        }
        return new Missing(records, errors);
    }

    /** What a client gets that steps over what it cannot have. */
    private static final class Found {
        final List<String> batches = new ArrayList<>();
        final TreeSet<Long> offsets = new TreeSet<>();
        long bytes;
        int errors;

        long take(byte[] read) {
            ByteBuffer run = ByteBuffer.wrap(read);
            long end = 0;
            for (int at = 0; at < read.length; ) {
                int size = BatchHeader.sizeInBytes(run, at);
                ByteBuffer batch = run.slice(at, size);
                batches.add(describe(batch));
                for (Record record : MemoryRecords.readableRecords(batch).records()) {
                    offsets.add(record.offset());
                }
                end = BatchHeader.lastOffset(run, at) + 1;
                at += size;
                bytes += size;
            }
            return end;
        }
    }

    private static Found read(LogFixture log, PartitionKey key) {
        PartitionView view = log.log.view(log.log.partitions().findOrAdd(key.idMsb(), key.idLsb(), key.partition()));
        Found found = new Found();
        long offset = view.logStartOffset();
        while (offset < view.nextOffset()) {
            byte[] bytes;
            try {
                bytes = LogFixture.bytes(view.read(offset, 1 << 14, true, Long.MAX_VALUE, LogFixture.ALLOC));
            } catch (IOException | UncheckedIOException e) {
                offset++;
                found.errors++;
                continue;
            }
            if (bytes.length == 0) {
                break;
            }
            offset = found.take(bytes);
        }
        return found;
    }
}
