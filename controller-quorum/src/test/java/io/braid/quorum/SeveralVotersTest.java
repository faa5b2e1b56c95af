package io.braid.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.controller.CommandResult;
import io.braid.image.ClusterImage;
import io.braid.image.ControllerImage;
import io.braid.quorum.message.AlterQuorumRequest;
import io.braid.quorum.message.AlterQuorumResponse;
import io.braid.quorum.message.QuorumStatusRequest;
import io.braid.quorum.message.QuorumStatusResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real controllers over gRPC and sockets. */
@Timeout(60)
@Tag("long")
class SeveralVotersTest {
    @TempDir
    Path directory;

    private TestQuorum quorum;

    @AfterEach
    void stop() {
        quorum.close();
    }

    @Test
    void fiveVotersFormOneClusterAndLoseTwo() throws Exception {
        quorum = new TestQuorum(directory, 5).startAll();
        assertThat(quorum.all()).extracting(c -> c.node().image().clusterId()).containsOnly("test");
        TestQuorum.await(
                "not all joined",
                () -> quorum.leader().node().image().controllers().stream()
                                .filter(ControllerImage::joined)
                                .count()
                        == 5);
        quorum.stop(quorum.leaderId());
        quorum.stop(quorum.followerId());
        TestClusters.createWithOneBroker(quorum.leader().node());
        quorum.createTopics(0, 3);
    }

    @Test
    void theImageStaysReadableWithoutAMajorityAndCommandsFail() throws Exception {
        quorum = new TestQuorum(directory, 3).startAll();
        TestClusters.createWithOneBroker(quorum.leader().node());
        int leader = quorum.leaderId();
        int first = quorum.followerId();
        quorum.stop(first);
        quorum.stop(quorum.followerId());
        QuorumNode left = quorum.get(leader).node();
        TestQuorum.await("it still leads", () -> !left.leads());
        CommandResult refused = left.submit(TestClusters.topic("refused", 1)).get(5, TimeUnit.SECONDS);
        assertThat(refused.error()).isEqualTo(Errors.NOT_CONTROLLER);
        assertThat(left.image().broker(1)).isPresent();
        quorum.start(first);
        assertThat(quorum.submit(TestClusters.topic("accepted", 1)).ok()).isTrue();
    }

    @Test
    void aFollowerFarBehindInstallsASnapshotAndGoesOn() throws Exception {
        quorum = new TestQuorum(directory, 3).snapshotEvery(50).startAll();
        TestClusters.createWithOneBroker(quorum.leader().node());
        int behind = quorum.followerId();
        quorum.stop(behind);
        for (int i = 0; i < 300; i++) {
            quorum.createTopics(i, 1);
        }
        ClusterImage image = quorum.leader().node().image();
        QuorumNode back = quorum.start(behind).node();
        TestQuorum.await("it stays behind", () -> back.image().version() >= image.version());
        assertThat(back.image()).isEqualTo(image);
        quorum.createTopics(300, 1);
        TestQuorum.await("it stopped", () -> back.image().topicCount() == 301);
    }

    @Test
    void aControllerIsAddedAndAnotherRemoved() throws Exception {
        quorum = new TestQuorum(directory, 3).startAll();
        BrokerSession broker = quorum.session(1);
        broker.ready().get(10, TimeUnit.SECONDS);
        ControllerImage fourth = TestQuorum.address(4);
        List<ControllerImage> known = new ArrayList<>(quorum.configured());
        known.add(fourth);
        assertThatThrownBy(() -> quorum.start(4, known))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has no controller 4")
                .hasMessageContaining("braid quorum add 4@");
        AlterQuorumResponse added = quorum.ask(
                AlterQuorumRequest.add(4, fourth.host(), fourth.controllerPort(), fourth.raftPort()),
                AlterQuorumResponse.class);
        assertThat(added.error()).isEqualTo(Errors.NONE);
        assertThat(added.generation()).isPositive();
        QuorumNode node = quorum.start(4, known).node();
        TestQuorum.await("it does not vote", () -> node.voters().size() == 4);
        TestQuorum.await(
                "the broker does not know it",
                () -> broker.image().controller(4).isPresent());

        int gone = quorum.leaderId();
        assertThat(quorum.ask(AlterQuorumRequest.remove(gone), AlterQuorumResponse.class)
                        .error())
                .isEqualTo(Errors.NONE);
        TestQuorum.await("it still votes", () -> quorum.all().stream()
                .filter(c -> c.node().self().nodeId() != gone)
                .allMatch(c -> c.node().voters().size() == 3));
        quorum.stop(gone);
        assertThat(quorum.leader().node().voters())
                .extracting(Voter::nodeId)
                .hasSize(3)
                .contains(4)
                .doesNotContain(gone);
        assertThat(broker.submit(TestClusters.topic("t", 1))
                        .get(10, TimeUnit.SECONDS)
                        .error())
                .isEqualTo(Errors.NONE);
    }

