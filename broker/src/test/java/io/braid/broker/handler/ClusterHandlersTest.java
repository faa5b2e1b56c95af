package io.braid.broker.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.controller.Command;
import io.braid.image.ShardImage;
import io.braid.image.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.CreateAclsRequestData.AclCreation;
import org.apache.kafka.common.message.CreateAclsResponseData;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DeleteAclsRequestData.DeleteAclsFilter;
import org.apache.kafka.common.message.DeleteAclsResponseData;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeAclsResponseData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ClusterHandlersTest {

    private final Fixture cluster = new Fixture();

    @Nested
    class ApiVersions {

        @Test
        void listsExactlyWhatHasHandlersAndTheFeatures() {
            for (short version : ApiKeys.API_VERSIONS.allVersions()) {
                ApiVersionsResponseData answer = cluster.send(ApiKeys.API_VERSIONS, version, request(version));

                assertThat(answer.errorCode()).isZero();
                assertThat(answer.apiKeys())
                        .hasSize(cluster.table().catalog().apis().size());
                assertThat(answer.apiKeys().find(ApiKeys.METADATA.id).maxVersion())
                        .isEqualTo((short) 13);
                assertThat(answer.apiKeys().find(ApiKeys.INIT_PRODUCER_ID.id).maxVersion())
                        .isEqualTo((short) 6);
                assertThat(answer.apiKeys().find(ApiKeys.API_VERSIONS.id).maxVersion())
                        .isEqualTo((short) 5);
                assertThat(answer.apiKeys().find(ApiKeys.FIND_COORDINATOR.id)).isNull();
                if (version >= 3) {
                    assertThat(answer.supportedFeatures().find("metadata.version"))
                            .isNotNull();
                    assertThat(answer.finalizedFeatures()
                                    .find("metadata.version")
                                    .maxVersionLevel())
                            .isEqualTo(cluster.image().metadataVersion());
                    assertThat(answer.finalizedFeaturesEpoch())
                            .isEqualTo(cluster.image().version());
                }
            }
        }

        @Test
        void refusesIllegalNamesOfClientSoftware() {
            for (int version = 3; version <= 5; version++) {
                for (String name : List.of("", "no spaces", "-dash")) {
                    ApiVersionsRequestData request = request(version).setClientSoftwareName(name);
                    ApiVersionsResponseData answer = cluster.send(ApiKeys.API_VERSIONS, version, request);
                    assertThat(answer.errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
                }
            }
        }

        @Test
        void sendsAClientAwayThatMeansAnotherClusterOrNode() {
            assertThat(error(request(5).setClusterId("local").setNodeId(1))).isEqualTo(Errors.NONE);
            assertThat(error(request(5).setClusterId("other").setNodeId(1))).isEqualTo(Errors.REBOOTSTRAP_REQUIRED);
            assertThat(error(request(5).setClusterId("local").setNodeId(2))).isEqualTo(Errors.REBOOTSTRAP_REQUIRED);
            assertThat(error(request(5).setClusterId("local"))).isEqualTo(Errors.INVALID_REQUEST);
        }

        private Errors error(ApiVersionsRequestData request) {
            ApiVersionsResponseData answer = cluster.send(ApiKeys.API_VERSIONS, 5, request);
            return Errors.forCode(answer.errorCode());
        }

        private static ApiVersionsRequestData request(int version) {
            return new ApiVersionsRequestData()
                    .setClientSoftwareName(version >= 3 ? "apache-kafka-java" : "")
                    .setClientSoftwareVersion(version >= 3 ? "4.4.0" : "");
        }
    }

    @Nested
    class DescribeCluster {

        @Test
        void listsBrokersAndTheFencedOnesWhenAsked() {
            long epoch = cluster.controller.addBroker(2, Fixture.LISTENER, "broker-2", 9093);
            cluster.controller.apply(new Command.FenceBroker(2, epoch));

            for (short version : ApiKeys.DESCRIBE_CLUSTER.allVersions()) {
                DescribeClusterResponseData answer = ask(
                        version,
                        new DescribeClusterRequestData()
                                .setIncludeFencedBrokers(version >= 2)
                                .setIncludeClusterAuthorizedOperations(true));
                assertThat(answer.errorCode()).isZero();
                assertThat(answer.clusterId()).isEqualTo("local");
                assertThat(answer.controllerId()).isEqualTo(1);
                assertThat(answer.brokers()).hasSize(version >= 2 ? 2 : 1);
                assertThat(answer.brokers().find(1).port()).isEqualTo(9092);
                if (version >= 2) {
                    assertThat(answer.brokers().find(2).isFenced()).isTrue();
                }
                assertThat(answer.clusterAuthorizedOperations() & 1 << AclOperation.CREATE.code())
                        .isNotZero();
            }
        }

        @Test
        void refusesToDescribeControllers() {
            assertThat(ask(1, new DescribeClusterRequestData().setEndpointType((byte) 2))
                            .errorCode())
                    .isEqualTo(Errors.MISMATCHED_ENDPOINT_TYPE.code());
            assertThat(ask(1, new DescribeClusterRequestData().setEndpointType((byte) 7))
                            .errorCode())
                    .isEqualTo(Errors.UNSUPPORTED_ENDPOINT_TYPE.code());
        }

        private DescribeClusterResponseData ask(int version, DescribeClusterRequestData request) {
            return cluster.send(ApiKeys.DESCRIBE_CLUSTER, version, request);
        }
    }

    @Nested
    class DescribeQuorum {

        @Test
        void showsTheQuorumAsThePartitionOfTheMetadataTopic() {
            for (short version : ApiKeys.DESCRIBE_QUORUM.allVersions()) {
                DescribeQuorumResponseData answer = ask(version, "__cluster_metadata", 0);
                DescribeQuorumResponseData.PartitionData partition =
                        answer.topics().get(0).partitions().get(0);

                assertThat(answer.errorCode()).isZero();
                assertThat(partition.leaderId()).isEqualTo(1);
                assertThat(partition.leaderEpoch()).isEqualTo(3);
                assertThat(partition.highWatermark()).isEqualTo(42);
                assertThat(partition.currentVoters()).hasSize(1);
                assertThat(partition.currentVoters().get(0).replicaId()).isEqualTo(1);
                assertThat(partition.currentVoters().get(0).logEndOffset()).isEqualTo(43);
                assertThat(answer.nodes()).hasSize(version >= 2 ? 1 : 0);
                assertThat(partition.observers()).hasSize(1);
                assertThat(partition.observers().get(0).replicaId()).isEqualTo(7);
                assertThat(partition.observers().get(0).logEndOffset()).isEqualTo(40);
            }
        }

        @Test
        void knowsNoOtherPartition() {
            assertThat(ask(2, "orders", 0).topics().get(0).partitions().get(0).errorCode())
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
            assertThat(ask(2, "__cluster_metadata", 1)
                            .topics()
                            .get(0)
                            .partitions()
                            .get(0)
                            .errorCode())
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        }

        @Test
        void refusesCallersWithoutTheRight() {
            cluster.authorizer = (caller, operation, type, name) -> false;

            assertThat(ask(2, "__cluster_metadata", 0).errorCode())
                    .isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED.code());
        }

        private DescribeQuorumResponseData ask(int version, String topic, int partition) {
            return cluster.send(
                    ApiKeys.DESCRIBE_QUORUM,
                    version,
                    new DescribeQuorumRequestData()
                            .setTopics(List.of(new DescribeQuorumRequestData.TopicData()
                                    .setTopicName(topic)
                                    .setPartitions(List.of(new DescribeQuorumRequestData.PartitionData()
                                            .setPartitionIndex(partition))))));
        }
    }

    @Nested
    class Reassignments {

        @Test
        void succeedsWhenThePartitionIsThereAlready() {
            cluster.create("a", 2);

            for (short version : ApiKeys.ALTER_PARTITION_REASSIGNMENTS.allVersions()) {
                assertThat(error(alter(version, "a", 1, List.of(1)))).isEqualTo(Errors.NONE);
            }
        }

        @Test
        void refusesAMoveAndNamesTheShard() {
            TopicImage topic = cluster.create("a", 2);
            cluster.controller.addBroker(2, Fixture.LISTENER, "broker-2", 9093);

            ReassignablePartitionResponse refused = alter(1, "a", 1, List.of(2));
            assertThat(error(refused)).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
            assertThat(refused.errorMessage()).contains("shard " + topic.shardOf(1));
        }

        @Test
        void refusesWhatDoesNotExist() {
            cluster.create("a", 2);

            assertThat(error(alter(1, "missing", 0, List.of(1)))).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(error(alter(1, "a", 2, List.of(1)))).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(error(alter(1, "a", -1, List.of(1)))).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(error(alter(1, "a", 0, List.of(9)))).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
            assertThat(error(alter(1, "a", 0, List.of()))).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
            assertThat(error(alter(1, "a", 0, null))).isEqualTo(Errors.NO_REASSIGNMENT_IN_PROGRESS);
        }

        @Test
        void listsNone() {
            ListPartitionReassignmentsResponseData answer = cluster.send(
                    ApiKeys.LIST_PARTITION_REASSIGNMENTS,
                    0,
                    new ListPartitionReassignmentsRequestData().setTopics(null));
            assertThat(answer.errorCode()).isZero();
            assertThat(answer.topics()).isEmpty();
        }

        @Test
        void refusesCallersWithoutTheRight() {
            cluster.authorizer = (caller, operation, type, name) -> false;

            AlterPartitionReassignmentsResponseData alter = send(1, "a", 0, List.of(1));
            assertThat(alter.errorCode()).isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED.code());
            ListPartitionReassignmentsResponseData list =
                    cluster.send(ApiKeys.LIST_PARTITION_REASSIGNMENTS, 0, new ListPartitionReassignmentsRequestData());
            assertThat(list.errorCode()).isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED.code());
        }

        private ReassignablePartitionResponse alter(int version, String topic, int partition, List<Integer> replicas) {
            AlterPartitionReassignmentsResponseData answer = send(version, topic, partition, replicas);
            assertThat(answer.errorCode()).isZero();
            return answer.responses().get(0).partitions().get(0);
        }

        private AlterPartitionReassignmentsResponseData send(
                int version, String topic, int partition, List<Integer> replicas) {
            return cluster.send(
                    ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
                    version,
                    new AlterPartitionReassignmentsRequestData()
                            .setTopics(List.of(new ReassignableTopic()
                                    .setName(topic)
                                    .setPartitions(List.of(new ReassignablePartition()
                                            .setPartitionIndex(partition)
                                            .setReplicas(replicas))))));
        }

        private static Errors error(ReassignablePartitionResponse partition) {
            return Errors.forCode(partition.errorCode());
        }
    }

    @Nested
    class ElectLeaders {

        @Test
        void saysThatNoElectionIsNeeded() {
            cluster.create("a", 1);

            for (short version : ApiKeys.ELECT_LEADERS.allVersions()) {
                assertThat(elect(version, 0, "a", 0)).isEqualTo(Errors.ELECTION_NOT_NEEDED);
                assertThat(elect(version, 0, "missing", 0)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
                assertThat(elect(version, 0, "a", 1)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            }
            assertThat(elect(2, 1, "a", 0)).isEqualTo(Errors.ELECTION_NOT_NEEDED);
        }

        @Test
        void saysWhenThereIsNobodyToElect() {
            cluster.create("a", 1);
            long epoch = cluster.image().broker(1).orElseThrow().epoch();
            cluster.controller.apply(new Command.FenceBroker(1, epoch));

            assertThat(elect(2, 0, "a", 0)).isEqualTo(Errors.PREFERRED_LEADER_NOT_AVAILABLE);
            assertThat(elect(2, 1, "a", 0)).isEqualTo(Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE);
            ElectLeadersResponseData all =
                    cluster.send(ApiKeys.ELECT_LEADERS, 2, new ElectLeadersRequestData().setTopicPartitions(null));
            assertThat(all.replicaElectionResults()).hasSize(1);
        }

        @Test
        void electsForAllPartitionsOfTheShard() {
            long epoch = cluster.controller.addBroker(2, Fixture.LISTENER, "broker-2", 9093);
            cluster.create("a", 60);
            cluster.controller.apply(new Command.FenceBroker(2, epoch));
            cluster.controller.apply(new Command.UnfenceBroker(2, epoch));
            ShardImage led = cluster.image().shards().stream()
                    .filter(s -> s.replicas().get(0) == 2)
                    .findFirst()
                    .orElseThrow();
            TopicImage topic = cluster.image().topic("a").orElseThrow();
            int partition = IntStream.range(0, 60)
                    .filter(p -> topic.shardOf(p) == led.id())
                    .findFirst()
                    .orElseThrow();
            assertThat(elect(2, 0, "a", partition)).isEqualTo(Errors.PREFERRED_LEADER_NOT_AVAILABLE);

            long leaderEpoch = cluster.image().broker(1).orElseThrow().epoch();
            cluster.controller.apply(new Command.AlterShard(
                    1,
                    leaderEpoch,
                    led.id(),
                    led.leaderEpoch(),
                    led.version(),
                    List.of(new Command.InSyncReplica(1, leaderEpoch), new Command.InSyncReplica(2, epoch))));
            assertThat(elect(2, 0, "a", partition)).isEqualTo(Errors.NONE);
            assertThat(cluster.image().shard(led.id()).orElseThrow().leader()).isEqualTo(2);
        }

        @Test
        void namesNothingOfAllWhenAllIsWell() {
            cluster.create("a", 100);

            ElectLeadersResponseData all =
                    cluster.send(ApiKeys.ELECT_LEADERS, 2, new ElectLeadersRequestData().setTopicPartitions(null));
            assertThat(all.errorCode()).isZero();
            assertThat(all.replicaElectionResults()).isEmpty();
        }

        @Test
        void refusesUnknownTypesAndCallersWithoutTheRight() {
            cluster.create("a", 1);

            assertThat(send(2, 7, "a", 0).errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
            cluster.authorizer = (caller, operation, type, name) -> false;
            assertThat(send(2, 0, "a", 0).errorCode()).isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED.code());
            assertThat(elect(0, 0, "a", 0)).isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED);
        }

        private Errors elect(int version, int type, String topic, int partition) {
            return Errors.forCode(send(version, type, topic, partition)
                    .replicaElectionResults()
                    .get(0)
                    .partitionResult()
                    .get(0)
                    .errorCode());
        }

        private ElectLeadersResponseData send(int version, int type, String topic, int partition) {
            ElectLeadersRequestData request = new ElectLeadersRequestData().setElectionType((byte) type);
            request.topicPartitions().add(new TopicPartitions().setTopic(topic).setPartitions(List.of(partition)));
            return cluster.send(ApiKeys.ELECT_LEADERS, version, request);
        }
    }

    @Nested
    class DescribeLogDirs {

        @Test
        void givesTheSizesOfWhatIsAskedForAndZeroForWhatIsEmpty() {
            TopicImage topic = cluster.create("a", 3);
            cluster.logDirs = new StoredInTwo(topic, 1, 50_000);

            for (short version : ApiKeys.DESCRIBE_LOG_DIRS.allVersions()) {
                DescribeLogDirsRequestData request = new DescribeLogDirsRequestData();
                request.topics().add(new DescribableLogDirTopic().setTopic("a").setPartitions(List.of(0, 1, 2, 3, -1)));
                request.topics()
                        .add(new DescribableLogDirTopic().setTopic("missing").setPartitions(List.of(0)));
                DescribeLogDirsResponseData answer = cluster.send(ApiKeys.DESCRIBE_LOG_DIRS, version, request);

                assertThat(answer.results()).hasSize(2);
                assertThat(answer.results().get(0).logDir()).isEqualTo("/data/a");
                assertThat(answer.results().get(0).totalBytes()).isEqualTo(version >= 4 ? 1000 : -1);
                assertThat(answer.results().get(1).errorCode()).isEqualTo(Errors.KAFKA_STORAGE_ERROR.code());
                assertThat(sizes(answer)).isEqualTo(Map.of(0, 0L, 1, 50_000L, 2, 0L));
            }
        }

        @Test
        void leavesOutEmptyPartitionsWhenAllAreAskedFor() {
            TopicImage topic = cluster.create("a", 3);
            cluster.logDirs = new StoredInTwo(topic, 1, 50_000);

            DescribeLogDirsResponseData answer =
                    cluster.send(ApiKeys.DESCRIBE_LOG_DIRS, 5, new DescribeLogDirsRequestData().setTopics(null));
            assertThat(sizes(answer)).isEqualTo(Map.of(1, 50_000L));
        }

        @Test
        void refusesCallersWithoutTheRight() {
            cluster.authorizer = (caller, operation, type, name) -> false;

            DescribeLogDirsResponseData answer =
                    cluster.send(ApiKeys.DESCRIBE_LOG_DIRS, 5, new DescribeLogDirsRequestData());
            assertThat(answer.errorCode()).isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED.code());
            assertThat(answer.results()).isEmpty();
        }

        private static Map<Integer, Long> sizes(DescribeLogDirsResponseData answer) {
            Map<Integer, Long> sizes = new java.util.HashMap<>();
            answer.results().forEach(directory -> directory.topics().forEach(topic -> {
                assertThat(topic.name()).isEqualTo("a");
                for (DescribeLogDirsPartition p : topic.partitions()) {
                    assertThat(sizes.put(p.partitionIndex(), p.partitionSize())).isNull();
                }
            }));
            return sizes;
        }

        /** Two directories, the second offline; one partition has data. Shards lie in both. */
        private record StoredInTwo(TopicImage topic, int partition, long size) implements LogDirs {
            @Override
            public List<Directory> directories() {
                return List.of(
                        new Directory("/data/a", Errors.NONE, 1000, 400),
                        new Directory("/data/b", Errors.KAFKA_STORAGE_ERROR, -1, -1));
            }

            @Override
            public int directoryOf(int shardId) {
                return shardId % 2;
            }

            @Override
            public CompletableFuture<List<Stored>> stored(int shardId, List<Partition> wanted) {
                List<Stored> found = new ArrayList<>();
                Partition key = new Partition(topic.id(), partition);
                if (topic.shardOf(partition) == shardId && (wanted.isEmpty() || wanted.contains(key))) {
                    found.add(new Stored(key, size, 0));
                }
                return CompletableFuture.completedFuture(found);
            }
        }
    }

    @Nested
    class Acls {

        @Test
        void areAnsweredWithSecurityDisabled() {
            for (short version : ApiKeys.DESCRIBE_ACLS.allVersions()) {
                DescribeAclsResponseData described =
                        cluster.send(ApiKeys.DESCRIBE_ACLS, version, new DescribeAclsRequestData());
                assertThat(described.errorCode()).isEqualTo(Errors.SECURITY_DISABLED.code());
                assertThat(described.errorMessage()).isEqualTo("No Authorizer is configured.");
                CreateAclsResponseData created = cluster.send(
                        ApiKeys.CREATE_ACLS,
                        version,
                        new CreateAclsRequestData().setCreations(List.of(new AclCreation(), new AclCreation())));
                assertThat(created.results())
                        .hasSize(2)
                        .allMatch(result -> result.errorCode() == Errors.SECURITY_DISABLED.code());
                DeleteAclsResponseData deleted = cluster.send(
                        ApiKeys.DELETE_ACLS,
                        version,
                        new DeleteAclsRequestData().setFilters(List.of(new DeleteAclsFilter())));
                assertThat(deleted.filterResults())
                        .hasSize(1)
                        .allMatch(result -> result.errorCode() == Errors.SECURITY_DISABLED.code());
            }
        }
    }
}
