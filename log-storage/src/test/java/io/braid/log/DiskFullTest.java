package io.braid.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A file system of 8 MiB. Skipped where a tmpfs cannot be mounted. */
@Timeout(30)
class DiskFullTest {
    private static final LogConfig CONFIG = LogConfig.defaults().withSegmentBytes(256 << 10, 1 << 20);

    @TempDir
    Path temp;

    private Path disk;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectory(temp.resolve("disk"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk.toString()) == 0);
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", "-l", disk.toString());
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Test
    void refusesBatchesBeforeTheDiskIsFullAndTakesThemAgainWhenThereIsSpace() throws IOException {
        try (LogFixture log = new LogFixture(disk.resolve("log"), CONFIG.withMinFreeBytes(2 << 20))) {
            long appended = fill(log);
            assertThat(log.directory.writable()).isFalse();
            assertThat(log.view(0).nextOffset()).isEqualTo(appended);

            EntryBatch start = new EntryBatch();
            start.addLogStart(LogFixture.TOPIC, 1, 0, 0, appended);
            log.append(start);
            for (int i = 0; i < 4; i++) {
                log.maintain();
            }
            log.nowMs += CONFIG.rollMs();
            checkpointAndDelete(log);

            assertThat(log.directory.writable()).isTrue();
            log.append(0, 1, 10_000);
            assertThat(log.readAll(0)).isNotEmpty();
            assertThat(log.events.failures).isEmpty();
        }
    }

    @Test
    void deletesATopicOnADiskThatIsFullToTheLastByte() throws IOException {
        try (LogFixture log = new LogFixture(disk.resolve("log"), CONFIG.withMinFreeBytes(2 << 20))) {
            fill(log);
            Path other = disk.resolve("other");
            try (OutputStream out = Files.newOutputStream(other)) {
                while (true) {
                    out.write(new byte[4096]);
                }
            } catch (IOException full) {
                assertThat(Files.getFileStore(disk).getUsableSpace()).isLessThan(4096);
            }
            // The active segment may have room left; what it takes from the reserve is the next one.
            log.nowMs += CONFIG.rollMs();
            EntryBatch deletion = new EntryBatch();
            deletion.addTopicDeleted(LogFixture.TOPIC, 1, 0);
            log.append(deletion);
            log.maintain();
            assertThat(log.events.deleted).isNotEmpty();
            LogFixture.await(() -> {
                log.directory.pollSpace();
                return log.directory.writable();
            });
            log.append(1, 1, 10_000);
            assertThat(log.events.failures).isEmpty();
            Files.delete(other);
        }
    }

    @Test
    void losesNothingWhenThereIsNoSpaceForASegment() throws IOException {
        try (LogFixture log = new LogFixture(disk.resolve("log"), CONFIG.withMinFreeBytes(0))) {
            long appended = fill(log);
            long lsn = log.log.nextLsn();
            assertThatThrownBy(() -> appendOnce(log)).isInstanceOf(LogFullException.class);
            assertThat(log.log.nextLsn()).isEqualTo(lsn);
            assertThat(log.view(0).nextOffset()).isEqualTo(appended);
            assertThat(log.readAll(0).length).isGreaterThan(4 << 20);
            assertThat(log.events.failures).isEmpty();
        }
    }

    private static final long OTHER_TOPIC = 8;

    /** Batches of two topics in turn, so that there are both in each segment, until the log refuses. */
    private static void fillWithTwo(LogFixture log) throws IOException {
        int[] rows = {log.row(0), log.log.partitions().findOrAdd(OTHER_TOPIC, 1, 0)};
        try {
            for (int i = 0; ; i++) {
                // Every third batch is the other topic's.
                int row = rows[i % 3 == 0 ? 1 : 0];
                long offset = log.log.partitions().nextOffset(row);
                EntryBatch entries = new EntryBatch();
                entries.addBatch(row, 0, Batches.filled(offset, 0, 1, 20_000, offset + i % 3));
                log.log.append(entries, log.nowMs);
                log.directory.pollSpace();
                log.maintain();
            }
        } catch (LogFullException e) {
            assertThat(log.directory.writable()).isFalse();
        }
    }

