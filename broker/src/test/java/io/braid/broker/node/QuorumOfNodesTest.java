package io.braid.broker.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.broker.BraidNode;
import io.braid.broker.NodeStartException;
import io.braid.broker.cli.CommandLineRun;
import io.braid.broker.config.NodeConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three whole nodes over sockets, one quorum. */
@Timeout(60)
@Tag("long")
class QuorumOfNodesTest {
    @TempDir
    Path directory;

    @Test
    void metadataGoesOnWithoutTheLeadingController() throws Exception {
        try (ThreeNodes nodes = new ThreeNodes(directory).startAll();
                Admin admin = nodes.admin()) {
            admin.createTopics(List.of(new NewTopic("before", 60, (short) 3)))
                    .all()
                    .get();
            ThreeNodes.await("not all heard of", () -> quorum(admin).observers().size() == 3);
            QuorumInfo quorum = quorum(admin);
            assertThat(quorum.voters()).hasSize(3).allMatch(v -> v.logEndOffset() > 0);
            assertThat(quorum.highWatermark()).isPositive();

            int gone = quorum.leaderId();
            nodes.stop(gone);
            ThreeNodes.await("no other leader", () -> quorum(admin).leaderId() != gone);
            admin.createTopics(List.of(new NewTopic("after", 4, (short) 2)))
                    .all()
                    .get();
            TopicDescription before = describe(admin, "before");
            assertThat(before.partitions())
                    .allMatch(p -> p.leader().id() != gone && p.isr().size() == 2);
            nodes.start(gone);
            ThreeNodes.await("it does not serve", () -> brokers(admin).equals(Set.of(1, 2, 3)));
        }
    }

    @Test
    void theCommandLineShowsAndChangesTheQuorum() throws Exception {
        try (ThreeNodes nodes = new ThreeNodes(directory).startAll();
                Admin admin = nodes.admin()) {
            CommandLineRun status = CommandLineRun.of("quorum", "status", "--controller", nodes.controller(1));
            assertThat(status.code()).isZero();
            assertThat(status.out())
                    .contains("leader=")
                    .contains("  voter id=1 ")
                    .contains("  voter id=3 ");
            int follower = quorum(admin).leaderId() % 3 + 1;
            CommandLineRun running = CommandLineRun.of(
                    "quorum", "replace", Integer.toString(follower), "--controller", nodes.controller(follower));
            assertThat(running.code()).isEqualTo(1);
            assertThat(running.err()).contains("controller " + follower + " is running");
            CommandLineRun removed = CommandLineRun.of(
                    "quorum",
                    "remove",
                    Integer.toString(follower),
                    "--json",
                    "--controller",
                    nodes.controller(follower));
            assertThat(removed.out().trim()).startsWith("{\"controller\":" + follower + ",\"outcome\":\"removed\"");
            ThreeNodes.await("it still votes", () -> quorum(admin).voters().size() == 2);
            admin.createTopics(List.of(new NewTopic("after", 1, (short) 3)))
                    .all()
                    .get();
            ThreeNodes.await("a broker stands still", () -> quorum(admin).observers().stream()
                    .allMatch(o -> o.logEndOffset() > describedVersion(nodes)));
        }
    }

    /** What the leader has, as the command line says. */
    private static long describedVersion(ThreeNodes nodes) {
        String out = CommandLineRun.of("quorum", "status", "--controller", nodes.controller(1))
                .out();
        return Long.parseLong(out.replaceAll("(?s).*metadata-version=(\\d+).*", "$1"));
    }

    @Test
    void brokersOfAnotherClusterAndDuplicatesAreRefused() throws Exception {
        Path data = directory.resolve("foreign");
        try (TestNode foreign = TestNode.start(data, "node.id", "7")) {
            assertThat(foreign.port()).isPositive();
        }
        try (TestNode home =
                TestNode.start(directory.resolve("home"), "node.id", "1", "broker.session.timeout.ms", "1500")) {
            String voters = "1@127.0.0.1:" + home.controllerPort();
            assertThatThrownBy(() -> startBroker(data, "7", voters))
                    .isInstanceOf(NodeStartException.class)
                    .hasMessageContaining("its data belongs to cluster");
            assertThatThrownBy(() -> startBroker(directory.resolve("twice"), "1", voters.replace("1@", "9@")))
                    .isInstanceOf(NodeStartException.class)
                    .hasMessageContaining("another process runs as broker 1");
        }
    }

    private static BraidNode startBroker(Path data, String id, String voters) throws Exception {
        return BraidNode.start(NodeConfig.parse(
                TestNode.config(data, "node.id", id, "process.roles", "broker", "controller.quorum.voters", voters)));
    }

    private static QuorumInfo quorum(Admin admin) {
        try {
            return admin.describeMetadataQuorum().quorumInfo().get();
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Set<Integer> brokers(Admin admin) {
        try {
            return admin.describeCluster().nodes().get().stream().map(Node::id).collect(Collectors.toSet());
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static TopicDescription describe(Admin admin, String topic) throws Exception {
        return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
    }
}
