package io.braid.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicConfigsTest {

    private static TopicConfigs of(Map<String, String> node) throws ConfigException {
        return new TopicConfigs(NodeKeys.TABLE.parse(node));
    }

    private static ConfigEntry find(List<ConfigEntry> entries, String name) {
        return entries.stream().filter(e -> e.name().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void everyTopicKeyOfKafkaIsKnown() throws IllegalAccessException {
        TreeSet<String> missing = new TreeSet<>();
        for (var field : TopicConfig.class.getFields()) {
            if (field.getName().endsWith("_CONFIG") && !field.isAnnotationPresent(Deprecated.class)) {
                missing.add((String) field.get(null));
            }
        }
        TopicKeys.TABLE.keys().forEach(key -> missing.remove(key.name()));

        assertThat(missing).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "cleanup.policy          | compact,delete | -",
                "cleanup.policy          | ''             | -",
                "cleanup.policy          | shred          | must be a list of delete, compact",
                "retention.ms            | -1             | -",
                "retention.ms            | abc            | must be a whole number, at least -1 (ms)",
                "retention.ms            | -2             | must be a whole number, at least -1 (ms)",
                "max.message.bytes       | 100000000      | must be a whole number from 0 to 15728640 (bytes)",
                "message.timestamp.type  | LogAppendTime  | -",
                "message.timestamp.type  | logappendtime  | 'must be one of CreateTime, LogAppendTime'",
                "segment.bytes           | 1048576        | -",
                "segment.bytes           | 1000           | 'must be a whole number, at least 1048576 (bytes)'",
                "min.insync.replicas     | 0              | must be a whole number from 1 to 32767",
                "compression.gzip.level  | 0              | 'must be a whole number from 1 to 9, or -1'",
                "unclean.leader.election.enable | false   | -",
                "unclean.leader.election.enable | true    | 'must be false: unclean leader election is a setting of the pool of shards, not of a topic'",
                "remote.storage.enable   | true           | must be false: there is no remote storage",
                "no.such.config          | 1              | unknown topic key",
                "qzxj                    | 1              | unknown topic key",
                "retention.m             | 1              | unknown topic key; did you mean retention.ms?",
            })
    void eachValueIsAllowedOrSaysWhatIs(String key, String value, String problem) throws ConfigException {
        assertThat(of(Map.of()).check(key, value).map(ConfigProblem::reason).orElse(null))
                .isEqualTo(problem);
    }

    @Test
    void strongestPlaceGivesTheValue() throws ConfigException {
        TopicConfigs configs = of(Map.of("log.retention.ms", "4"));
        DynamicConfigs both = new DynamicConfigs(Map.of("log.retention.ms", "2"), Map.of("log.retention.ms", "3"));
        DynamicConfigs all = new DynamicConfigs(Map.of(), Map.of("log.retention.ms", "3"));

        record Case(ConfigSource source, String value, ConfigEntry entry) {}
        for (Case c : List.of(
                new Case(
                        ConfigSource.TOPIC,
                        "1",
                        find(configs.describe(Map.of("retention.ms", "1"), both), "retention.ms")),
                new Case(ConfigSource.DYNAMIC_BROKER, "2", find(configs.describe(Map.of(), both), "retention.ms")),
                new Case(
                        ConfigSource.DYNAMIC_DEFAULT_BROKER,
                        "3",
                        find(configs.describe(Map.of(), all), "retention.ms")),
                new Case(
                        ConfigSource.STATIC_BROKER,
                        "4",
                        find(configs.describe(Map.of(), DynamicConfigs.NONE), "retention.ms")),
                new Case(
                        ConfigSource.DEFAULT,
                        "604800000",
                        find(of(Map.of()).describe(Map.of(), DynamicConfigs.NONE), "retention.ms")))) {
            assertThat(c.entry().source()).isEqualTo(c.source());
            assertThat(c.entry().value()).isEqualTo(c.value());
            assertThat(c.entry().isDefault()).isEqualTo(c.source() == ConfigSource.DEFAULT);
            assertThat(c.entry().readOnly()).isFalse();
        }
        assertThat(find(configs.describe(Map.of("retention.ms", "1"), both), "retention.ms")
                        .synonyms())
                .extracting(ConfigEntry.Synonym::value)
                .containsExactly("1", "2", "3", "4", "604800000");
    }

    @Test
    void settingsOfTheDataPathAreTheEffectiveOnes() throws ConfigException {
        TopicSettings settings = of(Map.of("message.max.bytes", "5000"))
                .settings(
                        Map.of("cleanup.policy", "compact", "message.timestamp.type", "LogAppendTime"),
                        DynamicConfigs.NONE);

        assertThat(settings.compact()).isTrue();
        assertThat(settings.delete()).isFalse();
        assertThat(settings.logAppendTime()).isTrue();
        assertThat(settings.maxMessageBytes()).isEqualTo(5000);
        assertThat(settings.retentionBytes()).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource({
        "delete, compact, 'delete,compact', delete",
        "'', compact, compact, ''",
        "'delete, compact', compact, 'delete,compact', delete",
    })
    void listsAreEditedByElement(String current, String edit, String appended, String subtracted) {
        assertThat(ListEdit.append(current, edit)).isEqualTo(appended);
        assertThat(ListEdit.subtract(current, edit)).isEqualTo(subtracted);
    }

    @Test
    void brokerKeysThatAreReadAtStartCannotBeAltered() throws ConfigException {
        BrokerConfigs broker = new BrokerConfigs(NodeKeys.TABLE.parse(Map.of("num.partitions", "3")));

        assertThat(broker.checkAlter("log.cleaner.min.compaction.lag.ms", "1")).isEmpty();
        assertThat(broker.checkAlter("log.cleaner.min.compaction.lag.ms", "x")).isPresent();
        assertThat(broker.checkAlter("num.partitions", "1")).get().satisfies(p -> assertThat(p.reason())
                .contains("read at start only"));
        assertThat(broker.checkAlter("log.retention.hours", "1")).get().satisfies(p -> assertThat(p.reason())
                .contains("set log.retention.ms"));
        assertThat(broker.checkAlter("no.such", "1")).isPresent();
        assertThat(find(broker.describe(DynamicConfigs.NONE), "num.partitions")).satisfies(entry -> {
            assertThat(entry.readOnly()).isTrue();
            assertThat(entry.source()).isEqualTo(ConfigSource.STATIC_BROKER);
            assertThat(entry.value()).isEqualTo("3");
        });
        assertThat(broker.describeClusterDefaults(Map.of("log.cleaner.min.compaction.lag.ms", "2")))
                .singleElement()
                .satisfies(entry -> assertThat(entry.value()).isEqualTo("2"));
    }

    @Test
    void groupKeysHaveTheirRange() {
        GroupConfigs groups = new GroupConfigs();

        assertThat(groups.check("consumer.session.timeout.ms", "50000")).isEmpty();
        assertThat(groups.check("consumer.session.timeout.ms", "5")).isPresent();
        assertThat(groups.check("share.auto.offset.reset", "by_duration:PT1H")).isEmpty();
        assertThat(groups.check("share.auto.offset.reset", "by_duration:x")).isPresent();
        assertThat(find(groups.describe(Map.of("consumer.session.timeout.ms", "50000")), "consumer.session.timeout.ms")
                        .source())
                .isEqualTo(ConfigSource.GROUP);
    }
}
