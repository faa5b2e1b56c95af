package io.braid.simulation.scale;

import io.braid.controller.Command;
import io.braid.controller.MetadataVersion;
import io.braid.controller.NewTopic;
import io.braid.controller.PoolPolicy;
import io.braid.image.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/** Commands that make a cluster of a size, in batches as an administrator's tool would send them. Stateless. */
final class SizedCluster {
    /** The listener that clients use. */
    static final String LISTENER = "PLAINTEXT";

    /** The first part of the names of the topics there are from the start. */
    static final String FAMILY = "orders";

    /** Topics in one command. */
    static final int BATCH = 1_000;

    private static final int CLIENT_PORT = 9_092;
    private static final int REPLICATION_PORT = 9_093;

    private SizedCluster() {}

    static Metadata make(ClusterSize size) {
        Metadata metadata = new Metadata();
        metadata.apply(new Command.CreateCluster("scale", MetadataVersion.LATEST));
        for (int id = 0; id < size.brokers(); id++) {
            long epoch = metadata.apply(registration(id, size, 1, -1)).value();
            metadata.apply(new Command.UnfenceBroker(id, epoch));
        }
        for (int from = 0; from < size.topics(); from += BATCH) {
            int count = Math.min(BATCH, size.topics() - from);
            metadata.apply(creation(size, FAMILY, from, count, size.partitionsPerTopic()));
        }
        metadata.takeChanges();
        return metadata;
    }

    /** @param cleanShutdownEpoch of the incarnation before it, if that stopped in order; else -1 */
    static Command.RegisterBroker registration(int id, ClusterSize size, int incarnation, long cleanShutdownEpoch) {
        String host = "broker-" + id + ".eu-west-1.kafka.example.net";
        return new Command.RegisterBroker(
                id,
                new Uuid(incarnation, id + 1L),
                "boot-" + id + "-" + incarnation,
                List.of(new Uuid(7, id + 1L)),
                List.of(new Endpoint(LISTENER, host, CLIENT_PORT), new Endpoint("REPLICATION", host, REPLICATION_PORT)),
                Optional.of(rack(id, size)),
                MetadataVersion.supported(),
                cleanShutdownEpoch);
    }

    static String rack(int broker, ClusterSize size) {
        return "rack-" + broker % size.racks();
    }

    static Command.CreateTopics creation(ClusterSize size, String family, int from, int count, int partitions) {
        List<NewTopic> topics = new ArrayList<>(count);
        for (int i = from; i < from + count; i++) {
            topics.add(NewTopic.of(
                    new Uuid(family.hashCode() + 1L, i + 1L),
                    topic(family, i),
                    partitions,
                    size.replicationFactor(),
                    Map.of("retention.ms", "604800000")));
        }
        return new Command.CreateTopics(topics, new PoolPolicy(size.shards(), 1), false);
    }

    static String topic(String family, int number) {
        return String.format("team-%03d.%s.events-%06d", number % 500, family, number);
    }
}
