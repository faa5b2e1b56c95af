package io.braid.broker.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three nodes in processes of their own, replication factor 3, under an idempotent producer: one is killed or stopped, and every
 * acknowledged record must be there exactly once, at its offset, in order. Prints how long writes paused, and asserts nothing
 * about it.
 */
@Timeout(180)
@Tag("long")
class ClusterKillTest {
    private static final String TOPIC = "t";
    private static final int PARTITIONS = 48;

    @TempDir
    Path data;

    @Test
    void writesGoOnAfterABrokerIsKilledAndItComesBack() throws Exception {
        try (TestCluster<NodeProcess> cluster = TestCluster.processes(data, 3, "min.insync.replicas", "2")) {
            cluster.createTopic(TOPIC, PARTITIONS, Map.of());
            cluster.awaitInSync(TOPIC, 3);
            int victim = notTheController(cluster);
            Properties client = NumberedRecords.patientClient(cluster.bootstrap());
            try (NumberedRecords records = new NumberedRecords(client, TOPIC, PARTITIONS, 2)) {
                records.start();
                records.awaitAcks(5_000);
                long killedNs = System.nanoTime();
                cluster.take(victim).kill();
                long pauseMs = (records.awaitEveryPartition() - killedNs) / 1_000_000;
                System.out.println("writes to all partitions after kill -9, ms: " + pauseMs);
                cluster.start(victim);
                cluster.awaitInSync(TOPIC, 3);
                records.awaitAcks(records.acks() + 5_000);
                records.finish();
                records.check(client);
            }
        }
    }

    @Test
    void writesGoOnAfterTheLeadingControllerIsKilled() throws Exception {
        try (TestCluster<NodeProcess> cluster = TestCluster.processes(data, 3, "min.insync.replicas", "2")) {
            cluster.createTopic(TOPIC, PARTITIONS, Map.of());
            cluster.awaitInSync(TOPIC, 3);
            int victim = controller(cluster);
            Properties client = NumberedRecords.patientClient(cluster.bootstrap());
            try (NumberedRecords records = new NumberedRecords(client, TOPIC, PARTITIONS, 2)) {
                records.start();
                records.awaitAcks(5_000);
                long killedNs = System.nanoTime();
                cluster.take(victim).kill();
                long pauseMs = (records.awaitEveryPartition() - killedNs) / 1_000_000;
                System.out.println("writes to all partitions after kill -9 of the controller, ms: " + pauseMs);
                records.finish();
                records.check(client);
            }
        }
    }

    @Test
    void writesGoOnWhenABrokerHangsAndWhatItStillDoesCountsForNothing() throws Exception {
        try (TestCluster<NodeProcess> cluster = TestCluster.processes(data, 3, "min.insync.replicas", "2")) {
            cluster.createTopic(TOPIC, PARTITIONS, Map.of());
            cluster.awaitInSync(TOPIC, 3);
            int victim = notTheController(cluster);
            Properties client = NumberedRecords.patientClient(cluster.bootstrap());
            client.put("request.timeout.ms", "1500"); // a hung broker resets no connection
            try (NumberedRecords records = new NumberedRecords(client, TOPIC, PARTITIONS, 2)) {
                records.start();
                records.awaitAcks(5_000);
                long stoppedNs = System.nanoTime();
                cluster.node(victim).pause();
                long pauseMs = (records.awaitEveryPartition() - stoppedNs) / 1_000_000;
                System.out.println("writes to all partitions after SIGSTOP, ms: " + pauseMs);
                cluster.node(victim).resume();
                cluster.awaitInSync(TOPIC, 3);
                records.finish();
                records.check(client);
            }
        }
    }

    /** A broker that leads some of the partitions. */
    private static int notTheController(TestCluster<NodeProcess> cluster) throws Exception {
        int controller = controller(cluster);
        int victim = cluster.describe(TOPIC).partitions().stream()
                .map(TopicPartitionInfo::leader)
                .mapToInt(leader -> leader.id())
                .filter(id -> id != controller)
                .findFirst()
                .orElseThrow();
        assertThat(victim).isNotEqualTo(controller);
        return victim;
    }

    private static int controller(TestCluster<NodeProcess> cluster) throws Exception {
        return cluster.admin().describeMetadataQuorum().quorumInfo().get().leaderId();
    }
}
