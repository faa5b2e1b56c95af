package io.braid.broker.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.broker.config.ConfigSource;
import io.braid.controller.ConfigChange.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ConfigHandlersTest {

    private final Fixture cluster = new Fixture();

    @Nested
    class Describe {

        @Test
        void givesEveryConfigOfATopicWithItsSourceInEveryVersion() {
            cluster.create("a", 1, Map.of("retention.ms", "777777"));

            for (short version : ApiKeys.DESCRIBE_CONFIGS.allVersions()) {
                DescribeConfigsResult result = describe(version, ConfigResource.Type.TOPIC, "a", true);
                assertThat(result.errorCode()).isZero();
                assertThat(entry(result, "retention.ms").value()).isEqualTo("777777");
                assertThat(entry(result, "retention.ms").configSource()).isEqualTo(ConfigSource.TOPIC.id());
                assertThat(entry(result, "retention.ms").synonyms())
                        .extracting(s -> s.name() + " " + s.source())
                        .startsWith("retention.ms " + ConfigSource.TOPIC.id())
                        .contains("log.retention.ms " + ConfigSource.DEFAULT.id());
                for (String key : List.of(
                        "cleanup.policy",
                        "compression.type",
                        "max.message.bytes",
                        "min.insync.replicas",
                        "message.timestamp.type",
                        "retention.bytes",
                        "segment.bytes",
                        "segment.ms",
                        "unclean.leader.election.enable",
                        "delete.retention.ms")) {
                    assertThat(entry(result, key).configSource()).as(key).isEqualTo(ConfigSource.DEFAULT.id());
                    assertThat(entry(result, key).readOnly()).isFalse();
                    if (version >= 3) {
                        assertThat(entry(result, key).documentation()).isNotBlank();
                        assertThat(entry(result, key).configType()).isPositive();
                    }
                }
            }
        }

        @Test
        void givesOnlyTheKeysAskedForAndNoSynonymsUnasked() {
            cluster.create("a", 1);
            DescribeConfigsRequestData request = new DescribeConfigsRequestData()
                    .setResources(List.of(new DescribeConfigsResource()
                            .setResourceType(ConfigResource.Type.TOPIC.id())
                            .setResourceName("a")
                            .setConfigurationKeys(List.of("retention.ms", "no.such"))));

            DescribeConfigsResponseData answer = cluster.send(ApiKeys.DESCRIBE_CONFIGS, 4, request);
            assertThat(answer.results().get(0).configs()).hasSize(1);
            assertThat(answer.results().get(0).configs().get(0).synonyms()).isEmpty();
            assertThat(answer.results().get(0).configs().get(0).documentation()).isNull();
        }

        @Test
        void givesTheConfigsOfThisBroker() {
            cluster.config = Map.of("num.partitions", "4");

            DescribeConfigsResult result = describe(4, ConfigResource.Type.BROKER, "1", true);
            assertThat(entry(result, "num.partitions").value()).isEqualTo("4");
            assertThat(entry(result, "num.partitions").configSource()).isEqualTo(ConfigSource.STATIC_BROKER.id());
            assertThat(entry(result, "num.partitions").readOnly()).isTrue();
            assertThat(entry(result, "log.retention.ms").readOnly()).isFalse();
            for (String key : List.of(
                    "default.replication.factor",
                    "auto.create.topics.enable",
                    "message.max.bytes",
                    "offsets.retention.minutes",
                    "log.retention.ms")) {
                assertThat(entry(result, key)).as(key).isNotNull();
            }
            assertThat(entry(result, "broker.rack").value()).isNull();
        }

        @Test
        void refusesWhatItCannotTell() {
            assertThat(error(describe(4, ConfigResource.Type.TOPIC, "missing", false)))
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(error(describe(4, ConfigResource.Type.TOPIC, "bad topic!", false)))
                    .isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
            assertThat(error(describe(4, ConfigResource.Type.BROKER, "2", false)))
                    .isEqualTo(Errors.INVALID_REQUEST);
            assertThat(error(describe(4, ConfigResource.Type.BROKER, "x", false)))
                    .isEqualTo(Errors.INVALID_REQUEST);
            assertThat(error(describe(4, ConfigResource.Type.BROKER_LOGGER, "1", false)))
                    .isEqualTo(Errors.INVALID_REQUEST);
            assertThat(error(describe(4, ConfigResource.Type.CLIENT_METRICS, "m", false)))
                    .isEqualTo(Errors.INVALID_REQUEST);
            assertThat(error(describe(4, ConfigResource.Type.GROUP, "", false))).isEqualTo(Errors.INVALID_REQUEST);
            assertThat(error(describe(4, ConfigResource.Type.UNKNOWN, "u", false)))
                    .isEqualTo(Errors.INVALID_REQUEST);
            cluster.authorizer = (caller, operation, type, name) -> false;
            assertThat(error(describe(4, ConfigResource.Type.TOPIC, "a", false)))
                    .isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);
            assertThat(error(describe(4, ConfigResource.Type.GROUP, "a", false)))
                    .isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED);
            assertThat(error(describe(4, ConfigResource.Type.BROKER, "1", false)))
                    .isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED);
        }
    }

    @Nested
    class Incremental {

        @Test
        void setsAndUnsetsInEveryVersion() {
            cluster.create("a", 1);
            for (short version : ApiKeys.INCREMENTAL_ALTER_CONFIGS.allVersions()) {
                assertThat(alter(version, ConfigResource.Type.TOPIC, "a", op(Kind.SET, "retention.ms", "60001")))
                        .isEqualTo(Errors.NONE);
                assertThat(value(ConfigResource.Type.TOPIC, "a", "retention.ms"))
                        .isEqualTo("60001");
                assertThat(alter(version, ConfigResource.Type.TOPIC, "a", op(Kind.DELETE, "retention.ms", null)))
                        .isEqualTo(Errors.NONE);
                assertThat(value(ConfigResource.Type.TOPIC, "a", "retention.ms"))
                        .isEqualTo("604800000");
            }
        }

        @Test
        void appendsToAndSubtractsFromWhatIsSetOrInherited() {
            cluster.create("a", 1);

            assertThat(alter(1, ConfigResource.Type.TOPIC, "a", op(Kind.APPEND, "cleanup.policy", "compact")))
                    .isEqualTo(Errors.NONE);
            assertThat(value(ConfigResource.Type.TOPIC, "a", "cleanup.policy")).isEqualTo("delete,compact");
            assertThat(alter(1, ConfigResource.Type.TOPIC, "a", op(Kind.APPEND, "cleanup.policy", "compact")))
                    .isEqualTo(Errors.NONE);
            assertThat(value(ConfigResource.Type.TOPIC, "a", "cleanup.policy")).isEqualTo("delete,compact");
            assertThat(alter(1, ConfigResource.Type.TOPIC, "a", op(Kind.SUBTRACT, "cleanup.policy", "delete")))
                    .isEqualTo(Errors.NONE);
            assertThat(value(ConfigResource.Type.TOPIC, "a", "cleanup.policy")).isEqualTo("compact");
        }

        @Test
        void refusesAllChangesOfAResourceWhenOneIsWrong() {
            cluster.create("a", 1);
            cluster.create("b", 1);
            AlterConfigsResource wrong = resource(
                    ConfigResource.Type.TOPIC, "a", op(Kind.SET, "retention.ms", "5"), op(Kind.SET, "segment.ms", "x"));
            AlterConfigsResource right = resource(ConfigResource.Type.TOPIC, "b", op(Kind.SET, "retention.ms", "6"));

            List<AlterConfigsResourceResponse> answers = send(1, false, wrong, right);

            assertThat(answers)
                    .extracting(AlterConfigsResourceResponse::resourceName)
                    .containsExactly("a", "b");
            assertThat(answers.get(0).errorCode()).isEqualTo(Errors.INVALID_CONFIG.code());
            assertThat(answers.get(0).errorMessage()).contains("segment.ms");
            assertThat(answers.get(1).errorCode()).isZero();
            assertThat(cluster.topic("a").configs()).isEmpty();
            assertThat(cluster.topic("b").configs()).containsEntry("retention.ms", "6");
        }

        @Test
        void refusesWhatIsMalformedUnknownOrForbidden() {
            cluster.create("a", 1);

            assertThat(alter(1, ConfigResource.Type.TOPIC, "a", op(Kind.SET, "no.such", "1")))
                    .isEqualTo(Errors.INVALID_CONFIG);
            assertThat(alter(1, ConfigResource.Type.TOPIC, "a", op(Kind.SET, "retention.ms", "xyz")))
                    .isEqualTo(Errors.INVALID_CONFIG);
            assertThat(alter(1, ConfigResource.Type.TOPIC, "a", op(Kind.SET, "retention.ms", null)))
                    .isEqualTo(Errors.INVALID_REQUEST);
            assertThat(alter(1, ConfigResource.Type.TOPIC, "a", op(Kind.APPEND, "retention.ms", "1")))
                    .isEqualTo(Errors.INVALID_CONFIG);
            assertThat(alter(1, ConfigResource.Type.TOPIC, "a", op(Kind.APPEND, "cleanup.policy", "no")))
                    .isEqualTo(Errors.INVALID_CONFIG);
            assertThat(alter(1, ConfigResource.Type.TOPIC, "a", op(Kind.APPEND, "no.such", "no")))
                    .isEqualTo(Errors.INVALID_CONFIG);
            assertThat(alter(
                            1,
                            ConfigResource.Type.TOPIC,
                            "a",
                            new AlterableConfig().setName("x").setConfigOperation((byte) 9)))
                    .isEqualTo(Errors.INVALID_REQUEST);
            assertThat(alter(1, ConfigResource.Type.TOPIC, "missing", op(Kind.SET, "retention.ms", "1000")))
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(alter(1, ConfigResource.Type.TOPIC, "bad topic!", op(Kind.SET, "retention.ms", "1000")))
                    .isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
            assertThat(alter(1, ConfigResource.Type.BROKER, "2", op(Kind.SET, "log.retention.ms", "1000")))
                    .isEqualTo(Errors.INVALID_REQUEST);
            assertThat(alter(1, ConfigResource.Type.BROKER, "1", op(Kind.SET, "num.partitions", "3")))
                    .isEqualTo(Errors.INVALID_REQUEST);
            assertThat(alter(1, ConfigResource.Type.BROKER_LOGGER, "1", op(Kind.SET, "root", "INFO")))
                    .isEqualTo(Errors.INVALID_REQUEST);
            assertThat(alter(1, ConfigResource.Type.UNKNOWN, "u", op(Kind.SET, "a", "b")))
                    .isEqualTo(Errors.INVALID_REQUEST);
            cluster.authorizer = (caller, operation, type, name) -> operation != AclOperation.ALTER_CONFIGS;
            assertThat(alter(1, ConfigResource.Type.TOPIC, "a", op(Kind.SET, "retention.ms", "1")))
                    .isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);
            assertThat(alter(1, ConfigResource.Type.BROKER, "1", op(Kind.SET, "log.retention.ms", "1")))
                    .isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED);
            assertThat(cluster.topic("a").configs()).isEmpty();
        }

        @Test
        void refusesAResourceThatIsThereTwiceAndAKeyThatIsThereTwice() {
            cluster.create("a", 1);
            AlterConfigsResource once = resource(ConfigResource.Type.TOPIC, "a", op(Kind.SET, "retention.ms", "5"));

            assertThat(send(1, false, once, once.duplicate()))
                    .hasSize(2)
                    .allMatch(answer -> answer.errorCode() == Errors.INVALID_REQUEST.code());
            assertThat(alter(
                            1,
                            ConfigResource.Type.TOPIC,
                            "a",
                            op(Kind.SET, "retention.ms", "5"),
                            op(Kind.DELETE, "retention.ms", null)))
                    .isEqualTo(Errors.INVALID_REQUEST);
            assertThat(cluster.topic("a").configs()).isEmpty();
        }

        @Test
        void validatesWithoutChanging() {
            cluster.create("a", 1);

            List<AlterConfigsResourceResponse> answers =
                    send(1, true, resource(ConfigResource.Type.TOPIC, "a", op(Kind.SET, "retention.ms", "5")));
            assertThat(answers.get(0).errorCode()).isZero();
            assertThat(cluster.topic("a").configs()).isEmpty();
        }

        @Test
        void setsTheDefaultsOfAllBrokersAndOfOneAndTopicsInheritThem() {
            cluster.create("a", 1);

            assertThat(alter(1, ConfigResource.Type.BROKER, "", op(Kind.SET, "log.cleaner.min.compaction.lag.ms", "3")))
                    .isEqualTo(Errors.NONE);
            assertThat(value(ConfigResource.Type.BROKER, "", "log.cleaner.min.compaction.lag.ms"))
                    .isEqualTo("3");
            assertThat(value(ConfigResource.Type.BROKER, "1", "log.cleaner.min.compaction.lag.ms"))
                    .isEqualTo("3");
            assertThat(alter(1, ConfigResource.Type.BROKER, "", op(Kind.SET, "log.retention.ms", "1000")))
                    .isEqualTo(Errors.NONE);
            assertThat(value(ConfigResource.Type.TOPIC, "a", "retention.ms")).isEqualTo("1000");
            assertThat(alter(1, ConfigResource.Type.BROKER, "1", op(Kind.SET, "log.retention.ms", "2000")))
                    .isEqualTo(Errors.NONE);
            assertThat(value(ConfigResource.Type.TOPIC, "a", "retention.ms")).isEqualTo("2000");
            assertThat(alter(1, ConfigResource.Type.BROKER, "", op(Kind.APPEND, "log.cleanup.policy", "compact")))
                    .isEqualTo(Errors.NONE);
            assertThat(value(ConfigResource.Type.BROKER, "", "log.cleanup.policy"))
                    .isEqualTo("delete,compact");
        }

        @Test
        void setsTheConfigsOfAGroup() {
            assertThat(alter(1, ConfigResource.Type.GROUP, "g", op(Kind.SET, "consumer.session.timeout.ms", "50000")))
                    .isEqualTo(Errors.NONE);
            assertThat(value(ConfigResource.Type.GROUP, "g", "consumer.session.timeout.ms"))
                    .isEqualTo("50000");
            assertThat(entry(describe(4, ConfigResource.Type.GROUP, "g", true), "consumer.session.timeout.ms")
                            .configSource())
                    .isEqualTo(ConfigSource.GROUP.id());
            assertThat(alter(1, ConfigResource.Type.GROUP, "g", op(Kind.SET, "consumer.session.timeout.ms", "1")))
                    .isEqualTo(Errors.INVALID_CONFIG);
            assertThat(alter(1, ConfigResource.Type.GROUP, "g", op(Kind.DELETE, "consumer.session.timeout.ms", null)))
                    .isEqualTo(Errors.NONE);
            assertThat(value(ConfigResource.Type.GROUP, "g", "consumer.session.timeout.ms"))
                    .isEqualTo("45000");
        }

        private List<AlterConfigsResourceResponse> send(
                int version, boolean validateOnly, AlterConfigsResource... resources) {
            IncrementalAlterConfigsRequestData request =
                    new IncrementalAlterConfigsRequestData().setValidateOnly(validateOnly);
            for (AlterConfigsResource resource : resources) {
                request.resources().add(resource);
            }
            IncrementalAlterConfigsResponseData answer =
                    cluster.send(ApiKeys.INCREMENTAL_ALTER_CONFIGS, version, request);
            return answer.responses();
        }

        private Errors alter(int version, ConfigResource.Type type, String name, AlterableConfig... configs) {
            List<AlterConfigsResourceResponse> answers = send(version, false, resource(type, name, configs));
            assertThat(answers).hasSize(1);
            assertThat(answers.get(0).resourceName()).isEqualTo(name);
            assertThat(answers.get(0).resourceType()).isEqualTo(type.id());
            return Errors.forCode(answers.get(0).errorCode());
        }

        private static AlterConfigsResource resource(
                ConfigResource.Type type, String name, AlterableConfig... configs) {
            AlterConfigsResource resource =
                    new AlterConfigsResource().setResourceType(type.id()).setResourceName(name);
            for (AlterableConfig config : configs) {
                resource.configs().add(config);
            }
            return resource;
        }

        private static AlterableConfig op(Kind kind, String key, String value) {
            return new AlterableConfig().setName(key).setValue(value).setConfigOperation(kind.id());
        }
    }

    @Nested
    class Legacy {

        @Test
        void replacesEverythingThatIsSet() {
            for (short version : ApiKeys.ALTER_CONFIGS.allVersions()) {
                cluster.create("a" + version, 1, Map.of("retention.ms", "1", "segment.ms", "2"));

                assertThat(alter(version, false, "a" + version, "retention.ms", "88000"))
                        .isEqualTo(Errors.NONE);
                assertThat(cluster.topic("a" + version).configs()).containsOnly(Map.entry("retention.ms", "88000"));
            }
        }

        @Test
        void refusesNullsAndBadValuesAndChangesNothingWhenValidating() {
            cluster.create("a", 1, Map.of("segment.ms", "2"));

            assertThat(alter(2, false, "a", "retention.ms", null)).isEqualTo(Errors.INVALID_REQUEST);
            assertThat(alter(2, false, "a", "retention.ms", "x")).isEqualTo(Errors.INVALID_CONFIG);
            assertThat(alter(2, true, "a", "retention.ms", "5")).isEqualTo(Errors.NONE);
            assertThat(alter(2, false, "missing", "retention.ms", "5")).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(cluster.topic("a").configs()).containsOnly(Map.entry("segment.ms", "2"));
        }

        private Errors alter(int version, boolean validateOnly, String topic, String key, String value) {
            AlterConfigsRequestData request = new AlterConfigsRequestData().setValidateOnly(validateOnly);
            AlterConfigsRequestData.AlterConfigsResource resource = new AlterConfigsRequestData.AlterConfigsResource()
                    .setResourceType(ConfigResource.Type.TOPIC.id())
                    .setResourceName(topic);
            resource.configs()
                    .add(new AlterConfigsRequestData.AlterableConfig()
                            .setName(key)
                            .setValue(value));
            request.resources().add(resource);
            AlterConfigsResponseData answer = cluster.send(ApiKeys.ALTER_CONFIGS, version, request);
            return Errors.forCode(answer.responses().get(0).errorCode());
        }
    }

    @Nested
    class ListResources {

        @Test
        void listsTopicsBrokersAndGroupsWithConfigs() {
            cluster.create("a", 1);
            new Incremental()
                    .alter(
                            1,
                            ConfigResource.Type.GROUP,
                            "g",
                            Incremental.op(Kind.SET, "share.isolation.level", "read_committed"));
            new Incremental()
                    .alter(1, ConfigResource.Type.BROKER, "", Incremental.op(Kind.SET, "log.retention.ms", "5"));

            assertThat(list(1)).containsExactlyInAnyOrder("TOPIC a", "BROKER 1", "BROKER_LOGGER 1", "GROUP g");
            assertThat(list(1, ConfigResource.Type.GROUP, ConfigResource.Type.CLIENT_METRICS))
                    .containsExactly("GROUP g");
            assertThat(list(1, ConfigResource.Type.TOPIC)).containsExactly("TOPIC a");
            assertThat(list(0)).isEmpty();
        }

        @Test
        void refusesUnknownTypesAndCallers() {
            assertThat(send(1, ConfigResource.Type.UNKNOWN).errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
            cluster.authorizer = (caller, operation, type, name) -> false;
            assertThat(send(0).errorCode()).isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED.code());
        }

        private List<String> list(int version, ConfigResource.Type... types) {
            List<String> found = new ArrayList<>();
            send(version, types)
                    .configResources()
                    .forEach(r -> found.add(ConfigResource.Type.forId(r.resourceType()) + " " + r.resourceName()));
            return found;
        }

        private ListConfigResourcesResponseData send(int version, ConfigResource.Type... types) {
            ListConfigResourcesRequestData request = new ListConfigResourcesRequestData();
            for (ConfigResource.Type type : types) {
                request.resourceTypes().add(type.id());
            }
            return cluster.send(ApiKeys.LIST_CONFIG_RESOURCES, version, request);
        }
    }

    // ---- the test's words

    private DescribeConfigsResult describe(int version, ConfigResource.Type type, String name, boolean more) {
        DescribeConfigsRequestData request = new DescribeConfigsRequestData()
                .setIncludeSynonyms(more)
                .setIncludeDocumentation(more && version >= 3)
                .setResources(List.of(new DescribeConfigsResource()
                        .setResourceType(type.id())
                        .setResourceName(name)
                        .setConfigurationKeys(null)));
        DescribeConfigsResponseData answer = cluster.send(ApiKeys.DESCRIBE_CONFIGS, version, request);
        assertThat(answer.results()).hasSize(1);
        assertThat(answer.results().get(0).resourceName()).isEqualTo(name);
        return answer.results().get(0);
    }

    private static DescribeConfigsResourceResult entry(DescribeConfigsResult result, String key) {
        return result.configs().stream()
                .filter(entry -> entry.name().equals(key))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no entry " + key));
    }

    private String value(ConfigResource.Type type, String name, String key) {
        return entry(describe(4, type, name, false), key).value();
    }

    private static Errors error(DescribeConfigsResult result) {
        assertThat(result.configs()).isEmpty();
        return Errors.forCode(result.errorCode());
    }
}
