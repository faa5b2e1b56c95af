package io.braid.broker.config;

import java.util.List;

/**
 * A key with its effective value, as DescribeConfigs shows it. Immutable.
 *
 * @param key the key of the table
 * @param value the effective value as text; empty for "not set"
 * @param source where the value comes from
 * @param readOnly whether AlterConfigs refuses the key
 * @param synonyms every place that gives a value, strongest first; the first is the effective one
 */
public record ConfigEntry(
        ConfigKey<?> key, String value, ConfigSource source, boolean readOnly, List<Synonym> synonyms) {

    /** One place that gives a value. */
    public record Synonym(String name, String value, ConfigSource source) {}

    public ConfigEntry {
        synonyms = List.copyOf(synonyms);
    }

    static ConfigEntry of(ConfigKey<?> key, boolean readOnly, List<Synonym> synonyms) {
        Synonym effective = synonyms.get(0);
        return new ConfigEntry(key, effective.value(), effective.source(), readOnly, synonyms);
    }

    public String name() {
        return key.name();
    }

    public boolean isDefault() {
        return source == ConfigSource.DEFAULT;
    }
}
