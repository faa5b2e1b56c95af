package io.braid.broker.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three nodes are killed at once, and one comes back without entries that it had forced. It still counts as in sync and may be
 * the first to be named leader; it must leave both to the others, without help, and lose nothing.
 */
@Timeout(180)
@Tag("long")
class DamagedReplicaTest {
    private static final String TOPIC = "t";
    private static final int PARTITIONS = 24;
    private static final int DAMAGED = 1;

    @TempDir
    Path data;

    @Test
    void replicaThatLostForcedEntriesLetsOthersLeadAndIsFilledFromThem() throws Exception {
        try (TestCluster<NodeProcess> cluster =
                TestCluster.processes(data, 3, "min.insync.replicas", "2", "flush", "group", "shards.per.pool", "6")) {
            cluster.createTopic(TOPIC, PARTITIONS, Map.of());
            cluster.awaitInSync(TOPIC, 3);
            Properties client = NumberedRecords.patientClient(cluster.bootstrap());
            client.put("batch.size", "1000");
            client.put("linger.ms", "0");
            try (NumberedRecords records = new NumberedRecords(client, TOPIC, PARTITIONS, 2)) {
                records.start();
                records.awaitAcks(4_000);
                for (int id = 1; id <= 3; id++) {
                    cluster.take(id).kill();
                }
                assertThat(LogFilesOnDisk.loseForced(cluster.data(DAMAGED), 3_000))
                        .isPositive();
                cluster.startAll();
                records.awaitEveryPartition();
                cluster.awaitInSync(TOPIC, 3);
                records.awaitAcks(records.acks() + 2_000);
                records.finish();
                records.check(client);
            }
        }
        Map<Integer, Map<String, ReplicaContents.Batches>> first = ReplicaContents.read(data.resolve("node-1"));
        assertThat(first).isNotEmpty();
        ReplicaContents.assertSame(first, ReplicaContents.read(data.resolve("node-2")));
        ReplicaContents.assertSame(first, ReplicaContents.read(data.resolve("node-3")));
    }
}
