package io.braid.broker.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.controller.Command;
import io.braid.image.ShardImage;
import io.braid.image.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;

class MetadataHandlerTest {

    private final Fixture cluster = new Fixture();

    @Test
    void namesBrokersClusterAndControllerInEveryVersion() {
        for (short version : ApiKeys.METADATA.allVersions()) {
            MetadataResponseData answer = ask(version, named());

            assertThat(answer.brokers()).hasSize(1);
            assertThat(answer.brokers().find(1).host()).isEqualTo("broker-1");
            assertThat(answer.brokers().find(1).port()).isEqualTo(9092);
            assertThat(answer.controllerId()).isEqualTo(version >= 1 ? 1 : -1);
            assertThat(answer.clusterId()).isEqualTo(version >= 2 ? "local" : null);
        }
    }

    @Test
    void givesEachPartitionWhatItsShardHas() {
        TopicImage topic = cluster.create("orders", 40);

        for (short version : ApiKeys.METADATA.allVersions()) {
            MetadataResponseTopic answer =
                    ask(version, named("orders")).topics().find("orders");

            assertThat(answer.errorCode()).isZero();
            assertThat(answer.isInternal()).isFalse();
            assertThat(answer.topicId()).isEqualTo(version >= 10 ? topic.id() : Uuid.ZERO_UUID);
            assertThat(answer.partitions()).hasSize(40);
            for (int p = 0; p < 40; p++) {
                ShardImage shard = cluster.image().shardOf(topic, p);
                MetadataResponsePartition partition = answer.partitions().get(p);
                assertThat(partition.partitionIndex()).isEqualTo(p);
                assertThat(partition.errorCode()).isZero();
                assertThat(partition.leaderId()).isEqualTo(1);
                assertThat(partition.leaderEpoch()).isEqualTo(version >= 7 ? shard.leaderEpoch() : -1);
                assertThat(partition.replicaNodes()).containsExactly(1);
                assertThat(partition.isrNodes()).containsExactly(1);
                assertThat(partition.offlineReplicas()).isEmpty();
            }
        }
    }

    @Test
    void listsAllTopicsForNullAndInVersion0ForNone() {
        cluster.create("a", 1);
        cluster.create("b", 3);

        for (short version : ApiKeys.METADATA.allVersions()) {
            MetadataRequestData all = new MetadataRequestData().setTopics(version == 0 ? List.of() : null);
            assertThat(names(ask(version, all))).containsExactlyInAnyOrder("a", "b");
            if (version > 0) {
                assertThat(ask(version, named()).topics()).isEmpty();
            }
        }
    }

