package io.braid.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.controller.Command;
import io.braid.controller.CommandCodec;
import io.braid.controller.CommandResult;
import io.braid.controller.MetadataVersion;
import io.braid.controller.Proposal;
import io.braid.controller.RequestId;
import io.braid.image.ClusterImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class QuorumNodeTest {
    @TempDir
    Path directory;

    @Test
    void imageIsTheSameAfterARestart() throws Exception {
        ClusterImage before;
        try (QuorumNode node = start(5_000)) {
            TestClusters.createWithOneBroker(node);
            TestClusters.createTopics(node, 0, 100);
            before = node.image();
        }
        try (QuorumNode node = start(5_000)) {
            assertThat(node.image()).isEqualTo(before);
            assertThat(node.image().topicCount()).isEqualTo(100);
        }
    }

    @Test
    void snapshotsReplaceTheLog() throws Exception {
        ClusterImage before;
        try (QuorumNode node = start(50)) {
            TestClusters.createWithOneBroker(node);
            for (int i = 0; i < 400; i++) {
                TestClusters.createTopics(node, i, 1);
            }
            before = node.image();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            assertThat(files.map(f -> f.getFileName().toString()).filter(f -> f.matches("snapshot\\.\\d+_\\d+")))
                    .isNotEmpty()
                    .hasSizeLessThanOrEqualTo(2);
        }
        try (QuorumNode node = start(50)) {
            assertThat(node.image()).isEqualTo(before);
            TestClusters.createTopics(node, 400, 1);
            assertThat(node.image().topicCount()).isEqualTo(401);
        }
    }

    @Test
    void aCommandSentTwiceIsAppliedOnceAlsoAfterARestart() throws Exception {
        Uuid client = Uuid.randomUuid();
        Command.AllocateProducerIds command;
        CommandResult first;
        try (QuorumNode node = start(3)) {
            long epoch = TestClusters.createWithOneBroker(node);
            command = new Command.AllocateProducerIds(1, epoch);
            first = node.submit(new Proposal(new RequestId(client, 0, 0), command))
                    .get();
            assertThat(node.submit(new Proposal(new RequestId(client, 0, 0), command))
                            .get())
                    .isEqualTo(first);
            TestClusters.createTopics(node, 0, 1);
        }
        try (QuorumNode node = start(3)) {
            CommandResult again = node.submit(new Proposal(new RequestId(client, 0, 0), command))
                    .get();
            assertThat(again).isEqualTo(first);
            assertThat(node.image().nextProducerId()).isEqualTo(1000);
        }
    }

    @Test
    void aMillionPartitionsAreOneSmallEntry() throws Exception {
        Command command = TestClusters.topic("million", 1_000_000);
        assertThat(CommandCodec.encode(new Proposal(new RequestId(Uuid.randomUuid(), 0, 0), command)))
                .hasSizeLessThan(1_000);
        try (QuorumNode node = start(5_000)) {
            TestClusters.createWithOneBroker(node);
            CommandResult result = node.submit(command).get(5, TimeUnit.SECONDS);
            assertThat(result.items().get(0).error()).isEqualTo(Errors.NONE);
            assertThat(node.image().partitionCount()).isEqualTo(1_000_000);
        }
    }

    @Test
    void commandsInFlightAreAppliedInOrder() throws Exception {
        try (QuorumNode node = start(5_000)) {
            long epoch = TestClusters.createWithOneBroker(node);
            List<CompletableFuture<CommandResult>> results = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                results.add(node.submit(new Command.AllocateProducerIds(1, epoch)));
            }
            for (int i = 0; i < 200; i++) {
                assertThat(results.get(i).get().value()).isEqualTo(i * 1000L);
            }
        }
    }

    @Test
    void anOversizeCommandIsRefusedAndTheLeaderStays() throws Exception {
        try (QuorumNode node = start(5_000)) {
            TestClusters.createWithOneBroker(node);
            CommandResult result =
                    node.submit(TestClusters.topics(0, 120_000, 80)).get();
            assertThat(result.error()).isEqualTo(Errors.INVALID_REQUEST);
            assertThat(node.submit(TestClusters.topic("next", 1)).get().ok()).isTrue();
        }
    }

    @Test
    void validatingChangesNothing() throws Exception {
        try (QuorumNode node = start(5_000)) {
            TestClusters.createWithOneBroker(node);
            Command.CreateTopics create = TestClusters.topic("checked", 3);
            CommandResult result = node.submit(new Command.CreateTopics(create.topics(), create.policy(), true))
                    .get();
            assertThat(result.items().get(0).partitionCount()).isEqualTo(3);
            assertThat(node.image().topicCount()).isZero();
        }
    }

    @Test
    void describesTheQuorum() throws Exception {
        try (QuorumNode node = start(5_000)) {
            TestClusters.createWithOneBroker(node);
            QuorumInfo info = node.info();
            assertThat(info.leaderId()).isEqualTo(1);
            assertThat(info.leaderEpoch()).isPositive();
            assertThat(info.commitIndex()).isGreaterThanOrEqualTo(node.image().version());
            assertThat(info.voters()).extracting(QuorumInfo.VoterInfo::nodeId).containsExactly(1);
            assertThat(info.voters().get(0).logEndIndex()).isGreaterThan(info.commitIndex());
            assertThat(node.image().metadataVersion()).isEqualTo(MetadataVersion.LATEST);
        }
    }

    private QuorumNode start(int snapshotEntries) throws Exception {
        Voter self = new Voter(1, 0, "127.0.0.1", 0);
        QuorumConfig defaults = QuorumConfig.of(self, List.of(self), directory);
        QuorumNode node = QuorumNode.start(
                new QuorumConfig(
                        self,
                        defaults.voters(),
                        defaults.bindHost(),
                        directory,
                        defaults.electionTimeoutMin(),
                        defaults.electionTimeoutMax(),
                        snapshotEntries),
                TestClusters::unexpected);
        node.ready().get(10, TimeUnit.SECONDS);
        return node;
    }
}
