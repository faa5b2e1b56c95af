package io.braid.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What hot parts allocate for each operation, against {@code perf/jmh/allocations.json}. A part that allocates more fails;
 * where that is meant, {@code -Dbraid.allocations.update=true} writes the file anew, and the diff goes into the commit. One
 * that allocates less fails too, far below, so that what was won cannot be lost unseen.
 */
@Tag("long") // counted once, on the Java that the baseline is of
class AllocationsTest {
    private static final Path BASELINE = Path.of("allocations.json");
    private static final int TIMEOUT_S = 60;

    @TempDir
    private Path directory;

    @Test
    void hotPartsAllocateNoMoreThanTheyDid() throws Exception {
        SortedMap<String, Long> counted = count();
        if (Boolean.getBoolean("braid.allocations.update")) {
            Baseline.write(BASELINE, counted);
        }

        assertThat(differences(Baseline.read(BASELINE), counted))
                .as("bytes an operation, against " + BASELINE + " (-Dbraid.allocations.update=true rewrites it)")
                .isEmpty();
    }

    @Test
    void anObjectMoreIsNoticed() {
        SortedMap<String, Long> counted = new TreeMap<>();
        counted.put("some", 100L);
        counted.put("many", 10_000L);

        assertThat(differences(with(counted, "some", 84L), counted)).containsExactly("some: 100, was 84");
        assertThat(differences(with(counted, "some", 93L), counted)).isEmpty();
        assertThat(differences(with(counted, "some", 140L), counted)).containsExactly("some: 100, was 140");
        assertThat(differences(with(counted, "many", 9_940L), counted)).containsExactly("many: 10000, was 9940");
        assertThat(differences(with(counted, "gone", 1L), counted)).containsExactly("gone: not counted, was 1");
        assertThat(differences(new TreeMap<>(counted.headMap("some")), counted))
                .containsExactly("some: 100, not in the baseline");
    }

    private static SortedMap<String, Long> with(SortedMap<String, Long> counts, String name, long bytes) {
        SortedMap<String, Long> changed = new TreeMap<>(counts);
        changed.put(name, bytes);
        return changed;
    }

    private static List<String> differences(SortedMap<String, Long> baseline, SortedMap<String, Long> counted) {
        List<String> found = new ArrayList<>();
        baseline.forEach((name, bytes) -> {
            Long now = counted.get(name);
            if (now == null) {
                found.add(name + ": not counted, was " + bytes);
            } else if (now > Baseline.limit(bytes) || bytes > Baseline.limit(now)) {
                found.add(name + ": " + now + ", was " + bytes);
            }
        });
        counted.forEach((name, bytes) -> {
            if (!baseline.containsKey(name)) {
                found.add(name + ": " + bytes + ", not in the baseline");
            }
        });
        return found;
    }

    /** In a JVM of its own, with the options that make the counts repeatable. */
    private SortedMap<String, Long> count() throws IOException, InterruptedException {
        Path output = directory.resolve("counts");
        Path errors = directory.resolve("errors");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ownOptions());
        command.addAll(AllocationCounter.JVM_OPTIONS);
        command.add("-Djava.io.tmpdir=" + directory);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), AllocationCounter.class.getName()));
        Process process = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        try {
            assertThat(process.waitFor(TIMEOUT_S, TimeUnit.SECONDS))
                    .as("ends in time")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
        return parse(Files.readString(output, StandardCharsets.UTF_8));
    }

    /** What opens the packages of the JDK that the log needs. */
    private static List<String> ownOptions() {
        return java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("--add-") || option.startsWith("-Dchronicle."))
                .toList();
    }

    private static SortedMap<String, Long> parse(String lines) {
        SortedMap<String, Long> counts = new TreeMap<>();
        for (String line : lines.split("\n", -1)) {
            int space = line.lastIndexOf(' ');
            if (space > 0 && line.substring(0, space).matches("\\w+\\.\\w+")) {
                counts.put(line.substring(0, space), Long.valueOf(line.substring(space + 1)));
            }
        }
        return counts;
    }
}
