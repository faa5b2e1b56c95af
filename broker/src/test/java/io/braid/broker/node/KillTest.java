package io.braid.broker.node;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node is killed again and again under an idempotent producer: every acknowledged record must be there exactly once, at the
 * offset that was acknowledged, and in order. {@code -Dbraid.kill.rounds=30} for the long run.
 */
@Timeout(900)
@Tag("long")
class KillTest {
    private static final int ROUNDS = Integer.getInteger("braid.kill.rounds", 3);
    private static final int PARTITIONS = 1000;
    private static final int ACKS_A_ROUND = 20_000;
    private static final String TOPIC = "t";

    @TempDir
    Path data;

    @Test
    void everyAcknowledgedRecordIsThereExactlyOnceInOrderAfterKills() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket()) {
            free.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            port = free.getLocalPort();
        }
        String listener = "PLAINTEXT://127.0.0.1:" + port;
        Properties client = NumberedRecords.patientClient("127.0.0.1:" + port);

        NodeProcess node = NodeProcess.start(data, "listeners", listener);
        try (Admin admin = Admin.create(client)) {
            admin.createTopics(List.of(new NewTopic(TOPIC, Optional.of(PARTITIONS), Optional.empty())))
                    .all()
                    .get();
        }
        List<Long> readyMs = new ArrayList<>();
        try (NumberedRecords records = new NumberedRecords(client, TOPIC, PARTITIONS, 0)) {
            records.start();
            for (int round = 1; round <= ROUNDS; round++) {
                records.awaitAcks((long) round * ACKS_A_ROUND);
                node.kill();
                node = NodeProcess.start(data, "listeners", listener);
                readyMs.add(node.readyMs());
            }
            records.awaitAcks((long) (ROUNDS + 1) * ACKS_A_ROUND);
            records.finish();
            System.out.println("ready after kill, ms: " + readyMs);
            records.check(client);
        }
        node.close();
    }
}
