package io.braid.broker.config;

import io.braid.broker.config.ConfigEntry.Synonym;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The settings of this broker: its file, and over it what AlterConfigs has set. Immutable. */
public final class BrokerConfigs {

    private final ConfigValues node;

    /**
     * @param node the values of the broker's file
     */
    public BrokerConfigs(ConfigValues node) {
        this.node = node;
    }

    /** Every key with its effective value and where it comes from (resource BROKER, name = node id). */
    public List<ConfigEntry> describe(DynamicConfigs dynamic) {
        List<ConfigEntry> entries = new ArrayList<>();
        for (ConfigKey<?> key : NodeKeys.TABLE.keys()) {
            entries.add(ConfigEntry.of(key, !isDynamic(key), places(key, node, dynamic)));
        }
        return entries;
    }

    /** What was set for all brokers (resource BROKER, empty name); nothing else. */
    public List<ConfigEntry> describeClusterDefaults(Map<String, String> cluster) {
        List<ConfigEntry> entries = new ArrayList<>();
        for (ConfigKey<?> key : NodeKeys.TABLE.keys()) {
            String value = cluster.get(key.name());
            if (value != null) {
                Synonym place = new Synonym(key.name(), value, ConfigSource.DYNAMIC_DEFAULT_BROKER);
                entries.add(ConfigEntry.of(key, false, List.of(place)));
            }
        }
        return entries;
    }

    /** What is wrong with setting a key while brokers run, for one of them or for all; empty when nothing is. */
    public Optional<ConfigProblem> checkAlter(String name, String value) {
        Optional<ConfigKey<?>> key = NodeKeys.TABLE.find(name);
        if (key.isPresent() && !isDynamic(key.get())) {
            return Optional.of(new ConfigProblem(name, value, "is read at start only: set it in the node's file"));
        }
        for (ConfigTable.Alias alias : NodeKeys.TABLE.aliases()) {
            if (alias.name().equals(name)) {
                String target = alias.key().name();
                return Optional.of(new ConfigProblem(name, value, "is for the node's file only: set " + target));
            }
        }
        return NodeKeys.TABLE.check(name, value);
    }

    /** The value of one key. */
    public <T> T effective(ConfigKey<T> key, DynamicConfigs dynamic) {
        return key.type().parse(places(key, node, dynamic).get(0).value());
    }

    static List<Synonym> places(ConfigKey<?> key, ConfigValues node, DynamicConfigs dynamic) {
        List<Synonym> places = new ArrayList<>();
        String name = key.name();
        if (isDynamic(key)) {
            add(places, name, dynamic.broker().get(name), ConfigSource.DYNAMIC_BROKER);
            add(places, name, dynamic.cluster().get(name), ConfigSource.DYNAMIC_DEFAULT_BROKER);
        }
        if (node.isGiven(name)) {
            add(places, name, node.text(key), ConfigSource.STATIC_BROKER);
        }
        add(places, name, key.defaultText(), ConfigSource.DEFAULT);
        return places;
    }

    private static void add(List<Synonym> places, String name, String value, ConfigSource source) {
        if (value != null) {
            places.add(new Synonym(name, value, source));
        }
    }

    private static boolean isDynamic(ConfigKey<?> key) {
        return key.change() == ConfigKey.Change.AT_RUN_TIME;
    }
}
