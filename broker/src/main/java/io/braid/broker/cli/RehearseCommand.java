package io.braid.broker.cli;

import io.braid.broker.config.ConfigException;
import io.braid.broker.config.NodeConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * Does once what a node and its clients do, in a directory that is deleted afterwards, so that {@code bin/braid} can
 * archive the classes they use (-XX:ArchiveClassesAtExit).
 */
@Command(name = "rehearse", description = "Loads what a node and its clients use.", hidden = true)
final class RehearseCommand implements Callable<Integer> {

    private static final Pattern KAFKA_ADDRESS = Pattern.compile(" kafka=([^ ,]+)");
    private static final String TOPIC = "rehearsal";
    private static final List<List<String>> COMMANDS = List.of(
            List.of("--help"),
            List.of("version"),
            List.of("topics", "create", TOPIC, "--partitions", "2"),
            List.of("produce", TOPIC),
            List.of("produce", TOPIC, "--compression", "lz4", "--key-separator", "e"),
            List.of("consume", TOPIC, "--from-beginning", "--exit-at-end"),
            List.of("consume", TOPIC, "--from-beginning", "--exit-at-end", "--json"),
            List.of("topics", "list"),
            List.of("topics", "describe", TOPIC),
            List.of("topics", "alter", TOPIC, "--config", "retention.ms=1000"),
            List.of("topics", "delete", TOPIC));

    private final Console console;
    private final NodeLauncher launcher;

    RehearseCommand(Console console, NodeLauncher launcher) {
        this.console = console;
        this.launcher = launcher;
    }

    @Override
    public Integer call() throws IOException, ConfigException {
        Path directory = Files.createTempDirectory("braid-rehearsal");
        try (NodeLauncher.Running node = launcher.start(config(directory))) {
            Matcher address = KAFKA_ADDRESS.matcher(node.readyLine(0));
            if (address.find()) {
                COMMANDS.forEach(command -> run(command, address.group(1)));
            }
        } finally {
            delete(directory);
        }
        return ExitCode.DONE;
    }

    private static NodeConfig config(Path directory) throws ConfigException {
        return NodeConfig.parse(Map.of(
                "log.dirs", directory.toString(),
                "listeners", "PLAINTEXT://127.0.0.1:0",
                "controller.listener", "127.0.0.1:0",
                "raft.listener", "127.0.0.1:0",
                "inter.broker.listener", "127.0.0.1:0",
                "admin.listener", "127.0.0.1:0"));
    }

    private void run(List<String> command, String bootstrap) {
        byte[] input = "one line\nanother line\n".getBytes(StandardCharsets.UTF_8);
        PrintStream errors = console.err();
        Console scratch = new Console(new ByteArrayInputStream(input), OutputStream.nullOutputStream(), errors);
        Stream<String> tail =
                command.size() < 2 || command.contains("--help") ? Stream.empty() : Stream.of("--bootstrap", bootstrap);
        BraidCommand.run(
                scratch, launcher, Stream.concat(command.stream(), tail).toArray(String[]::new));
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(RehearseCommand::deleteOne);
        }
    }

    private static void deleteOne(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
