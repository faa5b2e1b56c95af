package io.braid.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.protocol.records.FetchedRecords;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the batches of a fetch are put together. */
class ReadPathTest {
    private static final Path MAPS = Path.of("/proc/self/maps");

    @TempDir
    Path temp;

    private LogFixture log;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @BeforeEach
    void open() {
        log = new LogFixture(temp.resolve("log"), LogConfig.defaults().withSegmentBytes(8 << 20, 8 << 20));
    }

    @AfterEach
    void close() {
        log.close();
    }

    private void append(int valueBytes) {
        ByteBuffer batch = log.append(0, 1, valueBytes);
        byte[] bytes = new byte[batch.remaining()];
        batch.duplicate().get(bytes);
        written.writeBytes(bytes);
        log.append(1, 1, 20_000);
    }

    private FetchedRecords read() throws IOException {
        return log.view(0).read(0, 4 << 20, true, Long.MAX_VALUE, LogFixture.ALLOC);
    }

    @Test
    void scatteredSmallBatchesBecomeOnePart() throws IOException {
        for (int i = 0; i < 50; i++) {
            append(500 + i);
        }
        FetchedRecords records = read();
        assertThat(records.parts()).hasSize(1);
        assertThat(LogFixture.bytes(records)).isEqualTo(written.toByteArray());
    }

    @Test
    void batchesOfAllSizesComeInOrder() throws IOException {
        for (int size : List.of(100, 200, 16_000, 300, 70_000, 5_000, 5_000, 100, 90_000, 90_000, 50)) {
            append(size);
        }
        assertThat(LogFixture.bytes(read())).isEqualTo(written.toByteArray());
        log.reopen();
        assertThat(LogFixture.bytes(read())).isEqualTo(written.toByteArray());
    }

    private boolean isMapped(String suffix) {
        try {
            return Files.readAllLines(MAPS).stream()
                    .anyMatch(line -> line.contains(temp.toString()) && line.endsWith(suffix));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anAnswerOutlivesItsSegmentAndTheMappingGoesWithTheLastOne() throws IOException {
        for (int i = 0; i < 20; i++) {
            append(10_000);
        }
        log.reopen();
        FetchedRecords records = read();
        FetchedRecords other = read();
        assertThat(records.parts()).hasSize(20);
        EntryBatch deletion = new EntryBatch();
        deletion.addTopicDeleted(LogFixture.TOPIC, 1, 0);
        log.append(deletion);
        log.config = log.config.withCheckpointMinBytes(1);
        log.reopen();
        log.maintain();
        assertThat(log.events.deleted).isNotEmpty();
        other.release();
        if (Files.exists(MAPS)) {
            assertThat(isMapped(".log (deleted)")).isTrue();
        }
        assertThat(LogFixture.bytes(records)).isEqualTo(written.toByteArray());
        if (Files.exists(MAPS)) {
            LogFixture.await(() -> !isMapped(".log (deleted)"));
        }
    }
}
