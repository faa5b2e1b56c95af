package io.braid.broker.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.broker.config.ConfigSource;
import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CreateTopicsHandlerTest {

    private final Fixture cluster = new Fixture();

    @Test
    void createsAndAnswersWithCountsConfigsAndId() {
        for (short version : ApiKeys.CREATE_TOPICS.allVersions()) {
            String name = "orders-" + version;
            CreatableTopicResult created = create(
                            version,
                            topic(
                                    name,
                                    3,
                                    t -> configure(t, "retention.ms", "123456", "cleanup.policy", "compact,delete")))
                    .find(name);

            assertThat(created.errorCode()).isZero();
            assertThat(cluster.topic(name).partitionCount()).isEqualTo(3);
            assertThat(cluster.topic(name).configs()).containsEntry("retention.ms", "123456");
            assertThat(created.topicId())
                    .isEqualTo(version >= 7 ? cluster.topic(name).id() : Uuid.ZERO_UUID);
            if (version >= 5) {
                assertThat(created.numPartitions()).isEqualTo(3);
                assertThat(created.replicationFactor()).isEqualTo((short) 1);
                assertThat(created.configs())
                        .anyMatch(c -> c.name().equals("retention.ms")
                                && c.value().equals("123456")
                                && c.configSource() == ConfigSource.TOPIC.id())
                        .anyMatch(c ->
                                c.name().equals("max.message.bytes") && c.configSource() == ConfigSource.DEFAULT.id());
            }
        }
    }

    @Test
    void givesTheDefaultsForMinusOne() {
        cluster.config = Map.of("num.partitions", "7");

        CreatableTopicResult created = create(7, topic("a", -1, t -> {})).find("a");

        assertThat(created.errorCode()).isZero();
        assertThat(created.numPartitions()).isEqualTo(7);
        assertThat(created.replicationFactor()).isEqualTo((short) 1);
    }

    static Stream<Arguments> unsoundTopics() {
        return Stream.of(
                row("existing", Errors.TOPIC_ALREADY_EXISTS, "already exists", t -> t.setName("existing")),
                row("bad name", Errors.INVALID_TOPIC_EXCEPTION, "", t -> t.setName("bad topic!")),
                row("empty name", Errors.INVALID_TOPIC_EXCEPTION, "", t -> t.setName("")),
                row("dot", Errors.INVALID_TOPIC_EXCEPTION, "", t -> t.setName(".")),
                row("long name", Errors.INVALID_TOPIC_EXCEPTION, "249", t -> t.setName("x".repeat(250))),
                row("collision", Errors.INVALID_TOPIC_EXCEPTION, "collides", t -> t.setName("dotted_name")),
                row("metadata topic", Errors.INVALID_REQUEST, "prohibited", t -> t.setName("__cluster_metadata")),
                row("no partitions", Errors.INVALID_PARTITIONS, "non-positive", t -> t.setNumPartitions(0)),
                row("negative", Errors.INVALID_PARTITIONS, "non-positive", t -> t.setNumPartitions(-2)),
                row("too many", Errors.INVALID_PARTITIONS, "1000000", t -> t.setNumPartitions(1_000_001)),
                row("no replicas", Errors.INVALID_REPLICATION_FACTOR, "larger", t -> t.setReplicationFactor((short) 0)),
                row("99 replicas", Errors.INVALID_REPLICATION_FACTOR, "", t -> t.setReplicationFactor((short) 99)),
                row("unknown config", Errors.INVALID_CONFIG, "no.such", t -> configure(t, "no.such", "1")),
                row("bad value", Errors.INVALID_CONFIG, "abc", t -> configure(t, "retention.ms", "abc")),
                row("null value", Errors.INVALID_CONFIG, "Null value", t -> configure(t, "retention.ms", null)),
                row("assigned and counted", Errors.INVALID_REQUEST, "numPartitions", t -> assign(t, 0, 1)),
                row(
                        "assigned and replicated",
                        Errors.INVALID_REQUEST,
                        "replication",
                        t -> assign(t.setReplicationFactor((short) 1), 0, 1)),
                row("unknown broker", Errors.INVALID_REPLICA_ASSIGNMENT, "broker 5", t -> assign(unset(t), 0, 5)),
                row("no broker", Errors.INVALID_REPLICA_ASSIGNMENT, "empty", t -> assign(unset(t), 0)),
                row("broker twice", Errors.INVALID_REPLICA_ASSIGNMENT, "more than", t -> assign(unset(t), 0, 1, 1)),
                row("gap", Errors.INVALID_REPLICA_ASSIGNMENT, "consecutive", t -> assign(unset(t), 1, 1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unsoundTopics")
    void refusesAnUnsoundTopicAndCreatesTheOther(
            String why, Errors error, String inMessage, Consumer<CreatableTopic> fault) {
        cluster.create("existing", 1);
        cluster.create("dotted.name", 1);
        CreatableTopic unsound = topic("unsound", 1, t -> {});
        fault.accept(unsound);

        Results results = create(7, unsound, topic("good", 1, t -> {}));

        assertThat(Errors.forCode(results.find(unsound.name()).errorCode())).isEqualTo(error);
        assertThat(results.find(unsound.name()).errorMessage()).contains(inMessage);
        assertThat(results.find("good").errorCode()).isZero();
        assertThat(cluster.image().topic("good")).isPresent();
    }

    @Test
    void refusesANameThatIsThereTwice() {
        CreateTopicsResponseData answer =
                send(7, topic("a", 1, t -> {}), topic("a", 2, t -> {}), topic("b", 1, t -> {}));

        assertThat(answer.topics()).hasSize(2);
        assertThat(answer.topics().find("a").errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(answer.topics().find("b").errorCode()).isZero();
        assertThat(cluster.image().topic("a")).isEmpty();
    }

    @Test
    void validatesWithoutCreating() {
        CreateTopicsRequestData request =
                request(topic("a", 4, t -> {}), topic("bad topic!", 1, t -> {})).setValidateOnly(true);

        CreateTopicsResponseData answer = cluster.send(ApiKeys.CREATE_TOPICS, 7, request);

        assertThat(answer.topics().find("a").errorCode()).isZero();
        assertThat(answer.topics().find("a").numPartitions()).isEqualTo(4);
        assertThat(answer.topics().find("bad topic!").errorCode()).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION.code());
        assertThat(cluster.image().topicCount()).isZero();
    }

    @Test
    void acceptsAnAssignmentThatSaysWhatThePartitionsGetAnyway() {
        for (String name : List.of("first", "second")) { // before there is a pool, and with it
            CreatableTopicResult created = create(7, topic(name, -1, t -> {
                        assign(t, 1, 1);
                        assign(t, 0, 1);
                    }))
                    .find(name);
            assertThat(created.errorCode()).isZero();
            assertThat(created.numPartitions()).isEqualTo(2);
            assertThat(created.replicationFactor()).isEqualTo((short) 1);
        }
    }

    @Test
    void refusesAnAssignmentThatTheShardsDoNotHave() {
        cluster.controller.addBroker(2, Fixture.LISTENER, "broker-2", 9092);
        cluster.create("other", 1);

        CreatableTopicResult refused =
                create(7, topic("a", -1, t -> assign(t, 0, 2))).find("a");
        assertThat(refused.errorCode()).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT.code());
        assertThat(refused.errorMessage()).contains("shard");
        CreatableTopicResult uneven = create(7, topic("a", -1, t -> {
                    assign(t, 0, 1);
                    assign(t, 1, 1, 2);
                }))
                .find("a");
        assertThat(uneven.errorMessage()).contains("not consistent");
    }

    @Test
    void refusesWhatTheCallerMayNotCreateAndShowsConfigsOnlyToThoseWhoMaySeeThem() {
        cluster.authorizer =
                (caller, operation, type, name) -> name.equals("mine") && operation != AclOperation.DESCRIBE_CONFIGS;

        Results results = create(7, topic("mine", 1, t -> {}), topic("theirs", 1, t -> {}));

        assertThat(results.find("theirs").errorCode()).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED.code());
        assertThat(results.find("mine").errorCode()).isZero();
        assertThat(results.find("mine").topicConfigErrorCode()).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED.code());
        assertThat(results.find("mine").configs()).isEmpty();
        assertThat(results.find("mine").numPartitions()).isEqualTo(-1);
    }

    @Test
    void splitsALargeRequestIntoSeveralCommands() {
        CreatableTopic[] topics = new CreatableTopic[25_000];
        for (int i = 0; i < topics.length; i++) {
            topics[i] = topic("topic-" + i, 1, t -> {});
        }
        CreateTopicsResponseData answer = send(4, topics);

        assertThat(answer.topics()).hasSize(25_000).allMatch(t -> t.errorCode() == 0);
        assertThat(cluster.image().topicCount()).isEqualTo(25_000);
        assertThat(cluster.submitted).hasSize(3);
    }

    @Test
    void saysWhenTheQuorumDidNotAnswer() {
        MetadataSource silent = new MetadataSource() {
            @Override
            public io.braid.image.ClusterImage image() {
                return cluster.image();
            }

            @Override
            public CompletableFuture<CommandResult> submit(Command command) {
                return CompletableFuture.completedFuture(
                        CommandResult.failed(Errors.REQUEST_TIMED_OUT, "no controller answered"));
            }
        };
        TopicCreator creator = new TopicCreator(
                Fixture.NODE,
                silent,
                new io.braid.broker.config.TopicConfigs(values()),
                new TopicDefaults(1, -1, 1000),
                io.braid.controller.PoolPolicy.DEFAULT);
        CreateTopicsHandler handler = new CreateTopicsHandler(silent, cluster.authorizer, creator, Runnable::run);

        CreateTopicsResponseData answer = handler.answer(Fixture.caller(), (short) 7, request(topic("a", 1, t -> {})))
                .join();
        assertThat(answer.topics().find("a").errorCode()).isEqualTo(Errors.REQUEST_TIMED_OUT.code());
        assertThat(answer.topics().find("a").errorMessage()).isEqualTo("no controller answered");
    }

    // ---- the test's words

    private static io.braid.broker.config.ConfigValues values() {
        try {
            return io.braid.broker.config.NodeConfig.parse(Map.of()).values();
        } catch (io.braid.broker.config.ConfigException e) {
            throw new AssertionError(e);
        }
    }

    private record Results(CreateTopicsResponseData answer) {
        CreatableTopicResult find(String name) {
            return answer.topics().find(name);
        }
    }

    private Results create(int version, CreatableTopic... topics) {
        return new Results(send(version, topics));
    }

    private CreateTopicsResponseData send(int version, CreatableTopic... topics) {
        return cluster.send(ApiKeys.CREATE_TOPICS, version, request(topics));
    }

    private static CreateTopicsRequestData request(CreatableTopic... topics) {
        CreateTopicsRequestData request = new CreateTopicsRequestData();
        for (CreatableTopic topic : topics) {
            request.topics().add(topic);
        }
        return request;
    }

    private static CreatableTopic topic(String name, int partitions, Consumer<CreatableTopic> more) {
        CreatableTopic topic =
                new CreatableTopic().setName(name).setNumPartitions(partitions).setReplicationFactor((short) -1);
        more.accept(topic);
        return topic;
    }

    private static CreatableTopic unset(CreatableTopic topic) {
        return topic.setNumPartitions(-1).setReplicationFactor((short) -1);
    }

    private static void configure(CreatableTopic topic, String... keysAndValues) {
        for (int i = 0; i < keysAndValues.length; i += 2) {
            topic.configs()
                    .add(new CreatableTopicConfig().setName(keysAndValues[i]).setValue(keysAndValues[i + 1]));
        }
    }

    private static void assign(CreatableTopic topic, int partition, Integer... brokers) {
        topic.assignments()
                .add(new CreatableReplicaAssignment()
                        .setPartitionIndex(partition)
                        .setBrokerIds(List.of(brokers)));
    }

    private static Arguments row(String why, Errors error, String inMessage, Consumer<CreatableTopic> fault) {
        return Arguments.of(why, error, inMessage, fault);
    }
}
