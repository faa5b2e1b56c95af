package io.braid.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Zeros come ahead of what is appended, and never upon it. */
class PagesAheadTest {
    private static final int FILE_BYTES = 8 << 20;

    @TempDir
    Path temp;

    private Path path;
    private FileChannel channel;

    /** A file that is not zero, so that it shows where zeros were written. */
    @BeforeEach
    void open() throws IOException {
        path = temp.resolve("file");
        byte[] ones = new byte[FILE_BYTES];
        Arrays.fill(ones, (byte) 1);
        Files.write(path, ones);
        channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @AfterEach
    void close() throws IOException {
        channel.close();
    }

    private PagesAhead started() {
        PagesAhead ahead = new PagesAhead(true);
        ahead.start(channel, FILE_BYTES);
        return ahead;
    }

    /** Where the first and the last zero is; -1 each when there is none. */
    private int[] zeros() throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        int first = -1;
        int last = -1;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                first = first < 0 ? i : first;
                last = i;
            }
        }
        return new int[] {first, last};
    }

    @Test
    void whatIsAskedForLiesBehindTheDocumentAndEndsWithAChunk() throws IOException {
        PagesAhead ahead = started();
        ahead.beforeCopy(10_000);
        assertThat(zeros()).containsExactly(-1, -1);
        ahead.take().orElseThrow().run();
        int[] zeros = zeros();
        assertThat(zeros[0]).isGreaterThanOrEqualTo(10_000 + SegmentWriter.TAIL_BYTES);
        assertThat((zeros[1] + 1) % PagesAhead.CHUNK_BYTES).isZero();
        assertThat(zeros[1]).isGreaterThan(1 << 20);
        assertThat(ahead.take()).isEmpty();
    }

    @Test
    void theOwnerMakesWhatIsNotMadeInTime() throws IOException {
        PagesAhead ahead = started();
        ahead.beforeCopy(10_000);
        ahead.beforeCopy(900_000);
        assertThat(zeros()[1]).isGreaterThanOrEqualTo(900_000 + SegmentWriter.TAIL_BYTES - 1);
    }

    @Test
    void nothingIsMadeForAFileThatWasLeft() throws IOException {
        PagesAhead ahead = started();
        ahead.beforeCopy(10_000);
        Optional<Runnable> work = ahead.take();
        ahead.leave();
        work.orElseThrow().run();
        ahead.beforeCopy(5_000_000);
        assertThat(zeros()).containsExactly(-1, -1);
    }

    @Test
    void aLargeDocumentIsPassedOver() throws IOException {
        PagesAhead ahead = started();
        ahead.beforeCopy(10_000);
        Optional<Runnable> work = ahead.take();
        ahead.beforeWrite(700_000);
        work.orElseThrow().run();
        assertThat(zeros()[0]).isGreaterThanOrEqualTo(700_000);
    }

    @Test
    void nothingLiesBehindTheFilesEnd() throws IOException {
        PagesAhead ahead = started();
        ahead.beforeCopy(10_000);
        ahead.beforeCopy(FILE_BYTES - 10);
        ahead.take().ifPresent(Runnable::run);
        assertThat(Files.size(path)).isEqualTo(FILE_BYTES);
    }

    @Test
    void notWhereEachAppendIsForced() throws IOException {
        PagesAhead ahead = new PagesAhead(false);
        ahead.start(channel, FILE_BYTES);
        ahead.beforeCopy(900_000);
        assertThat(ahead.take()).isEmpty();
        assertThat(zeros()).containsExactly(-1, -1);
    }

    @Test
    void appendsAreNeverOverwrittenWhoeverIsFaster() throws Exception {
        ExecutorService background = Executors.newFixedThreadPool(2);
        byte[] expected = new byte[FILE_BYTES - (1 << 20)];
        try {
            PagesAhead ahead = started();
            ByteBuffer document = ByteBuffer.allocateDirect(100_000);
            int at = 0;
            for (int i = 0; at + document.capacity() < expected.length; i++) {
                int size = i % 50 == 49 ? 90_000 : 1 + i * 37 % 4_000;
                document.clear().limit(size);
                for (int b = 0; b < size; b++) {
                    expected[at + b] = (byte) (2 + i % 100);
                    document.put(b, expected[at + b]);
                }
                if (size < 64 << 10) {
                    ahead.beforeCopy(at + size);
                } else {
                    ahead.beforeWrite(at + size);
                }
                channel.write(document, at);
                ahead.take().ifPresent(background::execute);
                at += size;
            }
            ahead.leave();
            assertThat(Arrays.copyOf(Files.readAllBytes(path), at)).isEqualTo(Arrays.copyOf(expected, at));
        } finally {
            background.shutdownNow();
        }
    }
}
