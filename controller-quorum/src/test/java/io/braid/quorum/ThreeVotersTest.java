package io.braid.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.controller.CommandResult;
import io.braid.image.ClusterImage;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The same code as a quorum of one, over gRPC. */
@Timeout(60)
class ThreeVotersTest {
    @TempDir
    Path directory;

    private final List<QuorumNode> nodes = new ArrayList<>();

    @AfterEach
    void stop() {
        nodes.parallelStream().forEach(QuorumNode::close);
    }

    @Test
    void theLeadersImageReachesTheOthers() throws Exception {
        List<Voter> voters = new ArrayList<>();
        for (int id = 1; id <= 3; id++) {
            voters.add(new Voter(id, 0, "127.0.0.1", freePort()));
        }
        for (Voter voter : voters) {
            QuorumConfig defaults = QuorumConfig.of(voter, voters, directory.resolve("node-" + voter.nodeId()));
            nodes.add(QuorumNode.start(
                    new QuorumConfig(
                            voter,
                            voters,
                            "127.0.0.1",
                            defaults.directory(),
                            Duration.ofMillis(1_500),
                            Duration.ofMillis(3_000),
                            20),
                    TestClusters::unexpected));
        }
        CompletableFuture.anyOf(nodes.stream().map(QuorumNode::ready).toArray(CompletableFuture[]::new))
                .get(20, TimeUnit.SECONDS);
        QuorumNode leader = nodes.stream().filter(QuorumNode::leads).findFirst().orElseThrow();
        QuorumNode follower = nodes.stream().filter(n -> !n.leads()).findFirst().orElseThrow();
        TestClusters.createWithOneBroker(leader);
        for (int i = 0; i < 60; i++) {
            TestClusters.createTopics(leader, i, 1);
        }
        CommandResult refused =
                follower.submit(TestClusters.topic("refused", 1)).get();
        assertThat(refused.error()).isEqualTo(Errors.NOT_CONTROLLER);

        ClusterImage image = leader.image();
        for (QuorumNode node : nodes) {
            CompletableFuture<ClusterImage> reached = new CompletableFuture<>();
            node.addListener(new QuorumListener() {
                @Override
                public void onApplied(
                        ClusterImage before, ClusterImage after, List<io.braid.image.MetadataRecord> records) {
                    onReplaced(after);
                }

                @Override
                public void onReplaced(ClusterImage now) {
                    if (now.version() >= image.version()) {
                        reached.complete(now);
                    }
                }
            });
            assertThat(reached.get(10, TimeUnit.SECONDS)).isEqualTo(image);
            assertThat(node.info().leaderId()).isEqualTo(leader.info().leaderId());
            assertThat(node.info().voters()).hasSize(3);
        }
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
