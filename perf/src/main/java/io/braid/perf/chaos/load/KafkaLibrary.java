package io.braid.perf.chaos.load;

import io.braid.perf.measure.LoadProducer;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * kafka-clients. Of its time-outs only delivery.timeout.ms is long: when it passes for a batch whose request is on its way, the Java
 * producer takes a new epoch and sends the batches behind it once more under new sequences (Sender.failBatch,
 * TransactionManager.handleFailedBatch), so that what the broker had appended of them stands there twice. No broker can tell.
 */
final class KafkaLibrary implements ClientLibrary {

    @Override
    public LoadProducer producer(LoadPlan plan, String name) {
        Map<String, Object> settings = common(plan, name);
        settings.put("acks", "all");
        settings.put("enable.idempotence", true);
        settings.put("linger.ms", 5);
        settings.put("delivery.timeout.ms", 900_000);
        settings.put("max.block.ms", 10_000);
        settings.putAll(plan.producerSettings());
        return LoadProducer.of(new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    @Override
    public RecordReader reader(LoadPlan plan, String name) {
        return new KafkaReader(reading(plan, name), true);
    }

    @Override
    public RecordReader member(LoadPlan plan, String name, String group, String protocol, boolean leaves) {
        Map<String, Object> settings = reading(plan, name);
        settings.put("auto.offset.reset", "earliest");
        settings.put("group.id", group);
        settings.put("group.protocol", protocol);
        if (protocol.equals("classic")) {
            settings.put("session.timeout.ms", 6_000);
            settings.put("heartbeat.interval.ms", 1_000);
        }
        return new KafkaReader(settings, leaves);
    }

    private static Map<String, Object> reading(LoadPlan plan, String name) {
        Map<String, Object> settings = common(plan, name);
        settings.put("enable.auto.commit", false);
        settings.put("auto.offset.reset", "none");
        settings.put("max.poll.records", 2000);
        settings.put("default.api.timeout.ms", 15_000);
        return settings;
    }

    private static Map<String, Object> common(LoadPlan plan, String name) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", plan.bootstrap());
        settings.put("client.id", name);
        settings.put("request.timeout.ms", 8_000);
        settings.put("metadata.max.age.ms", 10_000);
        settings.put("reconnect.backoff.max.ms", 500);
        return settings;
    }
}
