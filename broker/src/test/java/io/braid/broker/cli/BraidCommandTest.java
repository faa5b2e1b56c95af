package io.braid.broker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.broker.config.NodeConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BraidCommandTest {

    private static final NodeLauncher NO_NODE = config -> {
        throw new AssertionError("no node is to be started");
    };

    /** Stops as soon as it has started. */
    private record FakeNode(Optional<String> reason) implements NodeLauncher.Running {
        @Override
        public String readyLine(long startedMs) {
            return "braid ready";
        }

        @Override
        public Optional<String> awaitStopped() {
            return reason;
        }

        @Override
        public void close() {}
    }

    private static String[] words(String line) {
        return line.isBlank() ? new String[0] : line.trim().split(" +");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                                       | Missing required subcommand; see braid --help",
                "foo                                    | Unmatched argument at index 0: 'foo'; see braid --help",
                "version --jsn                          | Unknown option: '--jsn'; see braid version --help",
                "topics                                 | Missing required subcommand; see braid topics --help",
                "topics create                          | Missing required parameter: 'TOPIC'; see braid topics create --help",
                "topics create t --partitions x         | Invalid value for option '--partitions': 'x' is not an int; see braid topics create --help",
                "topics create t --config x             | Value for option option '--config' (KEY=VALUE) should be in KEY=VALUE format but was x; see braid topics create --help",
                "topics alter t                         | nothing to alter: give --partitions, --replication-factor, --unclean-election, --config or --delete-config",
                "topics list --bootstrap nowhere        | --bootstrap must be HOST:PORT, not nowhere",
                "topics list --bootstrap h:99999        | --bootstrap must be HOST:PORT, not h:99999",
                "produce                                | Missing required parameter: 'TOPIC'; see braid produce"
                        + " --help",
                "produce t --partition x                | Invalid value for option '--partition': 'x' is not an int;"
                        + " see braid produce --help",
                "consume t --offset x                   | Invalid value for option '--offset': must be an offset, -N"
                        + " for N before the end, earliest or latest; see braid consume --help",
                "consume t --from-beginning --offset 1  | --from-beginning, --offset=OFFSET are mutually exclusive"
                        + " (specify only one); see braid consume --help",
                "consume t --max 0                      | --max must be at least 1",
                "consume t --json --key-separator :     | --json prints key and newline in its own way",
                "quorum                                 | Missing required subcommand; see braid quorum --help",
                "quorum status --controller nowhere     | --controller must be HOST:PORT, not nowhere",
                "quorum add 4                           | must be ID@HOST:PORT or ID@HOST:PORT:RAFT-PORT, not 4",
                "shards move 0                          | give --to, or --from and --onto",
                "shards balance --by luck               | Invalid value for option '--by': expected one of [BYTES, RATE, LEADERS] (case-insensitive) but was 'luck'; see braid shards balance --help",
                "shards list --bootstrap nowhere        | --bootstrap must be HOST:PORT, not nowhere",
                "brokers cordon x                       | Invalid value for positional parameter at index 0 (ID): 'x' is not an int; see braid brokers cordon --help",
                "quorum remove x                        | must be a node id, not x",
                "log                                    | Missing required subcommand; see braid log --help",
                "log verify                             | Missing required parameter: 'DIR'; see braid log verify"
                        + " --help",
                "log verify /no/such/dir                | /no/such/dir is no directory",
                "log inspect /tmp --partition x         | --partition x is not N or TOPIC-ID-N",
                "start now                              | Unmatched argument at index 1: 'now'; see braid start --help",
                "start --set x                          | Value for option option '--set' (KEY=VALUE) should be in"
                        + " KEY=VALUE format but was x; see braid start --help",
                "start --config /no/such/file           | cannot read /no/such/file: no such file",
                "start --data a --set log.dirs=b        | give --data or --set log.dirs, not both",
                "start --set num.partition=1            | num.partition=1: unknown node key; did you mean"
                        + " num.partitions?",
            })
    void wrongUsageIsOneLineAndExitCodeTwo(String arguments, String message) {
        TestConsole console = new TestConsole();

        int code = BraidCommand.run(console.console(), NO_NODE, words(arguments == null ? "" : arguments));

        assertThat(console.err()).isEqualTo("braid: " + message + "\n");
        assertThat(code).isEqualTo(ExitCode.USAGE);
        assertThat(console.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "start",
                "topics",
                "topics create",
                "topics list",
                "topics describe",
                "topics delete",
                "topics alter",
                "shards list",
                "shards describe",
                "shards move",
                "shards balance",
                "shards drain",
                "brokers list",
                "brokers describe",
                "brokers cordon",
                "brokers uncordon",
                "brokers remove",
                "brokers restart-check",
                "features describe",
                "features upgrade",
                "produce",
                "consume",
                "version"
            })
    void helpIsEverywhere(String command) {
        TestConsole console = new TestConsole();

        int code = BraidCommand.run(console.console(), NO_NODE, words(command + " --help"));

        assertThat(code).isEqualTo(ExitCode.DONE);
        assertThat(console.out()).startsWith("Usage: braid " + command).doesNotContain("rehearse");
        assertThat(console.err()).isEmpty();
    }

    @Test
    void versionNamesWhatItIsMadeOf() {
        TestConsole plain = new TestConsole();
        TestConsole json = new TestConsole();

        assertThat(BraidCommand.run(plain.console(), NO_NODE, "version")).isEqualTo(ExitCode.DONE);
        assertThat(BraidCommand.run(json.console(), NO_NODE, "version", "--json"))
                .isEqualTo(ExitCode.DONE);

        assertThat(plain.out()).matches("braid \\S+ kafka-clients=\\d\\S+ java=\\S+\n");
        assertThat(json.out()).matches("\\{\"braid\":\"[^$\"]+\",\"kafka-clients\":\"[^$\"]+\",\"java\":\"[^\"]+\"}\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "topics list",
                "topics create t",
                "produce t",
                "consume t",
                "shards list",
                "brokers restart-check 1"
            })
    void brokerThatIsNotThereIsOneLineAndExitCodeOne(String arguments) throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        TestConsole console = new TestConsole();

        int code = BraidCommand.run(console.console(), NO_NODE, words(arguments + " --bootstrap 127.0.0.1:" + port));

        assertThat(console.err()).isEqualTo("braid: cannot connect to 127.0.0.1:" + port + ": Connection refused\n");
        assertThat(code).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void everyProblemOfAConfigurationIsListed(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("node.properties"), "node.id=x\nflush=never\n");
        TestConsole console = new TestConsole();

        int code = BraidCommand.run(
                console.console(), NO_NODE, "start", "--config", file.toString(), "--set", "num.partitions=0");

        assertThat(code).isEqualTo(ExitCode.USAGE);
        assertThat(console.err())
                .isEqualTo(
                        """
                        braid: flush=never: must be one of replicated, group
                        braid: node.id=x: must be a whole number, at least 0
                        braid: num.partitions=0: must be a whole number from 1 to 1000000 (partitions)
                        """);
    }

    @Test
    void commandLineReachesTheNode(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("node.properties"), "node.id=5\nnum.partitions=7\n");
        AtomicReference<NodeConfig> started = new AtomicReference<>();
        TestConsole console = new TestConsole();

        int code = BraidCommand.run(
                console.console(),
                config -> {
                    started.set(config);
                    return new FakeNode(Optional.empty());
                },
                words("start --config " + file + " --set node.id=6 --set flush=group --data " + directory));

        assertThat(code).isEqualTo(ExitCode.DONE);
        assertThat(console.out()).isEqualTo("braid ready\n");
        assertThat(started.get().node().nodeId()).isEqualTo(6);
        assertThat(started.get().topics().numPartitions()).isEqualTo(7);
        assertThat(started.get().log().directories()).containsExactly(directory);
    }

    @Test
    void nodeThatCannotStartIsOneLineAndExitCodeOne() {
        TestConsole console = new TestConsole();

        int code = BraidCommand.run(
                console.console(),
                config -> {
                    throw CliException.failed("port 9092 of 127.0.0.1 is taken");
                },
                "start");

        assertThat(code).isEqualTo(ExitCode.FAILED);
        assertThat(console.err()).isEqualTo("braid: port 9092 of 127.0.0.1 is taken\n");
    }

    @Test
    void nodeThatHadToStopFails() {
        TestConsole console = new TestConsole();

        int code = BraidCommand.run(console.console(), config -> new FakeNode(Optional.of("Raft log failed")), "start");

        assertThat(code).isEqualTo(ExitCode.FAILED);
        assertThat(console.err()).isEqualTo("braid: the node had to stop: Raft log failed\n");
    }
}
