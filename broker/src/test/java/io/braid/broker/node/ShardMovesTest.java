package io.braid.broker.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.broker.cli.CommandLineRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.PartitionReassignment;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FeatureUpdateFailedException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes in this JVM whose shards move while clients write, by the command line. */
@Tag("cluster")
@SuppressWarnings("try") // the cluster is closed, and used through its field
@Timeout(120)
class ShardMovesTest {
    private static final String TOPIC = "t";
    private static final int PARTITIONS = 6;

    @TempDir
    Path data;

    private TestCluster<TestNode> cluster;

    private CommandLineRun braid(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--bootstrap", cluster.node(1).bootstrap()));
        return CommandLineRun.of(all.toArray(String[]::new));
    }

    private String done(String... arguments) {
        CommandLineRun run = braid(arguments);
        assertThat(run.code()).as("%s: %s", List.of(arguments), run).isZero();
        return run.out();
    }

    /** Ids of the shards with a replica on a node's disk. */
    private Set<String> onDisk(int node) throws Exception {
        try (Stream<Path> shards = Files.list(cluster.data(node).resolve("shards"))) {
            return shards.map(path -> path.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void aBrokerIsDrainedUnderWritesAndRemoved() throws Exception {
        cluster = TestCluster.inThisJvm(data, 3, "shards.per.pool", "2", "default.replication.factor", "2");
        try (var closing = cluster) {
            cluster.createTopic(TOPIC, PARTITIONS, Map.of("min.insync.replicas", "2"));
            cluster.awaitInSync(TOPIC, 2);
            Properties client = NumberedRecords.patientClient(cluster.bootstrap());
            try (NumberedRecords records = new NumberedRecords(client, TOPIC, PARTITIONS, 1)) {
                records.start();
                records.awaitAcks(500);
                assertThat(done("shards", "drain", "3", "--dry-run")).contains("dry-run=true");
                done("shards", "drain", "3");
                cluster.await(
                        TOPIC, p -> p.isr().size() == 2 && ids(p.replicas()).equals(Set.of(1, 2)));
                records.awaitAcks(records.acks() + 500);
                while (!onDisk(3).isEmpty()) {
                    Thread.sleep(10);
                }
                assertThat(done("brokers", "list"))
                        .contains("broker=3 state=running cordoned=true rack=- shards=0 leads=0");
                assertThat(braid("brokers", "remove", "3").err()).contains("broker 3 is running");
                done("brokers", "restart-check", "3");
                cluster.take(3).close();
                done("brokers", "remove", "3");
                assertThat(done("brokers", "list")).doesNotContain("broker=3");
                records.finish();
                records.check(client);
            }
        }
        assertThat(ReplicaContents.read(data.resolve("node-1")))
                .isEqualTo(ReplicaContents.read(data.resolve("node-2")));
    }

    @Test
    void aMoveGoesOnWhenItsTargetDiesInTheMiddle() throws Exception {
        cluster = TestCluster.inThisJvm(
                data,
                3,
                "shards.per.pool",
                "1",
                "default.replication.factor",
                "2",
                "replica.catch.up.bytes.per.second",
                "1048576");
        try (var closing = cluster) {
            cluster.createTopic(TOPIC, PARTITIONS, Map.of("min.insync.replicas", "2"));
            cluster.awaitInSync(TOPIC, 2);
            Properties client = NumberedRecords.patientClient(cluster.bootstrap());
            try (NumberedRecords records = new NumberedRecords(client, TOPIC, PARTITIONS, 10, 1000)) {
                records.start();
                records.awaitAcks(2_000);
                Set<Integer> before = replicas();
                int target = 6 - before.stream().mapToInt(Integer::intValue).sum();
                int leaves = before.stream().filter(id -> id != 1).findFirst().orElseThrow();
                long startedNs = System.nanoTime();
                done("shards", "move", "0", "--from", "" + leaves, "--onto", "" + target);
                PartitionReassignment moving = cluster.admin()
                        .listPartitionReassignments()
                        .reassignments()
                        .get()
                        .get(new TopicPartition(TOPIC, 0));
                assertThat(moving.addingReplicas()).containsExactly(target);
                assertThat(moving.removingReplicas()).containsExactly(leaves);
                assertThat(done("shards", "list", "--moving")).contains("adding=" + target, "copied-percent=");
                CommandLineRun check = braid("brokers", "restart-check", "" + leaves);
                assertThat(check.code()).isEqualTo(1);
                assertThat(check.out()).contains("are being moved");
                // Node 1 is what the command line asks, so the target stays when it is that.
                if (target != 1) {
                    cluster.take(target).close();
                    assertThat(replicas()).contains(leaves, target);
                    cluster.start(target);
                }
                cluster.await(
                        TOPIC, p -> p.isr().size() == 2 && !ids(p.replicas()).contains(leaves));
                assertThat(System.nanoTime() - startedNs)
                        .as("2 MB at 1 MiB/s take more than a second")
                        .isGreaterThan(1_000_000_000L);
                records.awaitAcks(records.acks() + 200);
                records.finish();
                records.check(client);
            }
        }
    }

    @Test
    @Timeout(60) // at the first rate the move would take two minutes
    void theThrottleIsRaisedWhileAShardMoves() throws Exception {
        cluster = TestCluster.inThisJvm(data, 2, "shards.per.pool", "1", "default.replication.factor", "1");
        try (var closing = cluster) {
            cluster.createTopic(TOPIC, PARTITIONS, Map.of());
            cluster.awaitInSync(TOPIC, 1);
            assertThat(done("shards", "throttle")).contains("broker=1 bytes-per-second=unlimited at-once=4");
            assertThat(braid("shards", "throttle", "--rate", "0").err()).contains("replica.catch.up.bytes.per.second");
            done("shards", "throttle", "--rate", "65536");
            Properties client = NumberedRecords.patientClient(cluster.bootstrap());
            try (NumberedRecords records = new NumberedRecords(client, TOPIC, PARTITIONS, 0, 1000)) {
                records.start();
                records.awaitAcks(8_000);
                records.finish();
                int from = replicas().iterator().next();
                done("shards", "move", "0", "--to", "" + (3 - from));
                while (!done("shards", "list", "--moving").contains("copied-percent=")) {
                    Thread.sleep(10);
                }
                done("shards", "throttle", "--rate", "100000000", "--at-once", "2", "--broker", "" + (3 - from));
                cluster.await(TOPIC, p -> ids(p.replicas()).equals(Set.of(3 - from)) && p.leader() != null);
                assertThat(done("shards", "throttle", "--json", "--broker", "" + (3 - from)))
                        .contains("\"bytes-per-second\":100000000", "\"at-once\":2");
                records.check(client);
            }
            assertThat(done("shards", "elect", "--all", "--unclean")).isEmpty();
            done("shards", "throttle", "--reset");
            while (!done("shards", "throttle").contains("broker=2 bytes-per-second=unlimited at-once=4")
                    || done("shards", "throttle").contains("at-once=2")) {
                Thread.sleep(10);
            }
            assertThat(done("topics", "alter", TOPIC, "--unclean-election", "true"))
                    .contains("unclean election on");
        }
    }

    @Test
    void aTopicGrowsFromOneReplicaToThreeWhenBrokersJoin() throws Exception {
        cluster = TestCluster.inThisJvm(data, 3, "shards.per.pool", "2", "default.replication.factor", "1");
        try (var closing = cluster) {
            cluster.createTopic(TOPIC, PARTITIONS, Map.of());
            cluster.createTopic("other", 1, Map.of());
            Properties client = NumberedRecords.patientClient(cluster.bootstrap());
            try (NumberedRecords records = new NumberedRecords(client, TOPIC, PARTITIONS, 1)) {
                records.start();
                records.awaitAcks(500);
                CommandLineRun alone = braid("brokers", "restart-check", "1");
                assertThat(alone.out()).contains("too few in-sync replicas");
                assertThat(done("topics", "alter", TOPIC, "--replication-factor", "3"))
                        .contains("pool 0 has replication factor 3 now, with 1 other topics: other");
                cluster.awaitInSync(TOPIC, 3);
                cluster.awaitInSync("other", 3);
                assertThat(done("brokers", "restart-check", "2")).contains("may be stopped");
                records.finish();
                records.check(client);
            }
            assertThat(done("shards", "balance", "--by", "leaders", "--json")).contains("\"bytes-to-move\":0");
        }
        Map<Integer, Map<String, ReplicaContents.Batches>> first = ReplicaContents.read(data.resolve("node-1"));
        assertThat(first).isNotEmpty();
        ReplicaContents.assertSame(first, ReplicaContents.read(data.resolve("node-2")));
        ReplicaContents.assertSame(first, ReplicaContents.read(data.resolve("node-3")));
    }

    @Test
    void theJavaAdminUpdatesFeaturesAndUnregistersBrokers() throws Exception {
        cluster = TestCluster.inThisJvm(data, 1);
        try (var closing = cluster) {
            var features = cluster.admin().describeFeatures().featureMetadata().get();
            short level = features.finalizedFeatures().get("metadata.version").maxVersionLevel();
            assertThat(features.supportedFeatures().get("metadata.version").maxVersion())
                    .isEqualTo(level);
            assertThat(done("features", "describe")).contains("feature=metadata.version level=" + level);
            assertThat(done("features", "upgrade", "--dry-run")).contains("can be raised to " + level);
            assertThat(done("features", "upgrade")).contains("metadata.version is " + level);
            var update = new FeatureUpdate((short) (level + 1), FeatureUpdate.UpgradeType.UPGRADE);
            Assertions.assertThatThrownBy(() -> cluster.admin()
                            .updateFeatures(Map.of("metadata.version", update), new UpdateFeaturesOptions())
                            .all()
                            .get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(FeatureUpdateFailedException.class);
            Assertions.assertThatThrownBy(
                            () -> cluster.admin().unregisterBroker(1).all().get())
                    .hasCauseInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("broker 1 is running");
        }
    }

    private Set<Integer> replicas() throws Exception {
        return ids(cluster.describe(TOPIC).partitions().get(0).replicas());
    }

    private static Set<Integer> ids(List<Node> nodes) {
        return nodes.stream().map(Node::id).collect(Collectors.toSet());
    }
}