    @Test
    void answersByIdFromVersion12() {
        TopicImage topic = cluster.create("orders", 2);
        Uuid unknown = Uuid.randomUuid();

        MetadataResponseData answer = ask(12, byId(topic.id(), unknown));

        assertThat(answer.topics()).hasSize(2);
        MetadataResponseTopic found = answer.topics().find("orders");
        assertThat(found.topicId()).isEqualTo(topic.id());
        assertThat(found.partitions()).hasSize(2);
        MetadataResponseTopic missing = answer.topics().find((String) null);
        assertThat(missing.errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
        assertThat(missing.topicId()).isEqualTo(unknown);
    }

    @Test
    void refusesIdsAndNullNamesInVersionsWithoutIds() {
        TopicImage topic = cluster.create("orders", 2);

        for (int version : new int[] {10, 11}) {
            MetadataRequestData request = new MetadataRequestData()
                    .setTopics(
                            List.of(new MetadataRequestTopic().setName("orders").setTopicId(topic.id())));
            assertThat(ask(version, request).topics().find("orders").errorCode())
                    .isEqualTo(Errors.INVALID_REQUEST.code());
            assertThat(ask(version, byId(topic.id())).topics().iterator().next().errorCode())
                    .isEqualTo(Errors.INVALID_REQUEST.code());
        }
    }

    @Test
    void createsWhatIsMissingAndAnswersWithIt() {
        MetadataResponseTopic created = ask(13, named("fresh")).topics().find("fresh");

        assertThat(created.errorCode()).isZero();
        assertThat(created.partitions()).hasSize(1);
        assertThat(created.partitions().get(0).leaderId()).isEqualTo(1);
        assertThat(cluster.topic("fresh").id()).isEqualTo(created.topicId());
    }

    @Test
    void createsSeveralInOneCommandAndARepeatedNameOnce() {
        MetadataResponseData answer = ask(9, named("a", "b", "a"));

        assertThat(names(answer)).containsExactly("a", "b");
        assertThat(cluster.submitted).hasSize(1);
        assertThat(((Command.CreateTopics) cluster.submitted.get(0)).topics()).hasSize(2);
    }

    @Test
    void createsNothingWhenTheClientDoesNotWantIt() {
        MetadataRequestData request = named("fresh").setAllowAutoTopicCreation(false);

        for (int version = 4; version <= 13; version++) {
            assertThat(ask(version, request).topics().find("fresh").errorCode())
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        }
        assertThat(cluster.submitted).isEmpty();
    }

    @Test
    void createsNothingWhenTheBrokerDoesNotAllowIt() {
        cluster.config = Map.of("auto.create.topics.enable", "false");

        assertThat(ask(13, named("fresh")).topics().find("fresh").errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(cluster.submitted).isEmpty();
    }

    @Test
    void createsNeitherInvalidNorInternalNames() {
        String tooLong = "x".repeat(250);
        MetadataResponseData answer =
                ask(13, named("bad topic!", "", ".", "..", tooLong, "__consumer_offsets", "__transaction_state"));

        for (String name : List.of("bad topic!", "", ".", "..", tooLong)) {
            assertThat(answer.topics().find(name).errorCode())
                    .as(name)
                    .isEqualTo(Errors.INVALID_TOPIC_EXCEPTION.code());
        }
        for (String name : List.of("__consumer_offsets", "__transaction_state")) {
            assertThat(answer.topics().find(name).errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
            assertThat(answer.topics().find(name).isInternal()).isTrue();
        }
        assertThat(cluster.submitted).isEmpty();
    }

    @Test
    void doesNotCreateANameThatCollidesWithAnother() {
        cluster.create("a.b", 1);

        assertThat(ask(13, named("a_b")).topics().find("a_b").errorCode())
                .isEqualTo(Errors.INVALID_TOPIC_EXCEPTION.code());
    }

    @Test
    void namesNoLeaderBeforeItAcceptsWrites() {
        TopicImage topic = cluster.create("orders", 2);
        int ready = topic.shardOf(1);
        int[] asked = new int[1];
        cluster.readiness = (shard, epoch) -> {
            asked[0]++;
            return shard == ready;
        };

        MetadataResponseTopic before = ask(13, named("orders")).topics().find("orders");
        assertThat(before.partitions().get(0).errorCode()).isEqualTo(Errors.LEADER_NOT_AVAILABLE.code());
        assertThat(before.partitions().get(0).leaderId()).isEqualTo(-1);
        assertThat(before.partitions().get(0).leaderEpoch())
                .isEqualTo(cluster.image().shardOf(topic, 0).leaderEpoch());
        assertThat(before.partitions().get(1).leaderId()).isEqualTo(1);

        cluster.readiness = ShardReadiness.ALWAYS;
        MetadataResponseTopic after = ask(13, named("orders")).topics().find("orders");
        assertThat(after.partitions().get(0).leaderId()).isEqualTo(1);
        assertThat(asked[0]).isPositive();
    }

    @Test
    void doesNotAskForTheReadinessOfShardsThatOthersLead() {
        cluster.controller.addBroker(2, Fixture.LISTENER, "broker-2", 9092);
        cluster.create("orders", 60);
        cluster.readiness = (shard, epoch) -> {
            assertThat(cluster.image().shard(shard).orElseThrow().leader()).isEqualTo(Fixture.NODE);
            return false;
        };

        MetadataResponseTopic topic = ask(13, named("orders")).topics().find("orders");
        assertThat(topic.partitions())
                .allMatch(p -> p.leaderId() == 2 || p.errorCode() == Errors.LEADER_NOT_AVAILABLE.code())
                .anyMatch(p -> p.leaderId() == 2);
    }

    @Test
    void answersListenerNotFoundFromVersion6() {
        cluster.create("orders", 1);

        for (short version : ApiKeys.METADATA.allVersions()) {
            MetadataResponseData answer = cluster.send(ApiKeys.METADATA, version, named("orders"), "INTERNAL");
            assertThat(answer.brokers()).isEmpty();
            assertThat(answer.topics().find("orders").partitions().get(0).errorCode())
                    .isEqualTo((version >= 6 ? Errors.LISTENER_NOT_FOUND : Errors.LEADER_NOT_AVAILABLE).code());
        }
    }

    @Test
    void showsFencedReplicasAsOfflineAndInVersion0LeavesThemOut() {
        long epoch = cluster.controller.addBroker(2, Fixture.LISTENER, "broker-2", 9092);
        cluster.create("orders", 30);
        cluster.controller.apply(new Command.FenceBroker(2, epoch));

        MetadataResponseTopic topic = ask(13, named("orders")).topics().find("orders");
        MetadataResponseTopic old = ask(0, named("orders")).topics().find("orders");
        for (int p = 0; p < 30; p++) {
            List<Integer> replicas = topic.partitions().get(p).replicaNodes();
            assertThat(topic.partitions().get(p).offlineReplicas())
                    .isEqualTo(replicas.contains(2) ? List.of(2) : List.of());
            assertThat(old.partitions().get(p).replicaNodes()).doesNotContain(2);
            if (old.partitions().get(p).leaderId() >= 0 && replicas.contains(2)) {
                assertThat(old.partitions().get(p).errorCode()).isEqualTo(Errors.REPLICA_NOT_AVAILABLE.code());
            }
        }
        assertThat(ask(13, named()).brokers()).hasSize(1);
    }

    @Test
    void fillsAuthorizedOperationsWhenAsked() {
        cluster.create("orders", 1);
        MetadataRequestData request =
                named("orders").setIncludeTopicAuthorizedOperations(true).setIncludeClusterAuthorizedOperations(true);

        for (int version = 8; version <= 10; version++) {
            MetadataResponseData answer = ask(version, request);
            assertThat(answer.clusterAuthorizedOperations() & 1 << AclOperation.ALTER.code())
                    .isNotZero();
            assertThat(answer.topics().find("orders").topicAuthorizedOperations() & 1 << AclOperation.READ.code())
                    .isNotZero();
        }
        assertThat(ask(13, named("orders")).topics().find("orders").topicAuthorizedOperations())
                .isEqualTo(Integer.MIN_VALUE);
    }

    @Test
    void hidesWhatTheCallerMayNotDescribe() {
        cluster.create("secret", 1);
        cluster.create("open", 1);
        cluster.authorizer = (caller, operation, type, name) -> !name.equals("secret");

        MetadataResponseTopic secret = ask(13, named("secret", "open")).topics().find("secret");
        assertThat(secret.errorCode()).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED.code());
        assertThat(secret.topicId()).isEqualTo(Uuid.ZERO_UUID);
        assertThat(secret.partitions()).isEmpty();
        assertThat(names(ask(13, new MetadataRequestData().setTopics(null)))).containsExactly("open");
    }

    @Test
    void doesNotCreateWhatTheCallerMayNotCreate() {
        cluster.authorizer = (caller, operation, type, name) ->
                operation != AclOperation.CREATE || (type == ResourceType.TOPIC && name.equals("mine"));

        MetadataResponseData answer = ask(13, named("mine", "theirs"));
        assertThat(answer.topics().find("mine").errorCode()).isZero();
        assertThat(answer.topics().find("theirs").errorCode()).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED.code());
    }

    @Test
    void streamsTheSameBytesAsTheGeneratedClassWrites() {
        IntStream.range(0, 300).forEach(i -> cluster.create("topic-" + i, 1 + i % 5));
        for (short version : ApiKeys.METADATA.allVersions()) {
            MetadataRequestData all = new MetadataRequestData()
                    .setTopics(version == 0 ? List.of() : null)
                    .setIncludeTopicAuthorizedOperations(version % 2 == 0)
                    .setIncludeClusterAuthorizedOperations(version % 3 == 0);
            MetadataResponseData streamed = ask(version, all); // read back from the streamed bytes, and encoded again
            assertThat(streamed.topics()).hasSize(300);
            assertThat(streamed.topics().find("topic-299").partitions()).hasSize(5);
        }
    }

    @Test
    void answersLargeRequestsInTheBackground() {
        cluster.create("large", 30_000);
        cluster.create("small", 3);
        List<Runnable> background = new ArrayList<>();
        ListenerViews views = new ListenerViews(Fixture.NODE, cluster, ShardReadiness.ALWAYS);
        MetadataHandler handler = new MetadataHandler(views, cluster.authorizer, null, () -> false, background::add);
        Fixture.Replies replies = new Fixture.Replies();

        handler.handle(Fixture.context(ApiKeys.METADATA, (short) 13, named("small"), replies));
        assertThat(replies.answers).hasSize(1);
        handler.handle(Fixture.context(ApiKeys.METADATA, (short) 13, named("large"), replies));
        handler.handle(
                Fixture.context(ApiKeys.METADATA, (short) 13, new MetadataRequestData().setTopics(null), replies));
        assertThat(replies.answers).hasSize(1);
        background.forEach(Runnable::run);
        assertThat(replies.answers).hasSize(3);
    }

    // ---- the test's words

    private MetadataResponseData ask(int version, MetadataRequestData request) {
        return cluster.send(ApiKeys.METADATA, version, request);
    }

    private static MetadataRequestData named(String... names) {
        List<MetadataRequestTopic> topics = new ArrayList<>();
        for (String name : names) {
            topics.add(new MetadataRequestTopic().setName(name));
        }
        // In version 0 an empty list means all.
        return new MetadataRequestData().setTopics(topics);
    }

    private static MetadataRequestData byId(Uuid... ids) {
        List<MetadataRequestTopic> topics = new ArrayList<>();
        for (Uuid id : ids) {
            topics.add(new MetadataRequestTopic().setName(null).setTopicId(id));
        }
        return new MetadataRequestData().setTopics(topics);
    }

    private static List<String> names(MetadataResponseData answer) {
        return answer.topics().stream().map(MetadataResponseTopic::name).toList();
    }
}
