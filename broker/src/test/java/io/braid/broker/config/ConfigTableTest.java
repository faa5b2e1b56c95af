package io.braid.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigTableTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "node.id                    | 7                         | -",
                "node.id                    | -1                        | must be a whole number, at least 0",
                "node.id                    | one                       | must be a whole number, at least 0",
                "node.id                    | 99999999999               | must be a whole number, at least 0",
                "process.roles              | broker                    | -",
                "process.roles              | ' broker , controller '   | -",
                "process.roles              | ''                        | must be a list of broker, controller",
                "process.roles              | broker,broker             | must be a list of broker, controller",
                "process.roles              | broker,king               | must be a list of broker, controller",
                "listeners                  | PLAINTEXT://127.0.0.1:0   | -",
                "listeners                  | A://h:1,B://[::1]:2       | -",
                "listeners                  | 127.0.0.1:9092            | must be a list of NAME://host:port, each name once",
                "listeners                  | PLAINTEXT://h:99999       | must be a list of NAME://host:port, each name once",
                "listeners                  | PLAINTEXT://::1:1         | must be a list of NAME://host:port, each name once",
                "admin.listener             | 127.0.0.1:9644            | -",
                "admin.listener             | 127.0.0.1                 | 'must be host:port, where port 0 picks a free one'",
                "flush                      | group                     | -",
                "flush                      | GROUP                     | 'must be one of replicated, group'",
                "log.segment.bytes          | 1048576                   | -",
                "log.segment.bytes          | 1048575                   | must be a whole number from 1048576 to 1073741824 (bytes)",
                "auto.create.topics.enable  | FALSE                     | -",
                "auto.create.topics.enable  | yes                       | must be true or false",
                "log.cleaner.min.cleanable.ratio | 0.25                 | -",
                "log.cleaner.min.cleanable.ratio | 1.01                 | must be a number from 0 to 1",
                "log.cleaner.min.cleanable.ratio | NaN                  | must be a number from 0 to 1",
                "log.retention.hours        | 24                        | -",
                "log.retention.hours        | -1                        | -",
                "log.retention.hours        | 9223372036854775807       | 'stands for log.retention.ms=3600000 times the value, which must be a whole number, at least -1'",
                "controller.quorum.voters   | ''                        | -",
                "controller.quorum.voters   | 1@a:9093,2@[::1]:9093:9999 | -",
                "controller.quorum.voters   | 1@a                       | must be a list of id@host:port or id@host:port:raft-port",
                "controller.quorum.voters   | a:9093                    | must be a list of id@host:port or id@host:port:raft-port",
                "controller.quorum.voters   | 1@a:65535                 | must be a list of id@host:port or id@host:port:raft-port",
                "log.segmnt.bytes           | 1                         | unknown node key; did you mean log.segment.bytes?",
                "num.partition              | 1                         | unknown node key; did you mean num.partitions?",
                "zookeeper.connect          | x                         | unknown node key",
            })
    void eachValueIsAllowedOrSaysWhatIs(String key, String value, String problem) {
        assertThat(NodeKeys.TABLE.check(key, value).map(ConfigProblem::reason).orElse(null))
                .isEqualTo(problem);
    }

    @Test
    void everyProblemIsListedAtOnce() {
        assertThatThrownBy(() -> NodeConfig.parse(Map.of("node.id", "x", "flush", "y", "no.such.key.at.all", "z")))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        """
                        flush=y: must be one of replicated, group
                        no.such.key.at.all=z: unknown node key
                        node.id=x: must be a whole number, at least 0""");
    }

    @Test
    void problemIsOneLineHoweverTheValueLooks() {
        ConfigProblem problem = new ConfigProblem("a\nb", "x".repeat(1000) + "\u001b[31m", "must be y");

        assertThat(problem.message()).hasSizeLessThan(300).doesNotContain("\n", "\u001b");
    }

    @Test
    void strongerUnitWinsOverCoarserOne() throws ConfigException {
        assertThat(NodeKeys.TABLE.parse(Map.of("log.retention.hours", "2")).get(TopicDefaultKeys.LOG_RETENTION_MS))
                .isEqualTo(7_200_000L);
        assertThat(NodeKeys.TABLE
                        .parse(Map.of("log.retention.hours", "2", "log.retention.minutes", "3"))
                        .get(TopicDefaultKeys.LOG_RETENTION_MS))
                .isEqualTo(180_000L);
        assertThat(NodeKeys.TABLE
                        .parse(Map.of("log.retention.hours", "2", "log.retention.ms", "-1"))
                        .get(TopicDefaultKeys.LOG_RETENTION_MS))
                .isEqualTo(-1L);
    }

    @Test
    void environmentCanNameEveryKey() {
        for (ConfigKey<?> key : NodeKeys.TABLE.keys()) {
            String variable = "BRAID_" + key.name().toUpperCase(Locale.ROOT).replace('.', '_');
            assertThat(new NodeConfigSources()
                            .environment(Map.of(variable, "x"))
                            .texts())
                    .containsOnlyKeys(key.name());
        }
    }
}
