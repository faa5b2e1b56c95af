package io.braid.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Truncations of what was appended above the commit LSN. */
class TruncationTest {
    private static final long PRODUCER = 5;

    @TempDir
    Path temp;

    private LogFixture log;

    @BeforeEach
    void open() {
        log = new LogFixture(temp.resolve("log"), LogFixture.SMALL);
        log.log.onCommitted(0);
    }

    @AfterEach
    void close() {
        log.close();
        assertThat(log.events.failures).isEmpty();
    }

    private static List<Long> offsets(LogFixture log, int partition) {
        byte[] all = log.readAll(partition);
        ByteBuffer bytes = ByteBuffer.wrap(all);
        List<Long> offsets = new ArrayList<>();
        for (int at = 0; at < all.length; at += BatchHeader.sizeInBytes(bytes, at)) {
            offsets.add(BatchHeader.baseOffset(bytes, at));
        }
        return offsets;
    }

    private void appendIdempotent(int sequence) {
        int row = log.row(0);
        EntryBatch entries = new EntryBatch();
        entries.addBatch(
                row,
                0,
                Batches.idempotent(
                        log.log.partitions().nextOffset(row),
                        0,
                        PRODUCER,
                        (short) 1,
                        sequence,
                        Batches.record(sequence, "v")));
        log.append(entries);
    }

    private int lastSequence() {
        int row = log.log.producers().find(log.row(0), PRODUCER);
        return row < 0 ? -1 : log.log.producers().lastSequence(row);
    }

    /** Counts what was replayed since the log was opened. */
    private long replayed(Truncation truncation) throws IOException {
        log.events.replayedEntries = -1;
        truncation.run();
        return log.events.replayedEntries;
    }

    private interface Truncation {
        void run() throws IOException;
    }

    @Test
    void replaysNothingWithinTheActiveSegment() throws IOException {
        for (int i = 0; i < 20; i++) {
            log.append(i % 2, 1, 100);
        }
        assertThat(replayed(() -> log.log.truncateTo(11, log.nowMs))).isEqualTo(-1);
        assertThat(log.log.nextLsn()).isEqualTo(11);
        assertThat(offsets(log, 0)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
        assertThat(offsets(log, 1)).containsExactly(0L, 1L, 2L, 3L, 4L);
        log.append(1, 1, 100);
        log.kill(temp.resolve("killed"));
        assertThat(offsets(log, 1)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
        assertThat(log.log.nextLsn()).isEqualTo(12);
        assertThat(log.events.damages).isEmpty();
        assertThat(log.log.lostEntries()).isEmpty();
    }

    @Test
    void replaysWhereTheCutLiesInAnEarlierSegment() throws IOException {
        for (int i = 0; i < 100; i++) {
            log.append(i % 2, 1, 5_000);
        }
        assertThat(replayed(() -> log.log.truncateTo(10, log.nowMs))).isEqualTo(10);
        assertThat(offsets(log, 0)).containsExactly(0L, 1L, 2L, 3L, 4L);
    }

    @Test
    void truncatesTwiceToTheSamePlace() throws IOException {
        for (int i = 0; i < 10; i++) {
            log.append(0, 1, 100);
        }
        assertThat(replayed(() -> {
                    log.log.truncateTo(4, log.nowMs);
                    log.append(0, 1, 100);
                    log.append(0, 1, 100);
                    log.log.truncateTo(4, log.nowMs);
                }))
                .isEqualTo(-1);
        log.append(0, 2, 100);
        assertThat(offsets(log, 0)).containsExactly(0L, 1L, 2L, 3L, 4L);
        log.maintain();
        assertThat(offsets(log, 0)).containsExactly(0L, 1L, 2L, 3L, 4L);
        log.kill(temp.resolve("killed"));
        assertThat(offsets(log, 0)).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(log.log.nextLsn()).isEqualTo(5);
        assertThat(log.events.damages).isEmpty();
    }

    @Test
    void bringsBackProducersLogStartsAndTopics() throws IOException {
        appendIdempotent(0);
        appendIdempotent(1);
        long kept = log.log.nextLsn();
        int row = log.row(0);
        long bytes = log.log.partitions().sizeBytes(row);
        appendIdempotent(2);
        EntryBatch entries = new EntryBatch();
        entries.addLogStart(LogFixture.TOPIC, 1, 0, 3, 2);
        entries.addTopicDeleted(LogFixture.TOPIC, 1, 3);
        log.append(entries);
        assertThat(log.log.partitions().find(LogFixture.TOPIC, 1, 0)).isNegative();
        assertThat(log.log.lastEpoch()).isEqualTo(3);

        assertThat(replayed(() -> log.log.truncateTo(kept, log.nowMs))).isEqualTo(-1);

        assertThat(lastSequence()).isEqualTo(1);
        assertThat(offsets(log, 0)).containsExactly(0L, 1L);
        assertThat(log.view(0).logStartOffset()).isZero();
        assertThat(log.log.partitions().sizeBytes(log.row(0))).isEqualTo(bytes);
        assertThat(log.log.lastEpoch()).isZero();
        appendIdempotent(2);
        log.reopen();
        assertThat(lastSequence()).isEqualTo(2);
        assertThat(offsets(log, 0)).containsExactly(0L, 1L, 2L);
    }

    @Test
    void cutsADocumentInTheMiddle() throws IOException {
        EntryBatch entries = new EntryBatch();
        for (int i = 0; i < 6; i++) {
            entries.addBatch(log.row(i), 0, Batches.filled(0, 0, 1, 50, i));
        }
        log.append(entries);
        log.log.truncateTo(4, log.nowMs);
        log.append(0, 1, 10);
        log.kill(temp.resolve("killed"));
        assertThat(offsets(log, 3)).containsExactly(0L);
        assertThat(offsets(log, 4)).isEmpty();
        assertThat(offsets(log, 0)).containsExactly(0L, 1L);
        assertThat(log.log.nextLsn()).isEqualTo(5);
    }

    @Test
    void anUncommittedTailCanBeTruncatedAfterARestart() throws IOException {
        for (int i = 0; i < 10; i++) {
            log.append(0, 1, 100);
        }
        log.log.onCommitted(6);
        log.reopen();
        log.log.onCommitted(6);
        log.append(0, 1, 100);
        assertThat(replayed(() -> log.log.truncateTo(7, log.nowMs))).isNotNegative();
        assertThat(offsets(log, 0)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
        log.reopen();
        assertThat(log.log.nextLsn()).isEqualTo(7);
    }

    @Test
    void housekeepingHandedOutBeforeDoesNothingAfterwards() throws IOException {
        log.close();
        log.config = LogFixture.SMALL.withCheckpointMinBytes(1);
        log.open();
        log.log.onCommitted(0);
        for (int i = 0; i < 10; i++) {
            log.append(0, 1, 100);
        }
        List<Runnable> out = new ArrayList<>();
        Optional<Runnable> piece = log.log.pollMaintenance(log.nowMs);
        while (piece.isPresent()) {
            out.add(piece.get());
            piece = log.log.pollMaintenance(log.nowMs);
        }
        assertThat(out).isNotEmpty();
        log.log.truncateTo(3, log.nowMs);
        out.forEach(Runnable::run);
        assertThat(new LogFiles(log.path.resolve("shards/0")).checkpoints()).isEmpty();
        log.append(0, 1, 100);
        log.maintain();
        log.kill(temp.resolve("killed"));
        assertThat(offsets(log, 0)).containsExactly(0L, 1L, 2L, 3L);
    }
}