    /** Lets the background do what it does, until there is space. */
    private static void maintainUntilWritable(LogFixture log) {
        for (int minute = 0; minute < 60 && !log.directory.writable(); minute++) {
            log.nowMs += 60_000;
            log.log.onCommitted(log.log.nextLsn());
            log.log.rewriteBelow(log.log.nextLsn());
            log.maintain();
            log.directory.pollSpace();
        }
        assertThat(log.directory.writable()).isTrue();
    }

    private static byte[] readOther(LogFixture log) {
        return log.readAll(log.log.view(log.log.partitions().findOrAdd(OTHER_TOPIC, 1, 0)));
    }

    @Test
    void aShorterRetentionBringsTheSpaceBackThoughOtherDataLiesInEverySegment() throws IOException {
        try (LogFixture log = new LogFixture(disk.resolve("log"), CONFIG.withMinFreeBytes(2 << 20))) {
            fillWithTwo(log);
            byte[] other = readOther(log);
            EntryBatch starts = new EntryBatch();
            for (LogStartAdvance advance : log.log.retentionScan().run(keeping(100_000), log.nowMs)) {
                starts.addLogStart(
                        advance.topicIdMsb(), advance.topicIdLsb(), advance.partition(), 0, advance.newLogStart());
            }
            log.append(starts);
            maintainUntilWritable(log);
            assertThat(log.events.rewritten).isNotEmpty();
            assertThat(readOther(log)).isEqualTo(other);
            assertThat(log.readAll(0).length).isBetween(100_000, 400_000);
            log.append(0, 1, 10_000);
            log.reopen();
            assertThat(readOther(log)).isEqualTo(other);
            assertThat(log.events.failures).isEmpty();
        }
    }

    /** The first topic by so many bytes, all else for good. */
    private static RetentionPolicy keeping(long bytes) {
        return new RetentionPolicy() {
            @Override
            public long retentionMs(Uuid topic) {
                return -1;
            }

            @Override
            public long retentionBytes(Uuid topic) {
                return topic.getMostSignificantBits() == LogFixture.TOPIC ? bytes : -1;
            }

            @Override
            public boolean exists(Uuid topic) {
                return true;
            }
        };
    }

    @Test
    void rewritingTakesTheReserveWhenTheDiskIsFullToTheLastByte() throws IOException {
        try (LogFixture log = new LogFixture(disk.resolve("log"), CONFIG.withMinFreeBytes(3 << 20))) {
            fillWithTwo(log);
            byte[] other = readOther(log);
            EntryBatch deletion = new EntryBatch();
            deletion.addTopicDeleted(LogFixture.TOPIC, 1, 0);
            log.append(deletion);
            Path filler = disk.resolve("other");
            try (OutputStream out = Files.newOutputStream(filler)) {
                while (true) {
                    out.write(new byte[4096]);
                }
            } catch (IOException full) {
                assertThat(Files.getFileStore(disk).getUsableSpace()).isLessThan(4096);
            }
            maintainUntilWritable(log);
            assertThat(log.events.rewritten).isNotEmpty();
            assertThat(readOther(log)).isEqualTo(other);
            log.append(1, 1, 10_000);
            log.reopen();
            assertThat(readOther(log)).isEqualTo(other);
            assertThat(log.events.failures).isEmpty();
        }
    }

    /** Appends until the log refuses; the number of records that it took. */
    private static long fill(LogFixture log) throws IOException {
        for (long count = 0; ; count++) {
            try {
                appendOnce(log);
            } catch (LogFullException e) {
                return count;
            }
            log.directory.pollSpace();
            log.maintain();
        }
    }

    private static void appendOnce(LogFixture log) throws IOException {
        int row = log.row(0);
        long offset = log.log.partitions().nextOffset(row);
        ByteBuffer batch = Batches.filled(offset, 0, 1, 20_000, offset);
        EntryBatch entries = new EntryBatch();
        entries.addBatch(row, 0, batch);
        log.log.append(entries, log.nowMs);
    }

    /** A clean stop writes the checkpoint that lets dead segments go. */
    private static void checkpointAndDelete(LogFixture log) {
        log.reopen();
        log.maintain();
        log.directory.pollSpace();
    }
}
