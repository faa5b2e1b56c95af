package io.braid.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.controller.MetadataState;
import io.braid.controller.Proposal;
import io.braid.controller.RequestId;
import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.ControllerImage;
import io.braid.image.PoolImage;
import io.braid.image.ShardImage;
import io.braid.image.TopicImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A metadata snapshot as the releases with metadata.version 2 wrote it: four brokers, one of them fenced and one cordoned, a shard
 * on its way, a topic that grew, a compacted one, configs, a pool with unclean election. The file is never made anew: a test that it
 * breaks shows that a controller could not start after an upgrade.
 */
class SnapshotGoldenTest {
    @TempDir
    Path directory;

    private MetadataState state;
    private ClusterImage image;

    @BeforeEach
    void read() throws IOException {
        Path file = directory.resolve("golden");
        try (InputStream golden = SnapshotGoldenTest.class.getResourceAsStream("snapshot-level-2.bin")) {
            Files.copy(golden, file);
        }
        state = SnapshotFiles.read(file);
        image = state.image();
    }

    @Test
    void theClusterIsThere() {
        assertThat(image.version()).isEqualTo(19);
        assertThat(image.clusterId()).isEqualTo("the-cluster");
        assertThat(image.metadataVersion()).isEqualTo((short) 2);
        assertThat(image.controllers()).containsExactly(new ControllerImage(1, 2, "host-1", 9093, 9094, true));
        assertThat(image.nextProducerId()).isEqualTo(1000);
        assertThat(image.config(ClusterImage.BROKER_RESOURCE, ""))
                .isEqualTo(Map.of("replica.move.max.concurrent", "2"));
    }

    @Test
    void theBrokersAreThere() {
        assertThat(image.brokers()).extracting(BrokerImage::id).containsExactlyInAnyOrder(1, 2, 3, 4);
        assertThat(image.brokers())
                .filteredOn(BrokerImage::fenced)
                .extracting(BrokerImage::id)
                .containsExactly(2);
        BrokerImage third = image.broker(3).orElseThrow();
        assertThat(third.cordoned()).isTrue();
        assertThat(third.epoch()).isEqualTo(7);
        assertThat(third.incarnation()).isEqualTo(new Uuid(3, 5));
        assertThat(third.rack()).contains("rack-3");
        assertThat(third.directoryIds()).containsExactly(new Uuid(3, 6));
        assertThat(third.endpoint("B").orElseThrow().host()).isEqualTo("in-3");
        assertThat(image.broker(4).orElseThrow().rack()).isEmpty();
    }

    @Test
    void theShardsAreThere() {
        assertThat(image.pools())
                .extracting(PoolImage::shardCount, PoolImage::replicationFactor, PoolImage::uncleanElection)
                .containsExactly(tuple(3, 3, true), tuple(2, 2, false));
        assertThat(image.shards()).hasSize(5);
        assertThat(image.shard(0))
                .contains(new ShardImage(0, List.of(1, 2, 4, 3), List.of(1, 3), 1, 0, 2, 1, List.of(4), List.of(3)));
        assertThat(image.shard(1)).contains(new ShardImage(1, List.of(2, 3, 1), List.of(3, 1), 1, 1, 1, 1));
    }

    @Test
    void theTopicsAreThere() {
        TopicImage orders = image.topic("orders").orElseThrow();
        assertThat(orders.id()).isEqualTo(new Uuid(7, 7));
        assertThat(orders.partitionCount()).isEqualTo(70_001);
        assertThat(orders.configs().get("retention.ms")).isEqualTo("-1");
        assertThat(image.shardOf(orders, 70_000).poolId()).isZero();
        TopicImage values = image.topic(new Uuid(8, 8)).orElseThrow();
        assertThat(values.name()).isEqualTo("last-values");
        assertThat(image.shardOf(values, 2).poolId()).isEqualTo(1);
    }

    @Test
    void aCommandThatWasAnsweredBeforeIsAnsweredTheSame() {
        Proposal last =
                new Proposal(new RequestId(new Uuid(0, 1), 19, 17), new Command.AlterPool(0, 0, Optional.of(true)));

        MetadataState.Applied again = state.apply(20, last);

        assertThat(again.state()).isSameAs(state);
        assertThat(again.result())
                .extracting(CommandResult::ok, CommandResult::version)
                .containsExactly(true, 19L);
    }

    @Test
    void whatIsWrittenNowReadsTheSame() throws IOException {
        Path now = directory.resolve("now");
        SnapshotFiles.write(state, now);

        assertThat(SnapshotFiles.read(now)).isEqualTo(state);
    }
}
