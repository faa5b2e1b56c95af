package io.braid.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedLogTest {
    @TempDir
    Path temp;

    private final Map<Integer, ByteArrayOutputStream> appended = new HashMap<>();

    private void append(LogFixture log, int partition, int records, int valueBytes) {
        ByteBuffer batch = log.append(partition, records, valueBytes);
        byte[] bytes = new byte[batch.remaining()];
        batch.duplicate().get(bytes);
        appended.computeIfAbsent(partition, p -> new ByteArrayOutputStream()).writeBytes(bytes);
    }

    private void assertAllThere(LogFixture log) {
        appended.forEach((partition, bytes) ->
                assertThat(log.readAll(partition)).as("partition %d", partition).isEqualTo(bytes.toByteArray()));
    }

    @Test
    void readsWhatWasAppended() {
        try (LogFixture log = new LogFixture(temp.resolve("a"), LogFixture.SMALL)) {
            for (int i = 0; i < 200; i++) {
                append(log, i % 7, 1 + i % 3, i % 5 == 0 ? 30_000 : 100);
            }
            assertAllThere(log);
            assertThat(log.log.nextLsn()).isEqualTo(200);
            assertThat(log.log.segmentCount()).isGreaterThan(3);
        }
    }

    @Test
    void makesNoFileBeforeTheFirstAppend() {
        try (LogFixture log = new LogFixture(temp.resolve("a"), LogFixture.SMALL)) {
            assertThat(temp.resolve("a/shards/0")).doesNotExist();
            append(log, 0, 1, 10);
            assertThat(temp.resolve("a/shards/0")).exists();
        }
    }

    @Test
    void comesBackAfterACleanStop() {
        try (LogFixture log = new LogFixture(temp.resolve("a"), LogFixture.SMALL)) {
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 60; i++) {
                    append(log, i % 5, 2, i % 9 == 0 ? 70_000 : 500);
                }
                log.reopen();
                assertThat(log.events.replayedEntries).isZero();
                assertAllThere(log);
            }
            assertThat(log.directory.cleanStart()).isTrue();
            assertThat(log.events.damages).isEmpty();
        }
    }

    @Test
    void comesBackAfterAKill() {
        try (LogFixture log = new LogFixture(temp.resolve("a0"), LogFixture.SMALL)) {
            for (int round = 1; round <= 4; round++) {
                for (int i = 0; i < 60; i++) {
                    append(log, i % 5, 2, i % 9 == 0 ? 70_000 : 500);
                    if (round % 2 == 0) {
                        log.maintain();
                    }
                }
                log.kill(temp.resolve("a" + round));
                assertThat(log.directory.cleanStart()).isFalse();
                assertAllThere(log);
            }
            assertThat(log.events.damages).isEmpty();
            assertThat(log.events.lostTails).isEmpty();
        }
    }

    @Test
    void sealsRolledSegmentsInTheBackground() throws Exception {
        try (LogFixture log = new LogFixture(temp.resolve("a"), LogFixture.SMALL)) {
            for (int i = 0; i < 100; i++) {
                append(log, i % 5, 1, 9_000);
                log.maintain();
            }
            assertAllThere(log);
            try (var files = Files.list(temp.resolve("a/shards/0"))) {
                assertThat(files.filter(file -> file.toString().endsWith(".idx"))
                                .count())
                        .isEqualTo(log.log.segmentCount() - 1);
            }
            assertThat(log.view(0).hot(0)).isFalse();
            assertThat(log.view(4).hot(log.view(4).nextOffset() - 1)).isTrue();
        }
    }

    /** Batches of producers in turn, one record each; producer p's batch n has the offset n x producers + p. */
    private static void appendInTurn(LogFixture log, int producers, int batches) {
        int row = log.row(0);
        for (int i = 0; i < producers * batches; i++) {
            EntryBatch entries = new EntryBatch();
            entries.addBatch(
                    row,
                    0,
                    Batches.idempotent(
                            i, 0, i % producers, (short) 2, i / producers, Batches.record(1000, "value " + i)));
            log.append(entries);
        }
    }

    @Test
    void aProducersLastFiveBatchesAreFoundBehindThoseOfOthers() throws Exception {
        try (LogFixture log = new LogFixture(temp.resolve("a"), LogFixture.SMALL)) {
            appendInTurn(log, 12, 7);
            for (int pass = 0; pass < 2; pass++) {
                PartitionView view = log.view(0);
                long newest = 6 * 12 + 3;
                for (int sequence = 2; sequence <= 6; sequence++) {
                    assertThat(view.findBatch(3, (short) 2, sequence, sequence, newest))
                            .hasValue(sequence * 12 + 3);
                }
                assertThat(view.findBatch(3, (short) 2, 1, 1, newest)).isEmpty();
                assertThat(view.findBatch(3, (short) 1, 5, 5, newest)).isEmpty();
                assertThat(view.findBatch(3, (short) 2, 4, 5, newest)).isEmpty();
                log.reopen();
            }
        }
    }

    @Test
    void theSearchForARepeatedBatchIsBounded() throws Exception {
        try (LogFixture log = new LogFixture(temp.resolve("a"), LogFixture.SMALL)) {
            appendInTurn(log, 60, 3);
            PartitionView view = log.view(0);
            assertThat(view.findBatch(0, (short) 2, 1, 1, 2 * 60)).hasValue(60);
            assertThat(view.findBatch(0, (short) 2, 0, 0, 2 * 60)).isEmpty();
        }
    }
}
