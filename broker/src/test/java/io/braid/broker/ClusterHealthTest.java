package io.braid.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.MetadataRecord;
import io.braid.image.PoolClass;
import io.braid.image.ShardImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class ClusterHealthTest {

    /** Brokers 1, 2 and 3; broker 3 is fenced. */
    private static ClusterImage image(ShardImage... shards) {
        List<MetadataRecord> records = new ArrayList<>();
        for (int id = 1; id <= 3; id++) {
            records.add(new MetadataRecord.BrokerRegistered(new BrokerImage(
                    id, 1, new Uuid(1, id), "", List.of(), List.of(), Optional.empty(), List.of(), true)));
        }
        records.add(new MetadataRecord.BrokerUnfenced(1));
        records.add(new MetadataRecord.BrokerUnfenced(2));
        records.add(new MetadataRecord.PoolCreated(0, PoolClass.ORDINARY, 3, true));
        for (ShardImage shard : shards) {
            records.add(new MetadataRecord.ShardChanged(shard));
        }
        return ClusterImage.EMPTY.apply(1, records);
    }

    private static ShardImage shard(int index, int leader, Integer... inSync) {
        return new ShardImage(ShardImage.id(0, index), List.of(1, 2, 3), List.of(inSync), leader, 0, 0, leader);
    }

    @Test
    void shardsAndBrokersAreCountedByWhatIsWrongWithThem() {
        ClusterImage image = image(
                shard(0, 1, 1, 2, 3), // all is well
                shard(1, 1, 1, 2), // a replica is behind
                shard(2, 2, 2), // two are
                shard(3, ShardImage.NO_LEADER, 3)); // its last one is down

        assertThat(ClusterHealth.of(image, 1)).isEqualTo(new ClusterHealth(3, 1, 4, 1, 3, 2));
        assertThat(ClusterHealth.of(image, 2).led()).isEqualTo(1);
    }

    @Test
    void emptyImageHasNothingWrong() {
        assertThat(ClusterHealth.of(ClusterImage.EMPTY, 1)).isEqualTo(new ClusterHealth(0, 0, 0, 0, 0, 0));
    }
}
