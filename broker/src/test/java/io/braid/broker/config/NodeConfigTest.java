package io.braid.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeConfigTest {

    @Test
    void nodeThatIsToldNothingHasBothRoles() throws ConfigException {
        NodeConfig config = NodeConfig.parse(Map.of());

        assertThat(config.node().nodeId()).isEqualTo(1);
        assertThat(config.node().isBroker()).isTrue();
        assertThat(config.node().isController()).isTrue();
        assertThat(config.node().rack()).isEmpty();
        assertThat(config.listeners().clients()).containsExactly(Listener.parse("PLAINTEXT://127.0.0.1:9092"));
        assertThat(config.listeners().advertised()).isEqualTo(config.listeners().clients());
        assertThat(config.log().directories()).containsExactly(Path.of("./braid-data"));
        assertThat(config.quorum().voters()).isEmpty();
        assertThat(config.quorum().directory()).isEqualTo(Path.of("./braid-data"));
        assertThat(config.network().threads()).isPositive();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "listeners=A://h:1,A://h:2 | listeners | names A twice",
                "listeners=PLAINTEXT://:9092 | listeners | say in advertised.listeners where clients find it",
                "advertised.listeners=OTHER://h:1 | advertised.listeners | OTHER is not one of listeners",
                "advertised.listeners=PLAINTEXT://0.0.0.0:1 | advertised.listeners | name a host",
                "admin.listener=127.0.0.1:9092 | admin.listener | is also an address of listeners",
                "controller.quorum.voters=2@h:1 | controller.quorum.voters | must name this controller, node 1",
                "controller.quorum.voters=1@h:1,1@h:2 | controller.quorum.voters | names node 1 twice",
                "process.roles=broker | controller.quorum.voters | must name the controllers",
                "log.segment.initial.bytes=1073741824 | log.segment.initial.bytes | must be at most log.segment.bytes",
                "broker.heartbeat.interval.ms=2000 | broker.heartbeat.interval.ms | at most half of",
                "socket.request.max.bytes=2000 | message.max.bytes | must be at most socket.request.max.bytes",
            })
    void keysThatDoNotFitTogetherAreRefused(String setting, String key, String reason) {
        String[] pair = setting.trim().split("=", 2);

        assertThatThrownBy(() -> NodeConfig.parse(Map.of(pair[0], pair[1])))
                .isInstanceOfSatisfying(
                        ConfigException.class, e -> assertThat(e.problems()).anySatisfy(problem -> {
                            assertThat(problem.key()).isEqualTo(key);
                            assertThat(problem.reason()).contains(reason);
                        }));
    }

    @Test
    void portZeroMayBeUsedForEveryListener() throws ConfigException {
        NodeConfig config = NodeConfig.parse(Map.of(
                "listeners", "PLAINTEXT://127.0.0.1:0",
                "controller.listener", "127.0.0.1:0",
                "raft.listener", "127.0.0.1:0",
                "inter.broker.listener", "127.0.0.1:0",
                "admin.listener", "127.0.0.1:0"));

        assertThat(config.listeners().admin().port()).isZero();
    }

    @Test
    void advertisedListenerReplacesTheBoundOneOfItsName() throws ConfigException {
        NodeConfig config = NodeConfig.parse(
                Map.of("listeners", "IN://:1,OUT://h:2", "advertised.listeners", "in://broker1.example:11"));

        assertThat(config.listeners().advertised())
                .containsExactly(Listener.parse("IN://broker1.example:11"), Listener.parse("OUT://h:2"));
    }

    @ParameterizedTest
    @CsvSource({
        "1@h:9093, 1, h, 9093, 9094",
        "2@h:9093:7000, 2, h, 9093, 7000",
        "3@[fe80::1]:9093, 3, fe80::1, 9093, 9094",
        "4@[fe80::1]:9093:7000, 4, fe80::1, 9093, 7000",
    })
    void voterHasAControllerPortAndARaftPort(String text, int id, String host, int controllerPort, int raftPort) {
        assertThat(QuorumVoter.parse(text)).isEqualTo(new QuorumVoter(id, host, controllerPort, raftPort));
    }

    @Test
    void commandLineWinsOverEnvironmentAndEnvironmentOverFile(@TempDir Path directory) throws IOException {
        Path file =
                Files.writeString(directory.resolve("a.properties"), "node.id=1\nbroker.rack=\u00e4\nflush=group\n");

        Map<String, String> texts = new NodeConfigSources()
                .file(file)
                .environment(Map.of("BRAID_NODE_ID", "2", "BRAID_FLUSH", "replicated", "HOME", "/"))
                .settings(Map.of("node.id", "3"))
                .texts();

        assertThat(texts).isEqualTo(Map.of("node.id", "3", "broker.rack", "\u00e4", "flush", "replicated"));
    }

    @Test
    void problemsOfVariablesAreListedUnderTheirNames() {
        NodeConfigSources sources = new NodeConfigSources()
                .environment(Map.of("BRAID_NODE_ID", "x", "BRAID_LOG_DIR", "/d", "BRAID_FLUSH", "never"))
                .settings(Map.of("flush", "perhaps"));

        assertThatThrownBy(sources::parse)
                .isInstanceOfSatisfying(ConfigException.class, e -> assertThat(e.problems())
                        .extracting(ConfigProblem::key)
                        .containsExactlyInAnyOrder("BRAID_NODE_ID", "BRAID_LOG_DIR", "flush"))
                .hasMessageContaining("BRAID_LOG_DIR=/d: unknown node key; did you mean log.dirs?");
    }

    @Test
    void variablesOfTheLauncherAreNoKeys() throws IOException {
        String launcher = Files.readString(Path.of("../bin/braid"));
        Matcher named = Pattern.compile("\\bBRAID_[A-Z_]+").matcher(launcher);
        Map<String, String> environment = new HashMap<>(Map.of("BRAID_BOOTSTRAP", "h:1", "BRAID_CONTROLLER", "h:1"));
        while (named.find()) {
            environment.put(named.group(), "x");
        }

        assertThat(environment).containsKeys("BRAID_HEAP", "BRAID_CDS_DIR");
        assertThat(new NodeConfigSources().environment(environment).texts()).isEmpty();
    }

    @Test
    void fileThatCannotBeReadIsNamed(@TempDir Path directory) throws IOException {
        Path broken = Files.writeString(directory.resolve("broken"), "a=\\u00zz");

        assertThatThrownBy(() -> new NodeConfigSources().file(directory.resolve("missing")))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("missing: no such file");
        assertThatThrownBy(() -> new NodeConfigSources().file(broken))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("broken: ");
    }
}
