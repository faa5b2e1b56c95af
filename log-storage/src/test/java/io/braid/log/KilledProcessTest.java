package io.braid.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.protocol.records.BatchHeader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that appends is killed without warning; what it had reported as appended must be there. */
class KilledProcessTest {
    private static final int ROUNDS = 2;
    private static final int PARTITIONS = 50;

    @TempDir
    Path temp;

    @Test
    void losesNothingThatWasAppended() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            long reported = appendUntilKilled(3000L * (round + 1));
            try (LogFixture log = new LogFixture(temp.resolve("log"), LogFixture.SMALL)) {
                assertThat(log.log.nextLsn()).isGreaterThanOrEqualTo(reported);
                assertThat(log.events.damages).isEmpty();
                long batches = 0;
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    batches += countBatches(log, partition);
                }
                assertThat(batches).isEqualTo(log.log.nextLsn());
            }
        }
    }

    private static long countBatches(LogFixture log, int partition) {
        byte[] all = log.readAll(partition);
        ByteBuffer bytes = ByteBuffer.wrap(all);
        long expected = 0;
        int count = 0;
        for (int at = 0; at < all.length; at += BatchHeader.sizeInBytes(bytes, at)) {
            assertThat(BatchHeader.baseOffset(bytes, at)).isEqualTo(expected);
            assertThat(BatchHeader.verifyCrc(bytes, at, BatchHeader.sizeInBytes(bytes, at)))
                    .isTrue();
            expected = BatchHeader.lastOffset(bytes, at) + 1;
            count++;
        }
        return count;
    }

    /** Runs {@link #main} until it has reported {@code enough} entries, and kills it in the middle of its work. */
    private long appendUntilKilled(long enough) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (flag.startsWith("--add-") || flag.startsWith("-Dchronicle") || flag.startsWith("-X")) {
                command.add(flag);
            }
        }
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                KilledProcessTest.class.getName(),
                temp.resolve("log").toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        long last = 0;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("lsn ")) {
                    last = Long.parseLong(line.substring(4));
                }
                if (last >= enough) {
                    process.toHandle().destroyForcibly();
                }
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(last).as("the process came far enough").isGreaterThanOrEqualTo(enough);
        return last;
    }

    /** Appends for ever, with maintenance on a thread of its own, and prints the LSN reached after every append. */
    public static void main(String[] args) throws Exception {
        LogFixture log = new LogFixture(Path.of(args[0]), LogFixture.SMALL);
        ExecutorService background = Executors.newSingleThreadExecutor();
        for (int i = 0; ; i++) {
            log.append(i % PARTITIONS, 1 + i % 3, i % 40 == 0 ? 40_000 : 300);
            System.out.println("lsn " + log.log.nextLsn());
            log.log.pollMaintenance(log.nowMs).ifPresent(background::execute);
        }
    }
}
