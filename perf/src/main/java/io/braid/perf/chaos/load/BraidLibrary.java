package io.braid.perf.chaos.load;

import io.braid.client.ClientConfig;
import io.braid.client.consumer.Consumer;
import io.braid.client.consumer.ConsumerBuilder;
import io.braid.client.consumer.Deserializer;
import io.braid.client.consumer.OffsetReset;
import io.braid.client.consumer.group.GroupProtocol;
import io.braid.client.producer.Producer;
import io.braid.client.producer.Serializer;
import io.braid.perf.measure.LoadProducer;
import java.time.Duration;

/**
 * Braid's own clients, each with its share of the one event loop of the process. The delivery timeout is long, as with kafka-clients:
 * a record that is given up may be in its partition or not, which leaves less to check.
 */
final class BraidLibrary implements ClientLibrary {
    private static final Duration REQUEST = Duration.ofSeconds(8);
    private static final Duration COMMIT = Duration.ofSeconds(10);
    private static final Duration SESSION = Duration.ofSeconds(6);

    @Override
    public LoadProducer producer(LoadPlan plan, String name) {
        return LoadProducer.of(Producer.builder(plan.bootstrap(), Serializer.bytes(), Serializer.bytes())
                .client(client -> common(client, name))
                .deliveryTimeout(Duration.ofMinutes(15))
                .maxBlock(Duration.ofSeconds(10))
                .build());
    }

    @Override
    public RecordReader reader(LoadPlan plan, String name) {
        return new BraidReader(reading(plan, name).build());
    }

    @Override
    public RecordReader member(LoadPlan plan, String name, String group, String protocol, boolean leaves) {
        return new BraidReader(reading(plan, name)
                .offsetReset(OffsetReset.earliest())
                .group(group, settings -> settings.protocol(
                                protocol.equals("classic") ? GroupProtocol.CLASSIC : GroupProtocol.CONSUMER)
                        .sessionTimeout(SESSION)
                        .heartbeatInterval(Duration.ofSeconds(1))
                        .operationTimeout(COMMIT)
                        .leaveOnClose(leaves))
                .build());
    }

    private static ConsumerBuilder<byte[], byte[]> reading(LoadPlan plan, String name) {
        return Consumer.builder(plan.bootstrap(), Deserializer.bytes(), Deserializer.bytes())
                .client(client -> common(client, name))
                .autoCommit(false)
                .offsetReset(OffsetReset.none())
                .maxPollRecords(2000)
                .apiTimeout(Duration.ofSeconds(15));
    }

    private static void common(ClientConfig.Builder client, String name) {
        client.clientId(name)
                .requestTimeout(REQUEST)
                .metadataMaxAge(Duration.ofSeconds(10))
                .reconnectBackoff(Duration.ofMillis(50), Duration.ofMillis(500));
    }
}
