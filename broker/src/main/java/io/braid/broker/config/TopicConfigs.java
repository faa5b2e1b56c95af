package io.braid.broker.config;

import io.braid.broker.config.ConfigEntry.Synonym;
import io.braid.log.compact.TopicCompaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of topics on this broker: an override on the topic, else what was set on the broker or on all brokers
 * while they run, else the broker's file, else the default. Immutable.
 */
public final class TopicConfigs {

    private final ConfigValues node;

    /**
     * @param node the values of the broker's file
     */
    public TopicConfigs(ConfigValues node) {
        this.node = node;
    }

    /** Everything that is wrong with a topic's settings, in the order of the keys' names; empty when all is well. */
    public List<ConfigProblem> check(Map<String, String> overrides) {
        return TopicKeys.TABLE.check(overrides);
    }

    /** What is wrong with one setting; for AlterConfigs, where each key stands alone. */
    public Optional<ConfigProblem> check(String name, String value) {
        return TopicKeys.TABLE.check(name, value);
    }

    /** Every key with its effective value and where it comes from, for DescribeConfigs. */
    public List<ConfigEntry> describe(Map<String, String> overrides, DynamicConfigs dynamic) {
        List<ConfigEntry> entries = new ArrayList<>();
        for (ConfigKey<?> key : TopicKeys.TABLE.keys()) {
            entries.add(ConfigEntry.of(key, false, places(key, overrides, dynamic)));
        }
        return entries;
    }

    /** The value of one key. */
    public <T> T effective(ConfigKey<T> key, Map<String, String> overrides, DynamicConfigs dynamic) {
        return key.type().parse(places(key, overrides, dynamic).get(0).value());
    }

    /** What the data path acts on; compute it once for each image, not for each request. */
    public TopicSettings settings(Map<String, String> overrides, DynamicConfigs dynamic) {
        List<String> cleanup = effective(TopicKeys.CLEANUP, overrides, dynamic);
        return new TopicSettings(
                cleanup.contains("compact"),
                cleanup.contains("delete"),
                effective(TopicKeys.RETENTION_MS, overrides, dynamic),
                effective(TopicKeys.RETENTION_BYTES, overrides, dynamic),
                effective(TopicKeys.MAX_MESSAGE_BYTES, overrides, dynamic),
                effective(TopicKeys.MIN_INSYNC_REPLICAS, overrides, dynamic),
                effective(TopicKeys.TIMESTAMP_TYPE, overrides, dynamic).equals("LogAppendTime"),
                effective(TopicKeys.TIMESTAMP_BEFORE_MAX_MS, overrides, dynamic),
                effective(TopicKeys.TIMESTAMP_AFTER_MAX_MS, overrides, dynamic),
                effective(TopicKeys.SEGMENT_MS, overrides, dynamic),
                effective(TopicKeys.COMPRESSION, overrides, dynamic),
                compaction(overrides, dynamic));
    }

    private TopicCompaction compaction(Map<String, String> overrides, DynamicConfigs dynamic) {
        long maxLagMs = effective(TopicKeys.MAX_COMPACTION_LAG_MS, overrides, dynamic);
        return new TopicCompaction(
                effective(TopicKeys.MIN_CLEANABLE_DIRTY_RATIO, overrides, dynamic),
                effective(TopicKeys.MIN_COMPACTION_LAG_MS, overrides, dynamic),
                maxLagMs,
                effective(TopicKeys.DELETE_RETENTION_MS, overrides, dynamic),
                Math.min(maxLagMs, effective(TopicKeys.SEGMENT_MS, overrides, dynamic)));
    }

    private List<Synonym> places(ConfigKey<?> key, Map<String, String> overrides, DynamicConfigs dynamic) {
        List<Synonym> places = new ArrayList<>();
        String override = overrides.get(key.name());
        if (override != null) {
            places.add(new Synonym(key.name(), override, ConfigSource.TOPIC));
        }
        key.brokerKey()
                .flatMap(NodeKeys.TABLE::find)
                .ifPresentOrElse(
                        brokerKey -> places.addAll(BrokerConfigs.places(brokerKey, node, dynamic)),
                        () -> places.add(new Synonym(key.name(), key.defaultText(), ConfigSource.DEFAULT)));
        return places;
    }
}
