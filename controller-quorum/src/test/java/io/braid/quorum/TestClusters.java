package io.braid.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.controller.MetadataVersion;
import io.braid.controller.NewTopic;
import io.braid.controller.PoolPolicy;
import io.braid.image.Endpoint;
import io.braid.image.FeatureRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.slf4j.LoggerFactory;

/** What the tests of a quorum begin with. */
final class TestClusters {
    private TestClusters() {}

    /** For nodes that must not fail: what they report shows in the test's output, and their futures stay open. */
    static void unexpected(String reason, Throwable cause) {
        LoggerFactory.getLogger(TestClusters.class).error("unexpected: {}", reason, cause);
    }

    static Command.RegisterBroker registration(int brokerId) {
        return new Command.RegisterBroker(
                brokerId,
                Uuid.randomUuid(),
                "boot",
                List.of(Uuid.randomUuid()),
                List.of(new Endpoint("PLAINTEXT", "127.0.0.1", 9092)),
                Optional.empty(),
                List.of(new FeatureRange(MetadataVersion.FEATURE, MetadataVersion.MIN, MetadataVersion.LATEST)),
                -1);
    }

    /** Creates the cluster with broker 1 unfenced; returns its epoch. */
    static long createWithOneBroker(QuorumNode node) throws Exception {
        assertThat(node.submit(new Command.CreateCluster("test", MetadataVersion.LATEST))
                        .get()
                        .ok())
                .isTrue();
        CommandResult registered = node.submit(registration(1)).get();
        assertThat(registered.ok()).isTrue();
        assertThat(node.submit(new Command.UnfenceBroker(1, registered.value()))
                        .get()
                        .ok())
                .isTrue();
        return registered.value();
    }

    static void createTopics(QuorumNode node, int from, int count) throws Exception {
        CommandResult result = node.submit(topics(from, count, 12)).get();
        assertThat(result.ok()).isTrue();
        assertThat(result.items()).hasSize(count).allMatch(CommandResult.Item::ok);
    }

    static Command.CreateTopics topic(String name, int partitions) {
        return new Command.CreateTopics(
                List.of(NewTopic.of(Uuid.randomUuid(), name, partitions, -1, Map.of())), PoolPolicy.DEFAULT, false);
    }

    static Command.CreateTopics topics(int from, int count, int nameLength) {
        List<NewTopic> topics = new ArrayList<>(count);
        for (int i = from; i < from + count; i++) {
            String digits = Integer.toString(i);
            String name = "t" + "0".repeat(Math.max(0, nameLength - 1 - digits.length())) + digits;
            topics.add(NewTopic.of(Uuid.randomUuid(), name, 1, -1, Map.of()));
        }
        return new Command.CreateTopics(topics, PoolPolicy.DEFAULT, false);
    }
}
