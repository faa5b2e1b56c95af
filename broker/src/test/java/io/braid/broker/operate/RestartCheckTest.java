package io.braid.broker.operate;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.controller.Command;
import io.braid.controller.LocalController;
import io.braid.controller.MetadataVersion;
import io.braid.controller.NewTopic;
import io.braid.controller.PoolPolicy;
import io.braid.image.BrokerImage;
import io.braid.image.ShardImage;
import io.braid.quorum.QuorumInfo;
import io.braid.quorum.QuorumInfo.VoterInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three brokers with one shard on all of them, and three controllers on the same nodes of which 1 leads. */
class RestartCheckTest {
    private static final long SILENT_MS = 60_000;

    private final LocalController controller = new LocalController();
    private int minInSync = 2;
    private Optional<QuorumInfo> quorum = quorum(0, 0);

    @BeforeEach
    void start() {
        controller.apply(new Command.CreateCluster("c", MetadataVersion.LATEST));
        for (int id = 1; id <= 4; id++) {
            controller.addBroker(id, "L", "h", id);
        }
        controller.apply(new Command.FenceBroker(4, epoch(4)));
        controller.apply(new Command.CreateTopics(
                List.of(NewTopic.of(new Uuid(1, 1), "t", 1, 3, Map.of())), new PoolPolicy(1, 1), false));
        controller.apply(new Command.UnfenceBroker(4, epoch(4)));
    }

    private long epoch(int id) {
        return controller.image().broker(id).map(BrokerImage::epoch).orElseThrow();
    }

    private static Optional<QuorumInfo> quorum(long silentMs2, long silentMs3) {
        return Optional.of(
                new QuorumInfo(1, 1, 9, List.of(voter(1, 0), voter(2, silentMs2), voter(3, silentMs3)), List.of()));
    }

    private static VoterInfo voter(int id, long silentMs) {
        return new VoterInfo(id, 0, "h", id, 10, silentMs);
    }

    private List<String> kinds(int broker) {
        return RestartCheck.reasons(controller.image(), broker, topic -> minInSync, quorum).stream()
                .map(RestartCheck.Reason::kind)
                .toList();
    }

    @Test
    void aWholeClusterLetsAnyBrokerGo() {
        for (int id = 1; id <= 4; id++) {
            assertThat(kinds(id)).isEmpty();
        }
    }

    @Test
    void minInSyncMustBeLeft() {
        minInSync = 3;
        assertThat(kinds(1)).containsExactly("under-min-insync");
        assertThat(kinds(4)).as("it has no shard").isEmpty();
    }

    @Test
    void oneBrokerAtATime() {
        controller.apply(new Command.FenceBroker(3, epoch(3)));
        assertThat(kinds(1)).containsExactly("under-min-insync", "not-in-sync");
        assertThat(kinds(3)).contains("not-running");
        minInSync = 1;
        assertThat(kinds(1)).containsExactly("not-in-sync");
    }

    @Test
    void whatMovesMayNotBeStopped() {
        ShardImage shard = controller.image().shards().get(0);
        controller.apply(new Command.MoveShards(List.of(new Command.ShardMove(shard.id(), List.of(1, 2, 4)))));
        for (int id = 1; id <= 4; id++) {
            assertThat(kinds(id)).containsExactly("moving");
        }
    }

    @Test
    void theQuorumMustKeepAMajority() {
        quorum = quorum(0, SILENT_MS);
        assertThat(kinds(1)).containsExactly("quorum");
        assertThat(kinds(2)).containsExactly("quorum");
        assertThat(kinds(3)).as("it is gone already").isEmpty();
        assertThat(kinds(4)).as("it is no controller").isEmpty();
        quorum = Optional.empty();
        assertThat(kinds(4)).containsExactly("quorum");
    }

    @Test
    void anUnknownBrokerIsNamed() {
        assertThat(kinds(9)).containsExactly("not-running");
    }
}
