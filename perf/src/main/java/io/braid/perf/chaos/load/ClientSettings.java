package io.braid.perf.chaos.load;

import java.util.HashMap;
import java.util.Map;

/**
 * Settings of the clients: careful ones, with time-outs of a few seconds so that a run of minutes sees what they do. Only
 * delivery.timeout.ms is long: when it passes for a batch whose request is on its way, the Java producer takes a new epoch
 * and sends the batches behind it once more under new sequences (Sender.failBatch, TransactionManager.handleFailedBatch),
 * so that what the broker had appended of them stands there twice. No broker can tell.
 */
final class ClientSettings {

    private ClientSettings() {}

    static Map<String, Object> producer(LoadPlan plan, String name) {
        Map<String, Object> settings = common(plan, name);
        settings.put("acks", "all");
        settings.put("enable.idempotence", true);
        settings.put("linger.ms", 5);
        settings.put("delivery.timeout.ms", 900_000);
        settings.put("max.block.ms", 10_000);
        settings.putAll(plan.producerSettings());
        return settings;
    }

    static Map<String, Object> reader(LoadPlan plan, String name) {
        Map<String, Object> settings = common(plan, name);
        settings.put("enable.auto.commit", false);
        settings.put("auto.offset.reset", "none");
        settings.put("max.poll.records", 2000);
        settings.put("default.api.timeout.ms", 15_000);
        return settings;
    }

    /** @param protocol classic or consumer */
    static Map<String, Object> member(LoadPlan plan, String name, String group, String protocol) {
        Map<String, Object> settings = reader(plan, name);
        settings.put("auto.offset.reset", "earliest");
        settings.put("group.id", group);
        settings.put("group.protocol", protocol);
        if (protocol.equals("classic")) {
            settings.put("session.timeout.ms", 6_000);
            settings.put("heartbeat.interval.ms", 1_000);
        }
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
