package io.braid.broker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.log.EntryBatch;
import io.braid.log.LogConfig;
import io.braid.log.LogDirectory;
import io.braid.log.LogListener;
import io.braid.log.SharedLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogCommandTest {
    private static final Uuid TOPIC = new Uuid(7, 9);

    @TempDir
    Path data;

    /** A log of shard 3 with three batches of two partitions, and a log start after the first. */
    private LogDirectory write() throws Exception {
        LogDirectory directory = LogDirectory.open(data, LogConfig.defaults().withMinFreeBytes(0), LogListener.NONE);
        SharedLog log = directory.open(3);
        append(log, 0, 0, "alpha");
        append(log, 1, 0, "beta");
        append(log, 0, 1, "gamma");
        EntryBatch start = new EntryBatch();
        start.addLogStart(TOPIC.getMostSignificantBits(), TOPIC.getLeastSignificantBits(), 0, 5, 1);
        log.append(start, 0);
        log.close();
        return directory;
    }

    private static void append(SharedLog log, int partition, long offset, String value) throws IOException {
        ByteBuffer batch = MemoryRecords.withRecords(
                        offset, Compression.NONE, new SimpleRecord(17, null, value.getBytes(StandardCharsets.UTF_8)))
                .buffer();
        int row =
                log.partitions().findOrAdd(TOPIC.getMostSignificantBits(), TOPIC.getLeastSignificantBits(), partition);
        EntryBatch entries = new EntryBatch();
        entries.addBatch(row, 5, batch);
        log.append(entries, 0);
    }

    private static List<String> lines(CommandLineRun run) {
        return run.out().lines().toList();
    }

    @Test
    void inspectPrintsCheckpointsSegmentsAndEntries() throws Exception {
        write().close();

        CommandLineRun summary = CommandLineRun.of("log", "inspect", data.toString());
        CommandLineRun all = CommandLineRun.of("log", "inspect", data.toString(), "--records");

        assertThat(summary.code()).isZero();
        assertThat(lines(summary)).hasSize(3);
        assertThat(lines(summary).get(0)).startsWith("shard shard=3 ");
        assertThat(lines(summary).get(1)).startsWith("checkpoint ").contains(" lsn=4 partitions=2 ");
        assertThat(lines(summary).get(2))
                .contains(" state=sealed ordinal=1 firstLsn=0 endLsn=4 entries=4 batches=3 records=3 partitions=2 ")
                .contains(" deadBytes=73 problems=0");
        assertThat(all.out())
                .contains("entry lsn=1 epoch=5 type=batch topicId=" + TOPIC + " partition=1 baseOffset=0 lastOffset=0")
                .contains("record offset=1 timestamp=17 key=null value=gamma headers=0")
                .contains("entry lsn=3 epoch=5 type=log-start topicId=" + TOPIC + " partition=0 offset=1 ");
    }

    @Test
    void filtersAndJson() throws Exception {
        write().close();

        CommandLineRun run = CommandLineRun.of(
                "log",
                "inspect",
                data.resolve("shards/3").toString(),
                "--partition",
                TOPIC + "-0",
                "--from-lsn",
                "1",
                "--max",
                "5",
                "--json");

        assertThat(lines(run).stream().filter(line -> line.contains("\"kind\":\"entry\"")))
                .hasSize(1)
                .allMatch(line -> line.contains("\"lsn\":2") && line.contains("\"codec\":\"none\""));
    }

    @Test
    void verifyExitsWithOneAndALineForEachProblem() throws Exception {
        write().close();
        CommandLineRun good = CommandLineRun.of("log", "verify", data.toString());
        Path segment;
        try (Stream<Path> files = Files.list(data.resolve("shards/3"))) {
            segment = files.filter(file -> file.toString().endsWith(".log"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(segment);
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("beta");
        bytes[at] ^= 1;
        Files.write(segment, bytes);

        CommandLineRun bad = CommandLineRun.of("log", "verify", data.toString(), "--shard", "3");

        assertThat(good.code()).isZero();
        assertThat(lines(good)).hasSize(1);
        assertThat(good.out()).startsWith("good: 1 shards, 1 segments, 4 entries, ");
        assertThat(bad.code()).isEqualTo(1);
        assertThat(bad.out()).contains(segment + " at ").contains("no good entry up to ");
        assertThat(lines(bad).get(lines(bad).size() - 1)).contains("problems in 1 shards");
    }

    @Test
    void refusesADirectoryInUseUnlessForced() throws Exception {
        write().close();
        try (LogDirectory used = LogDirectory.open(data, LogConfig.defaults().withMinFreeBytes(0), LogListener.NONE)) {
            CommandLineRun refused = CommandLineRun.of("log", "verify", data.toString());
            CommandLineRun forced = CommandLineRun.of("log", "verify", data.toString(), "--force");

            assertThat(used.failed()).isFalse();
            assertThat(refused.code()).isEqualTo(1);
            assertThat(refused.err()).contains(" is in use by a node").hasLineCount(1);
            assertThat(forced.code()).isZero();
        }
    }
}
