package io.braid.controller;

import io.braid.image.Endpoint;
import io.braid.image.ShardImage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/** Several brokers on one metadata state machine: what tests of elections begin with. */
final class Brokers {
    private final LocalController controller = new LocalController();
    private long nextId = 100;

    Brokers(int count) {
        controller.apply(new Command.CreateCluster("c", MetadataVersion.LATEST));
        for (int id = 1; id <= count; id++) {
            join(id);
        }
    }

    LocalController controller() {
        return controller;
    }

    /** Registers and unfences a broker whose process is new and whose machine is not. */
    void join(int id) {
        unfence(id, register(id, "boot"));
    }

    long register(int id, String bootId) {
        return controller
                .apply(new Command.RegisterBroker(
                        id,
                        new Uuid(id, nextId++),
                        bootId,
                        List.of(new Uuid(id, 77)),
                        List.of(new Endpoint("PLAINTEXT", "localhost", 9092)),
                        Optional.empty(),
                        MetadataVersion.supported(),
                        -1))
                .value();
    }

    void unfence(int id, long epoch) {
        controller.apply(new Command.UnfenceBroker(id, epoch));
    }

    void fence(int id) {
        controller.apply(new Command.FenceBroker(id, epoch(id)));
    }

    long epoch(int id) {
        return controller.image().broker(id).orElseThrow().epoch();
    }

    CommandResult.Item topic(String name, int partitions, int replicationFactor) {
        NewTopic topic =
                NewTopic.of(new Uuid(nextId++, 0x5DEECE66DL * nextId), name, partitions, replicationFactor, Map.of());
        return controller
                .apply(new Command.CreateTopics(List.of(topic), PoolPolicy.DEFAULT, false))
                .items()
                .get(0);
    }

    /** The leader proposes an in-sync set of brokers as they are registered now. */
    CommandResult inSync(int shardId, Integer... members) {
        ShardImage shard = shard(shardId);
        return controller.apply(new Command.AlterShard(
                shard.leader(),
                epoch(shard.leader()),
                shardId,
                shard.leaderEpoch(),
                shard.version(),
                List.of(members).stream()
                        .map(id -> new Command.InSyncReplica(id, epoch(id)))
                        .toList()));
    }

    ShardImage shard(int id) {
        return controller.image().shard(id).orElseThrow();
    }
}
