package io.braid.broker.config;

import java.util.Map;

/**
 * What AlterConfigs has set on brokers, as the cluster image holds it. Immutable.
 *
 * @param broker for this broker alone (resource BROKER, name = node id)
 * @param cluster for all brokers (resource BROKER, empty name)
 */
public record DynamicConfigs(Map<String, String> broker, Map<String, String> cluster) {

    public static final DynamicConfigs NONE = new DynamicConfigs(Map.of(), Map.of());

    public DynamicConfigs {
        broker = Map.copyOf(broker);
        cluster = Map.copyOf(cluster);
    }
}
