package io.braid.perf.nodes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs other programs. */
public final class Commands {

    private Commands() {}

    /**
     * What a program said and how it ended.
     *
     * @param status exit status, -1 when it took too long and was killed
     */
    public record Outcome(int status, String output) {
        public boolean ok() {
            return status == 0;
        }
    }

    /** Waits for its end; standard output and error come together. */
    public static Outcome run(Duration timeout, List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("braid-perf", ".out");
        try {
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().putAll(environment);
            Process process = builder.redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            process.getOutputStream().close();
            boolean ended = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            String text = Files.readString(output, StandardCharsets.ISO_8859_1).strip();
            return new Outcome(ended ? process.exitValue() : -1, text);
        } finally {
            Files.deleteIfExists(output);
        }
    }
}
