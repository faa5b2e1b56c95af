package io.braid.broker.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.image.TopicImage;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TopicChangesHandlerTest {

    private final Fixture cluster = new Fixture();

    @Nested
    class DeleteTopics {

        @Test
        void deletesByNameInEveryVersion() {
            for (short version : ApiKeys.DELETE_TOPICS.allVersions()) {
                TopicImage topic = cluster.create("t" + version, 1);
                DeleteTopicsResponseData answer = byName(version, "t" + version, "missing");

                assertThat(error(answer.responses().find("t" + version))).isEqualTo(Errors.NONE);
                assertThat(answer.responses().find("t" + version).topicId())
                        .isEqualTo(version >= 6 ? topic.id() : Uuid.ZERO_UUID);
                assertThat(error(answer.responses().find("missing"))).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
                assertThat(cluster.image().topicCount()).isZero();
            }
        }

        @Test
        void deletesById() {
            TopicImage topic = cluster.create("a", 1);
            Uuid unknown = Uuid.randomUuid();

            DeleteTopicsResponseData answer = states(state(null, topic.id()), state(null, unknown));

            assertThat(error(answer.responses().find("a"))).isEqualTo(Errors.NONE);
            assertThat(answer.responses().find("a").topicId()).isEqualTo(topic.id());
            DeletableTopicResult missing = answer.responses().find((String) null);
            assertThat(error(missing)).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
            assertThat(missing.topicId()).isEqualTo(unknown);
            assertThat(cluster.image().topicCount()).isZero();
        }

        @Test
        void refusesWhatIsAskedForTwiceOrNotAtAll() {
            TopicImage a = cluster.create("a", 1);
            TopicImage b = cluster.create("b", 1);
            TopicImage c = cluster.create("c", 1);

            DeleteTopicsResponseData answer = states(
                    state("a", Uuid.ZERO_UUID),
                    state("a", Uuid.ZERO_UUID),
                    state("b", Uuid.ZERO_UUID),
                    state(null, b.id()),
                    state("c", c.id()),
                    state(null, Uuid.ZERO_UUID));

            assertThat(answer.responses().findAll("a")).hasSize(1);
            assertThat(error(answer.responses().find("a"))).isEqualTo(Errors.INVALID_REQUEST);
            assertThat(answer.responses().findAll("b"))
                    .extracting(TopicChangesHandlerTest::error)
                    .containsExactlyInAnyOrder(Errors.INVALID_REQUEST, Errors.NONE);
            assertThat(error(answer.responses().find("c"))).isEqualTo(Errors.INVALID_REQUEST);
            assertThat(error(answer.responses().find((String) null))).isEqualTo(Errors.INVALID_REQUEST);
            assertThat(cluster.image().topic(a.id())).isPresent();
        }

        @Test
        void refusesWhenDeletionIsDisabled() {
            cluster.config = Map.of("delete.topic.enable", "false");
            cluster.create("a", 1);

            for (short version : ApiKeys.DELETE_TOPICS.allVersions()) {
                assertThat(error(byName(version, "a").responses().find("a")))
                        .isEqualTo(version < 3 ? Errors.INVALID_REQUEST : Errors.TOPIC_DELETION_DISABLED);
            }
            assertThat(cluster.image().topic("a")).isPresent();
        }

        @Test
        void refusesWhatTheCallerMayNotDelete() {
            TopicImage secret = cluster.create("secret", 1);
            cluster.authorizer = (caller, operation, type, name) -> false;

            assertThat(error(byName(6, "secret").responses().find("secret")))
                    .isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);
            DeletableTopicResult byId =
                    states(state(null, secret.id())).responses().find((String) null);
            assertThat(error(byId)).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);
        }

        private DeleteTopicsResponseData byName(int version, String... names) {
            DeleteTopicsRequestData request = new DeleteTopicsRequestData().setTimeoutMs(5000);
            if (version >= 6) {
                for (String name : names) {
                    request.topics().add(state(name, Uuid.ZERO_UUID));
                }
            } else {
                request.setTopicNames(List.of(names));
            }
            return cluster.send(ApiKeys.DELETE_TOPICS, version, request);
        }

        private DeleteTopicsResponseData states(DeleteTopicState... states) {
            return cluster.send(ApiKeys.DELETE_TOPICS, 6, new DeleteTopicsRequestData().setTopics(List.of(states)));
        }

        private static DeleteTopicState state(String name, Uuid id) {
            return new DeleteTopicState().setName(name).setTopicId(id);
        }
    }

    @Nested
    class CreatePartitions {

        @Test
        void growsATopicInEveryVersion() {
            cluster.create("a", 1);
            int count = 1;
            for (short version : ApiKeys.CREATE_PARTITIONS.allVersions()) {
                count += 2;
                assertThat(outcome(version, false, grow("a", count))).isEqualTo(Errors.NONE);
                assertThat(cluster.topic("a").partitionCount()).isEqualTo(count);
            }
        }

        @Test
        void refusesNoIncreaseTooManyAndUnknownTopics() {
            cluster.create("a", 4);

            assertThat(outcome(3, false, grow("a", 4))).isEqualTo(Errors.INVALID_PARTITIONS);
            assertThat(outcome(3, false, grow("a", 3))).isEqualTo(Errors.INVALID_PARTITIONS);
            assertThat(outcome(3, false, grow("a", -1))).isEqualTo(Errors.INVALID_PARTITIONS);
            assertThat(outcome(3, false, grow("a", 2_000_000))).isEqualTo(Errors.INVALID_PARTITIONS);
            assertThat(outcome(3, false, grow("missing", 2))).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(cluster.topic("a").partitionCount()).isEqualTo(4);
        }

        @Test
        void validatesWithoutGrowing() {
            cluster.create("a", 1);

            assertThat(outcome(3, true, grow("a", 9))).isEqualTo(Errors.NONE);
            assertThat(cluster.topic("a").partitionCount()).isEqualTo(1);
        }

        @Test
        void acceptsAssignmentsThatSayWhatThePartitionsGetAnyway() {
            cluster.create("a", 1);

            assertThat(outcome(3, false, grow("a", 3, "1"))).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
            assertThat(outcome(3, false, grow("a", 2, "9"))).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
            assertThat(outcome(3, false, grow("a", 2, ""))).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
            assertThat(outcome(3, false, grow("a", 3, "1", "1"))).isEqualTo(Errors.NONE);
            cluster.controller.addBroker(2, Fixture.LISTENER, "broker-2", 9092);
            assertThat(outcome(3, false, grow("a", 4, "2"))).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
        }

        @Test
        void refusesWhatTheCallerMayNotAlter() {
            cluster.create("a", 1);
            cluster.authorizer = (caller, operation, type, name) -> false;

            assertThat(outcome(3, false, grow("a", 9))).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);
        }

        private Errors outcome(int version, boolean validateOnly, CreatePartitionsTopic topic) {
            CreatePartitionsRequestData request =
                    new CreatePartitionsRequestData().setTimeoutMs(1000).setValidateOnly(validateOnly);
            request.topics().add(topic);
            CreatePartitionsResponseData answer = cluster.send(ApiKeys.CREATE_PARTITIONS, version, request);
            assertThat(answer.results()).hasSize(1);
            return Errors.forCode(answer.results().get(0).errorCode());
        }

        private static CreatePartitionsTopic grow(String name, int count) {
            return new CreatePartitionsTopic().setName(name).setCount(count).setAssignments(null);
        }

        /** A list of replicas, of brokers with one digit, for each partition: "1" or "12". */
        private static CreatePartitionsTopic grow(String name, int count, String... replicas) {
            return grow(name, count)
                    .setAssignments(Arrays.stream(replicas)
                            .map(list -> new CreatePartitionsAssignment()
                                    .setBrokerIds(
                                            list.chars().mapToObj(c -> c - '0').toList()))
                            .toList());
        }
    }

    private static Errors error(DeletableTopicResult result) {
        return Errors.forCode(result.errorCode());
    }
}
