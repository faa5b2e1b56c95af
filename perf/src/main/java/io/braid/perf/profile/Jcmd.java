package io.braid.perf.profile;

import io.braid.perf.nodes.Commands;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The JDK's jcmd, asked about one process. Blocks, a minute at most. */
final class Jcmd {
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    private final Path program;
    private final long pid;

    private Jcmd(Path program, long pid) {
        this.program = program;
        this.pid = pid;
    }

    /**
     * That of the Java that runs this, else of JAVA_HOME, else of the path.
     *
     * @throws IOException there is none, in a sentence that says what to do
     */
    static Jcmd of(long pid) throws IOException {
        String name = File.separatorChar == '/' ? "jcmd" : "jcmd.exe";
        Stream<Path> javas = Stream.concat(
                        Stream.of(System.getProperty("java.home")),
                        Optional.ofNullable(System.getenv("JAVA_HOME")).stream())
                .map(home -> Path.of(home, "bin"));
        Stream<Path> path = Stream.of(
                        Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator, -1))
                .map(Path::of);
        Path found = Stream.concat(javas, path)
                .map(directory -> directory.resolve(name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IOException("no jcmd here: it comes with a JDK, while "
                        + System.getProperty("java.home")
                        + " is a Java runtime only. Set JAVA_HOME to a JDK, of the node's version or newer, and run"
                        + " this as the node's user on the node's machine (or in its container)"));
        return new Jcmd(found, pid);
    }

    /**
     * Runs one command in the process.
     *
     * @return what it answered
     * @throws IOException it refused, is no JVM of this user, or is gone
     */
    String run(String... command) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(program.toString(), Long.toString(pid)));
        line.addAll(List.of(command));
        Commands.Outcome outcome = Commands.run(TIMEOUT, line, Map.of());
        if (!outcome.ok()) {
            throw new IOException("process " + pid + " cannot be asked by " + program + ": " + outcome.output());
        }
        return outcome.output();
    }
}
