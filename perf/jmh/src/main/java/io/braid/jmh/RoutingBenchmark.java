package io.braid.jmh;

import io.braid.client.routing.BrokerNode;
import io.braid.client.routing.PlacedTopic;
import io.braid.client.routing.RoutingTable;
import io.braid.client.routing.ShardTable;
import io.braid.controller.Command;
import io.braid.controller.LocalController;
import io.braid.controller.NewTopic;
import io.braid.controller.PoolPolicy;
import io.braid.image.ClusterImage;
import io.braid.image.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A client's table of a topic of a million partitions in 60 shards, and a broker's image of one. */
@State(Scope.Thread)
public class RoutingBenchmark {
    private static final int PARTITIONS = 1_000_000;
    private static final int SHARDS = 60;
    private static final String TOPIC = "t";

    private final RoutingTable initial = table();
    private final ClusterImage image = image();
    private RoutingTable table = initial;
    private long version = 1;
    private int partition;

    private static RoutingTable table() {
        List<ShardTable.Entry> shards = new ArrayList<>();
        for (int shard = 0; shard < SHARDS; shard++) {
            shards.add(new ShardTable.Entry(shard, shard % 3, 0));
        }
        List<BrokerNode> brokers = new ArrayList<>();
        for (int id = 0; id < 3; id++) {
            brokers.add(new BrokerNode(id, "127.0.0.1", 9092 + id, ""));
        }
        PlacedTopic topic =
                new PlacedTopic(TOPIC, new Uuid(1, 2), PARTITIONS, List.of(new PlacedTopic.Rule(0, 0, 17, 1, SHARDS)));
        return RoutingTable.EMPTY.with(
                new RoutingTable.Delta(1, true, "c", brokers, shards, List.of(topic), List.of()));
    }

    private static ClusterImage image() {
        LocalController controller = LocalController.withOneBroker(1, "PLAINTEXT", "127.0.0.1", 9092);
        controller.apply(new Command.CreateTopics(
                List.of(NewTopic.of(new Uuid(1, 2), TOPIC, PARTITIONS, 1, Map.of())), PoolPolicy.DEFAULT, false));
        return controller.image();
    }

    private int nextPartition() {
        partition = (partition + 7_919) % PARTITIONS;
        return partition;
    }

    @Benchmark
    public int clientLeader() {
        return table.leader(table.topic(TOPIC).orElseThrow(), nextPartition());
    }

    /** A shard has a new leader. */
    @Benchmark
    public RoutingTable clientDelta() {
        version++;
        ShardTable.Entry news = new ShardTable.Entry((int) (version % SHARDS), (int) (version % 3), (int) version);
        table = table.with(new RoutingTable.Delta(version, false, "c", List.of(), List.of(news), List.of(), List.of()));
        return table;
    }

    @Benchmark
    public int brokerLeader() {
        TopicImage topic = image.topic(TOPIC).orElseThrow();
        return image.shard(topic.shardOf(nextPartition())).orElseThrow().leader();
    }
}
