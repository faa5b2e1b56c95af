package io.braid.client.consumer;

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
    static RoutingTable of(String topic, Uuid id, int epoch, int... leaders) {
        int[] epochs = new int[leaders.length];
        Arrays.fill(epochs, epoch);
        return of(topic, id, leaders, epochs);
    }

    static RoutingTable of(String topic, Uuid id, int[] leaders, int[] epochs) {
        List<BrokerNode> brokers = IntStream.range(0, 10)
                .mapToObj(node -> new BrokerNode(node, "broker-" + node, 9092, ""))
                .toList();
        return RoutingTable.EMPTY.with(
                "cluster", brokers, List.of(new ListedTopic(topic, id, leaders.clone(), epochs.clone())), List.of());
    }
}
