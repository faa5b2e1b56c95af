package io.braid.perf.compare;

import io.braid.perf.measure.JsonLine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs {@code braid perf} as a process of its own, so that each load has a compiler that has seen no other. Stateless; blocks. */
final class Tool {
    private static final Duration LIMIT = Duration.ofMinutes(40);

    private final Path braid;
    private final String heap;
    private final PrintWriter progress;

    /**
     * A tool.
     *
     * @param heap of the process
     * @param progress takes what it writes beside its result lines
     */
    Tool(Path braid, String heap, PrintWriter progress) {
        this.braid = braid;
        this.heap = heap;
        this.progress = progress;
    }

    /**
     * How it ended.
     *
     * @param lines its result lines
     * @param problem empty when it ended well
     */
    record Outcome(List<Map<String, Object>> lines, String problem) {}

    /** Waits for its end; kills it after forty minutes. */
    Outcome run(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(braid.toString(), "perf"));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("BRAID_BUILD", "off");
        builder.environment().put("BRAID_HEAP", heap);
        Process process = builder.start();
        Thread hook = new Thread(process::destroy);
        Runtime.getRuntime().addShutdownHook(hook);
        Thread killer = new Thread(() -> killAfter(process), "tool-limit");
        killer.setDaemon(true);
        killer.start();
        try {
            process.getOutputStream().close();
            List<String> errors = new ArrayList<>();
            Thread reader = new Thread(() -> copyErrors(process, errors), "tool-errors");
            reader.start();
            List<Map<String, Object>> lines = new ArrayList<>();
            try (BufferedReader out =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                    if (line.startsWith("{")) {
                        lines.add(JsonLine.parse(line));
                    }
                }
            }
            int status = process.waitFor();
            reader.join();
            killer.interrupt();
            String last = errors.isEmpty() ? "nothing" : errors.get(errors.size() - 1);
            return new Outcome(lines, status == 0 ? "" : "it ended with status " + status + ", saying last: " + last);
        } finally {
            Runtime.getRuntime().removeShutdownHook(hook);
            process.destroyForcibly();
        }
    }

    private static void killAfter(Process process) {
        try {
            if (!process.waitFor(LIMIT.toMinutes(), TimeUnit.MINUTES)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            // it ended
        }
    }

    private void copyErrors(Process process, List<String> errors) {
        try (BufferedReader err =
                new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            for (String line = err.readLine(); line != null; line = err.readLine()) {
                errors.add(line);
                progress.println("  " + line);
                progress.flush();
            }
        } catch (IOException e) {
            errors.add(e.toString());
        }
    }
}