    @Test
    void aControllerThatLostItsDiskIsReplacedAndSurvivesARestart() throws Exception {
        quorum = new TestQuorum(directory, 3).startAll();
        TestClusters.createWithOneBroker(quorum.leader().node());
        int lost = quorum.followerId();
        TestQuorum.await(
                "not all joined",
                () -> quorum.leader().node().image().controllers().stream()
                                .filter(ControllerImage::joined)
                                .count()
                        == 3);
        assertThat(quorum.ask(AlterQuorumRequest.replace(lost), AlterQuorumResponse.class)
                        .message())
                .contains("is running");
        quorum.stop(lost);
        wipe(quorum.directory(lost));
        assertThatThrownBy(() -> quorum.start(lost))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("braid quorum replace " + lost);
        TestQuorum.await("it cannot be replaced", () -> {
            try {
                return quorum.ask(AlterQuorumRequest.replace(lost), AlterQuorumResponse.class)
                                .error()
                        == Errors.NONE;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        QuorumNode node = quorum.start(lost).node();
        TestQuorum.await(
                "it does not vote",
                () -> quorum.leader().node().voters().size() == 3
                        && quorum.leader().node().voters().contains(node.self()));
        TestQuorum.await("it has no image", () -> node.image().broker(1).isPresent());
        assertThat(node.self().generation()).isPositive();

        int other = quorum.all().stream()
                .map(c -> c.node().self().nodeId())
                .filter(id -> id != lost)
                .findFirst()
                .orElseThrow();
        quorum.stop(lost);
        quorum.start(lost);
        quorum.stop(other);
        // Whether the topic can be made depends on the broker, which nobody plays here; that it is decided takes a
        // majority.
        TestQuorum.await("nothing is decided", () -> quorum.leader()
                .node()
                .submit(TestClusters.topics(0, 1, 12))
                .join()
                .ok());
        assertThat(quorum.get(lost).node().self().generation()).isPositive();
    }

    @Test
    void aControllerThatComesLateToANewClusterIsTakenIn() throws Exception {
        quorum = new TestQuorum(directory, 3);
        Thread first = new Thread(() -> {
            try {
                quorum.start(1);
            } catch (Exception e) {
                TestClusters.unexpected("start", e);
            }
        });
        first.start();
        quorum.start(2);
        first.join();
        TestQuorum.await(
                "no cluster",
                () -> !quorum.leader().node().image().controllers().isEmpty());
        assertThat(quorum.leader().node().image().controller(3).orElseThrow().joined())
                .isFalse();
        QuorumNode third = quorum.start(3).node();
        TestQuorum.await(
                "it is not taken in",
                () -> third.image().controllers().stream()
                                .filter(ControllerImage::joined)
                                .count()
                        == 3);
        QuorumStatusResponse status = quorum.ask(new QuorumStatusRequest(), QuorumStatusResponse.class);
        assertThat(status.info().voters()).hasSize(3).allMatch(v -> v.logEndIndex() > 0);
        assertThat(status.info().leaderId()).isEqualTo(quorum.leaderId());
    }

    @Test
    void oneControllerAloneDoesNotBegin() throws Exception {
        quorum = new TestQuorum(directory, 3);
        assertThatThrownBy(() -> quorum.start(1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("0 of the 2 other controllers answer");
    }

    @Test
    void oneNetworkedVoterGrowsToTwo() throws Exception {
        quorum = new TestQuorum(directory, 1).startAll();
        TestQuorum.await(
                "not written down",
                () -> quorum.leader().node().image().controllers().size() == 1);
        ControllerImage second = TestQuorum.address(2);
        assertThat(quorum.ask(
                                AlterQuorumRequest.add(2, second.host(), second.controllerPort(), second.raftPort()),
                                AlterQuorumResponse.class)
                        .error())
                .isEqualTo(Errors.NONE);
        List<ControllerImage> both = List.of(quorum.configured().get(0), second);
        QuorumNode node = quorum.start(2, both).node();
        TestQuorum.await("it does not vote", () -> node.voters().size() == 2);
        TestClusters.createWithOneBroker(quorum.leader().node());
        TestQuorum.await("it has no image", () -> node.image().broker(1).isPresent());
    }

    private static void wipe(Path path) throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
