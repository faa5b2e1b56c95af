package io.braid.client.producer;

import io.braid.client.routing.BrokerNode;
import io.braid.client.routing.ListedTopic;
import io.braid.client.routing.RoutingTable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;

/** Routing tables for tests. */
final class Tables {
    static final Uuid ID = new Uuid(1, 2);

    private Tables() {}

    /** One topic whose partitions have these leaders, of brokers 0 to 9. */
    static RoutingTable of(String topic, int epoch, int... leaders) {
        int[] epochs = new int[leaders.length];
        Arrays.fill(epochs, epoch);
        List<BrokerNode> brokers = IntStream.range(0, 10)
                .mapToObj(id -> new BrokerNode(id, "broker-" + id, 9092, ""))
                .toList();
        return RoutingTable.EMPTY.with(
                "cluster", brokers, List.of(new ListedTopic(topic, ID, leaders.clone(), epochs)), List.of());
    }
}
