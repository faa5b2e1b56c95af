package io.braid.broker.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.Endpoint;
import io.braid.image.MetadataRecord;
import io.braid.image.MetadataRecord.BrokerRegistered;
import io.braid.image.PoolClass;
import io.braid.image.ShardImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplicaSelectorTest {
    private static final int SHARD = ShardImage.id(0, 0);

    /** Brokers 1 and 2 in racks a and b, 3 in b but not in sync, 4 in c and fenced, 5 in d on another listener. */
    private static ClusterImage image() {
        List<MetadataRecord> records = new ArrayList<>();
        records.add(broker(1, "a", "PLAINTEXT"));
        records.add(broker(2, "b", "PLAINTEXT"));
        records.add(broker(3, "b", "PLAINTEXT"));
        records.add(broker(4, "c", "PLAINTEXT"));
        records.add(broker(5, "d", "OTHER"));
        for (int id : new int[] {1, 2, 3, 5}) {
            records.add(new MetadataRecord.BrokerUnfenced(id));
        }
        records.add(new MetadataRecord.PoolCreated(0, PoolClass.ORDINARY, 3, true));
        records.add(new MetadataRecord.ShardChanged(
                new ShardImage(SHARD, List.of(1, 2, 3, 4, 5), List.of(1, 2, 4, 5), 1, 0, 0, 1)));
        return ClusterImage.EMPTY.apply(1, records);
    }

    private static BrokerRegistered broker(int id, String rack, String listener) {
        return new BrokerRegistered(new BrokerImage(
                id,
                1,
                new Uuid(1, id),
                "",
                List.of(),
                List.of(new Endpoint(listener, "127.0.0.1", 9000 + id)),
                Optional.of(rack),
                List.of(),
                true));
    }

    @ParameterizedTest
    @CsvSource({
        "1, b, 2, the replica in sync of that rack",
        "1, a, -1, the leader is in that rack",
        "1, c, -1, the replica there is fenced",
        "1, d, -1, the replica there does not have the listener",
        "1, e, -1, nobody is in that rack",
        "1, '', -1, the client has no rack",
        "2, a, -1, a follower sends nobody away",
    })
    void selects(int broker, String rack, int expected, String why) {
        assertThat(new ReplicaSelector(broker, true).select(image(), SHARD, rack, "PLAINTEXT"))
                .as(why)
                .isEqualTo(expected);
    }

    @Test
    void sendsNobodyAwayUnlessConfigured() {
        assertThat(new ReplicaSelector(1, false).select(image(), SHARD, "b", "PLAINTEXT"))
                .isEqualTo(ReplicaSelector.LEADER);
    }
}
