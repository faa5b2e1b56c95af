package io.braid.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class PlacementTest {
    @Test
    void partitionsGoRoundThePool() {
        Placement placement = new Placement(0, 2, 14, 1, 16);
        assertThat(placement.shardOf(0)).isEqualTo(ShardImage.id(2, 14));
        assertThat(placement.shardOf(2)).isEqualTo(ShardImage.id(2, 0));
        assertThat(placement.shardOf(9_999_999)).isEqualTo(ShardImage.id(2, (14 + 9_999_999) % 16));
    }

    @Test
    void addedPartitionsFollowTheirOwnRule() {
        Placements placements = Placements.of(new Placement(0, 0, 3, 1, 4)).and(new Placement(6, 0, 1, 3, 10));
        assertThat(placements.shardOf(5)).isEqualTo(ShardImage.id(0, 0));
        assertThat(placements.shardOf(6)).isEqualTo(ShardImage.id(0, 1));
        assertThat(placements.shardOf(7)).isEqualTo(ShardImage.id(0, 4));
    }

    @Test
    void aStrideThatMissesShardsIsRefused() {
        assertThatThrownBy(() -> new Placement(0, 0, 0, 4, 16)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPartitionThatDoesNotExistIsAnError() {
        TopicImage topic = new TopicImage(
                new Uuid(1, 2), "t", 3, false, Placements.of(new Placement(0, 0, 0, 1, 16)), Configs.EMPTY);
        assertThatThrownBy(() -> topic.shardOf(3)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
