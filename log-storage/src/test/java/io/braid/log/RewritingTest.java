package io.braid.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.log.rewrite.SegmentManifest;
import java.io.IOException;
import java.nio.file.Path;
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
        log = new LogFixture(path.resolve("0"), LogFixture.SMALL.withCheckpointMinBytes(64 << 10).withRewrite(AT_ONCE));
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
        log.log.rewriteBelow(log.log.nextLsn());
        for (int i = 0; i < 40; i++) {
            log.nowMs += 60_000;
            log.maintain();
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
}
